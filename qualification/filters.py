import django_filters

from qualification.checks import CHECKS
from qualification.enums import DossierState, ListingOutcome, Verdict
from qualification.models import CheckRun, Dossier


class DossierFilterSet(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=DossierState.choices)
    outcome = django_filters.MultipleChoiceFilter(choices=ListingOutcome.choices)
    offer = django_filters.UUIDFilter(field_name="offer__uuid")

    class Meta:
        model = Dossier
        fields = ("state", "outcome", "offer")


class CheckRunFilterSet(django_filters.FilterSet):
    dossier = django_filters.UUIDFilter(field_name="dossier__uuid")
    check_code = django_filters.MultipleChoiceFilter(
        choices=[(code, check.title) for code, check in CHECKS.items()]
    )
    offer = django_filters.UUIDFilter(field_name="dossier__offer__uuid")
    verdict = django_filters.MultipleChoiceFilter(choices=Verdict.choices)

    class Meta:
        model = CheckRun
        fields = ("dossier", "offer", "check_code", "verdict")
