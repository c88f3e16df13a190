"""What a purchase is, for the picker of routes. Sent by GET, so that an address says the whole question."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone

from marketplace.accounts.enums import BUYER_KINDS, OrganisationKind
from marketplace.ui.forms import MarketForm
from procurement.routes import PurchaseFacts, VehicleSeen
from procurement.routes.enums import MOST_REASON

BUYERS = [(kind.value, kind.label) for kind in OrganisationKind if kind in BUYER_KINDS]
YES, NO = "yes", "no"
WRONG = "Indiquez un montant en euros hors taxes, comme 45000 ou 45000,50."
MOST_DIGITS, PLACES = 14, 2


def _amount(label: str, help_text: str, *, required: bool = False) -> forms.DecimalField:
    names = ("invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits", "required")
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=0,
        max_digits=MOST_DIGITS,
        decimal_places=PLACES,
        localize=True,
        error_messages=dict.fromkeys(names, WRONG),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class RouteForm(MarketForm):
    buyer_kind = forms.ChoiceField(
        label="Votre administration",
        choices=[("", "Choisissez"), *BUYERS],
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), "Choisissez votre type d’administration dans la liste."
        ),
    )
    value_eur_ht = _amount(
        "Valeur de l’achat, en euros HT", "Toute la durée, reconductions et options comprises.", required=True
    )
    homogeneous_eur_ht = _amount(
        "Autres besoins de même nature sur douze mois, en euros HT",
        "Ceux de toute votre administration. 0 s’il n’y en a pas ; laissez vide s’ils ne sont pas comptés.",
    )
    innovative = forms.ChoiceField(
        label="La solution est-elle innovante, nouvelle ou sensiblement améliorée\u00a0?",
        choices=[("", "Je ne sais pas"), (YES, "Oui"), (NO, "Non")],
        required=False,
        widget=forms.RadioSelect,
    )
    on = forms.DateField(
        label="Jour de l’engagement de la consultation",
        required=False,
        help_text="Les seuils de ce jour s’appliquent. Aujourd’hui si rien n’est écrit.",
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("value_eur_ht") == 0:
            self.add_error("value_eur_ht", "La valeur de l’achat est plus grande que zéro.")
        said["on"] = said.get("on") or timezone.localdate()
        return said

    def facts(self, vehicles: tuple[VehicleSeen, ...] | None) -> PurchaseFacts:
        """Call after is_valid()."""
        said = self.cleaned_data
        return PurchaseFacts(
            buyer_kind=said["buyer_kind"],
            value_eur_ht=said["value_eur_ht"],
            homogeneous_eur_ht=said["homogeneous_eur_ht"],
            is_innovative={YES: True, NO: False}.get(said["innovative"]),
            vehicles=vehicles,
        )


class ProjectRouteForm(RouteForm):
    """The administration of the project is known."""

    buyer_kind = None  # type: ignore[assignment]  # Django's way to leave out a field

    def facts(self, vehicles: tuple[VehicleSeen, ...] | None) -> PurchaseFacts:
        self.cleaned_data["buyer_kind"] = ""
        return super().facts(vehicles)


class ChosenRouteForm(ProjectRouteForm):
    route = forms.CharField(
        max_length=100, error_messages={"required": "Choisissez une des voies proposées."}
    )


class RefuseRouteForm(MarketForm):
    reason = forms.CharField(
        label="Motif du refus",
        help_text="Ce qu’il faut changer. La personne qui a choisi la voie le lira.",
        max_length=MOST_REASON,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
