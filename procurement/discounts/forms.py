from __future__ import annotations

from typing import Any

from django import forms

from catalog.models import Supplier
from marketplace.ui.forms import MarketForm
from procurement.models import PurchasingVehicle


class DiscountForm(MarketForm):
    percent = forms.DecimalField(
        label="Remise, en %",
        help_text="Sur les prix publics des offres. Exemple : 12,5.",
        min_value=0,
        max_digits=5,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    supplier = forms.ModelChoiceField(
        label="Sur les offres de",
        queryset=Supplier.objects.none(),
        required=False,
        empty_label="Tous les fournisseurs",
    )
    lot = forms.TypedChoiceField(label="Lot", coerce=int, empty_value=None, required=False)
    starts_on = forms.DateField(label="Premier jour", widget=forms.DateInput)
    ends_on = forms.DateField(
        label="Dernier jour",
        help_text="Laissez vide si elle dure autant que le support.",
        required=False,
        widget=forms.DateInput,
    )

    def __init__(self, *args: Any, vehicle: PurchasingVehicle, **options: Any) -> None:
        super().__init__(*args, **options)
        lots = [(str(lot.number), str(lot)) for lot in vehicle.lots.order_by("number")]
        if lots:
            self.fields["lot"].choices = [("", "Tous les lots"), *lots]  # type: ignore[attr-defined]  # TypedChoiceField
        else:
            del self.fields["lot"]
        suppliers = Supplier.objects.filter(organisation__isnull=False).order_by("name", "pk")
        self.fields["supplier"].queryset = suppliers


class EndDiscountForm(MarketForm):
    ends_on = forms.DateField(label="Dernier jour", widget=forms.DateInput)
