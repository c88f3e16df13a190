"""What a buyer would use; the same parameters for the page and the API."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from catalog.prices.usage import Usage
from marketplace.accounts.enums import BUYER_KINDS, OrganisationKind
from marketplace.ui.forms import MarketForm

MOST_MONTHS = 120
DEFAULT_PLACE = "metropole"
PLACES = [
    (DEFAULT_PLACE, "France métropolitaine"),
    ("guadeloupe", "Guadeloupe"),
    ("martinique", "Martinique"),
    ("reunion", "La Réunion"),
    ("guyane", "Guyane"),
    ("mayotte", "Mayotte"),
]
BUYERS = [(kind.value, kind.label) for kind in OrganisationKind if kind in BUYER_KINDS]


REFUSALS = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")


def _quantity(label: str, unit: str, *, most: int) -> forms.DecimalField:
    wrong = f"Indiquez un nombre de {unit} entre 0 et {most:,}.".replace(",", "\u202f")
    return forms.DecimalField(
        label=label,
        required=False,
        min_value=0,
        max_value=most,
        max_digits=14,
        decimal_places=3,
        localize=True,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits"),
            wrong,
        ),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class UsageForm(MarketForm):
    """Blank: not needed. Sent by GET, so that an address says the whole question."""

    seats = _quantity("Postes", "postes", most=1_000_000)
    vcpu_hours = _quantity("Heures de vCPU par mois", "heures", most=1_000_000_000)
    storage_gb = _quantity("Données stockées, en Go", "Go", most=1_000_000_000)
    egress_gb = _quantity("Données sorties par mois, en Go", "Go", most=1_000_000_000)
    support = forms.BooleanField(label="Compter l’assistance", required=False)
    months = forms.IntegerField(
        label="Durée, en mois",
        min_value=1,
        max_value=MOST_MONTHS,
        initial=36,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            f"Indiquez une durée entre 1 et {MOST_MONTHS} mois.",
        ),
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    starts_on = forms.DateField(
        label="Premier jour", required=False, help_text="Aujourd’hui si rien n’est écrit."
    )
    assistance_days = _quantity("Jours d’assistance au départ", "jours", most=10_000)
    buyer_kind = forms.ChoiceField(
        label="Votre administration", choices=[("", "Je ne précise pas"), *BUYERS], required=False
    )
    place = forms.ChoiceField(label="Territoire, pour la TVA", choices=PLACES, required=False)

    def usage(self) -> Usage:
        """Call after is_valid()."""
        said: dict[str, Any] = dict(self.cleaned_data)
        for name in ("buyer_kind", "place"):
            said.pop(name, None)
        said["starts_on"] = said["starts_on"] or timezone.localdate()
        return Usage(**said)


class RankedUsageForm(UsageForm):
    """The usage by which a list is ordered: nothing of what leaving costs, nor of who pays it back."""

    buyer_kind = None  # type: ignore[assignment]  # Django's way to leave out a field
    assistance_days = None  # type: ignore[assignment]  # Django's way to leave out a field

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not any(said.get(name) or name in self.errors for name in RANKED_QUANTITIES):
            self.add_error("seats", NOTHING_USED)
        return said


RANKED_QUANTITIES = ("seats", "vcpu_hours", "storage_gb", "egress_gb")
NOTHING_USED = (
    "Indiquez au moins une quantité\u00a0: des postes, des heures de vCPU, des données stockées ou sorties."
)
