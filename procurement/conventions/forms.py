from __future__ import annotations

from typing import Any

from django import forms

from catalog.models import Offer
from marketplace.ui.forms import MarketForm
from procurement.forms.versioned import VersionedForm

AMOUNT: dict[str, Any] = {
    "max_digits": 14,
    "decimal_places": 2,
    "min_value": 0,
    "localize": True,
    "widget": forms.TextInput,
}


class ConventionForm(MarketForm):
    offer = forms.ModelChoiceField(
        label="Cloud interne de l’État",
        queryset=Offer.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    provider = forms.CharField(
        label="Service qui l’exploite",
        help_text="Laissez vide pour reprendre le nom de la fiche.",
        max_length=200,
        required=False,
    )
    subject = forms.CharField(
        label="Objet",
        help_text="Ce qui est hébergé, le niveau de service, ce que chacun fait, la sortie.",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    starts_on = forms.DateField(label="Premier jour", widget=forms.DateInput)
    ends_on = forms.DateField(label="Dernier jour", widget=forms.DateInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        internal = Offer.objects.public().filter(is_internal_state=True).select_related("supplier")
        self.fields["offer"].queryset = internal.order_by("name")


class SignForm(VersionedForm):
    signed_on = forms.DateField(label="Date de la signature", widget=forms.DateInput)


class CountersignForm(VersionedForm):
    countersigned_on = forms.DateField(label="Date de la signature du service", widget=forms.DateInput)
    document = forms.FileField(label="Convention signée des deux côtés", help_text="PDF, 10 Mo au plus.")


class ChargeForm(VersionedForm):
    year = forms.IntegerField(label="Année", min_value=2000, max_value=2100)
    expected_eur_ht = forms.DecimalField(label="Montant prévu, en euros", **AMOUNT)
    charged_eur_ht = forms.DecimalField(
        label="Montant refacturé, en euros",
        help_text="Laissez vide tant que rien n’est refacturé.",
        required=False,
        **AMOUNT,
    )
    reference = forms.CharField(label="Référence de la refacturation", max_length=100, required=False)
