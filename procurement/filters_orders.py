from __future__ import annotations

import django_filters
from django.utils import timezone

from procurement.enums_orders import ContractPhase, OrderState
from procurement.models import Contract, ContractReview, Order
from procurement.models.contract import ContractQuerySet


class OrderFilter(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=OrderState.choices, label="État, répétable.")
    project = django_filters.UUIDFilter(field_name="project__uuid", label="Identifiant du projet.")
    offer = django_filters.UUIDFilter(field_name="offer__uuid", label="Identifiant de l’offre.")

    class Meta:
        model = Order
        fields = ("state", "project", "offer")


class ContractFilter(django_filters.FilterSet):
    """By the clock, as the answers say: to come before the first day, ended after the last one."""

    state = django_filters.MultipleChoiceFilter(
        choices=ContractPhase.choices, method="by_state", label="État, répétable."
    )
    offer = django_filters.UUIDFilter(field_name="offer__uuid", label="Identifiant de l’offre.")

    class Meta:
        model = Contract
        fields = ("state", "offer")

    def by_state(self, rows: ContractQuerySet, name: str, phases: list[str]) -> ContractQuerySet:
        return rows.in_phase(*phases, day=timezone.localdate()) if phases else rows


class ContractReviewFilter(django_filters.FilterSet):
    contract = django_filters.UUIDFilter(field_name="contract__uuid", label="Identifiant du contrat.")
    decided = django_filters.BooleanFilter(
        field_name="decided_at", lookup_expr="isnull", exclude=True, label="Décidées ou non."
    )

    class Meta:
        model = ContractReview
        fields: list[str] = []
