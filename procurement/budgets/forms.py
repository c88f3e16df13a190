from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from marketplace.tax_basis import TaxBasis
from marketplace.ui.forms import MarketForm
from procurement.budgets.enums import FIRST_YEAR, LAST_YEAR, BudgetKind, BudgetState
from procurement.models import BudgetLine, Project

WRONG = "Indiquez un montant positif en euros, de 12 chiffres au plus, comme 45000 ou 45000,50."
WRONG_YEAR = f"Indiquez une année entre {FIRST_YEAR} et {LAST_YEAR}."


def ceiling_field() -> forms.DecimalField:
    names = ("invalid", "min_value", "max_digits", "max_decimal_places", "max_whole_digits")
    return forms.DecimalField(
        label="Plafond, en euros",
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        localize=True,
        error_messages=dict.fromkeys(names, WRONG),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class BudgetTermsForm(MarketForm):
    """What may change while the line is open."""

    label = forms.CharField(label="Intitulé", max_length=200)
    ceiling_eur = ceiling_field()
    basis = forms.ChoiceField(
        label="Le plafond est exprimé",
        help_text="Les engagements sont comptés dans la même base.",
        choices=TaxBasis.choices,
        widget=forms.RadioSelect,
    )
    source = forms.CharField(
        label="Source",
        help_text="Le document ou la décision qui fixe ce plafond. Exemple : notification du 12 janvier.",
        max_length=300,
    )


class BudgetForm(BudgetTermsForm):
    kind = forms.ChoiceField(
        label="Nature",
        help_text="L’enveloppe d’un projet s’ajoute à la ligne de l’année : les deux plafonds valent.",
        choices=BudgetKind.choices,
        widget=forms.RadioSelect,
    )
    year = forms.IntegerField(
        label="Année",
        help_text="Pour une ligne d’une année. Laissez vide pour une enveloppe.",
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        required=False,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WRONG_YEAR),
    )
    project = forms.ModelChoiceField(
        label="Projet",
        help_text="Obligatoire pour une enveloppe. Une ligne peut être réservée à un projet.",
        queryset=Project.objects.none(),
        required=False,
        empty_label="Toute l’administration",
    )

    field_order = ("kind", "year", "project", "label", "ceiling_eur", "basis", "source")

    def __init__(self, *args: Any, projects: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["project"].queryset = projects


class BudgetEditForm(BudgetTermsForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)


class BudgetFilterForm(MarketForm):
    """Read from the address; a value of the wrong kind is said, and filters nothing."""

    annee = forms.IntegerField(
        label="Année",
        required=False,
        min_value=FIRST_YEAR,
        max_value=LAST_YEAR,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WRONG_YEAR),
    )
    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[("", "Tous"), *BudgetState.choices],
        error_messages={"invalid_choice": "Choisissez un état de la liste."},
    )

    def narrowed(self, rows: Any) -> Any:
        """Call after is_valid()."""
        year, state = self.cleaned_data.get("annee"), self.cleaned_data.get("etat")
        if year:
            rows = rows.filter(year=year)
        return rows.filter(state=state) if state else rows


def initial_of(line: BudgetLine) -> dict[str, Any]:
    names = ("label", "ceiling_eur", "basis", "source", "version")
    return {name: getattr(line, name) for name in names}
