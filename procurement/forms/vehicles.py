from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django import forms

from catalog.models import Supplier
from marketplace.tax_basis import TaxBasis
from marketplace.ui.forms import MarketForm, basis_choice
from marketplace.ui.typography import date_text, euros
from procurement.consultations.forms import area
from procurement.enums_orders import MOST_HOLDERS, RECORDED, VehicleKind
from procurement.forms.supplier_lines import HELP, suppliers_read
from procurement.models import PurchasingVehicle


class TermsForm(MarketForm):
    """Dates and maximum, of a vehicle or of one lot."""

    starts_on = forms.DateField(label="Premier jour", widget=forms.DateInput)
    ends_on = forms.DateField(label="Dernier jour", widget=forms.DateInput)
    maximum_eur = forms.DecimalField(
        label="Maximum, en euros",
        help_text="Avec les avenants et les reconductions. Laissez vide s’il est inconnu.",
        min_value=0,
        max_digits=14,
        decimal_places=2,
        required=False,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )
    maximum_basis = basis_choice("Le maximum est exprimé", required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "La date de fin précède le début. Choisissez une date postérieure.")
        if cleaned.get("maximum_eur") == 0:
            message = "Le maximum est un montant positif. Laissez vide s’il est inconnu."
            self.add_error("maximum_eur", message)
        if not cleaned.get("maximum_basis"):
            cleaned["maximum_basis"] = TaxBasis.HT
        return cleaned


class VehicleLotForm(TermsForm):
    title = forms.CharField(label="Objet du lot", max_length=200)
    holders = area(
        "Titulaires",
        10_000,
        rows=5,
        required=False,
        help_text=f"{HELP} Laissez vide s’ils ne sont pas dans le catalogue.",
    )
    field_order = ("title", "holders", "starts_on", "ends_on", "maximum_eur", "maximum_basis")

    def clean_holders(self) -> list[Supplier]:
        return suppliers_read(self.cleaned_data["holders"], most=MOST_HOLDERS)


class VehicleForm(TermsForm):
    kind = forms.ChoiceField(label="Nature", choices=RECORDED, widget=forms.RadioSelect)
    title = forms.CharField(label="Objet", max_length=200)
    reference = forms.CharField(
        label="Référence", help_text="Celle du marché ou de la convention.", max_length=100
    )
    holder_name = forms.CharField(
        label="Titulaire", help_text="La centrale d’achat ou l’entreprise titulaire.", max_length=200
    )
    holder = forms.ModelChoiceField(
        label="Titulaire dans le catalogue",
        help_text="S’il y figure, seules ses offres se commandent. Les autres lots et titulaires d’un "
        "accord-cadre s’ajoutent ensuite.",
        queryset=Supplier.objects.none(),
        required=False,
        empty_label="Aucun : toutes les offres",
    )
    counterpart = forms.ModelChoiceField(
        label="Qui répond et facture, pour une centrale d’achat",
        help_text="La centrale ou son titulaire, comme le dit le support : les bons de commande lui sont "
        "adressés, il en accuse réception et les facture.",
        queryset=Supplier.objects.none(),
        required=False,
        empty_label="Le fournisseur de chaque offre",
    )
    field_order = (
        "kind", "title", "reference", "holder_name", "holder", "counterpart", "starts_on", "ends_on",
        "maximum_eur", "maximum_basis",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        suppliers = Supplier.objects.filter(organisation__isnull=False).order_by("name", "pk")
        for name in ("holder", "counterpart"):
            self.fields[name].queryset = suppliers


class VehicleEditForm(VehicleForm):
    """Without what no longer changes, or is not its own: the holders of a framework are those of its lots."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)

    def __init__(self, *args: Any, vehicle: PurchasingVehicle, leant_on: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        dynamic = vehicle.kind == VehicleKind.DYNAMIC
        dropped = {"kind", "holder"} if leant_on or dynamic else set()
        if dynamic:
            dropped |= {"holder_name", "counterpart"}
        if vehicle.kind == VehicleKind.FRAMEWORK:
            dropped.add("holder")
        if leant_on and vehicle.kind != VehicleKind.CENTRAL_PURCHASING:
            dropped.add("counterpart")
        for name in dropped:
            del self.fields[name]

    def told_stale(self, vehicle: PurchasingVehicle) -> None:
        """What another person wrote meanwhile, beside what was typed, which stays; call after is_valid()."""
        self.add_error(
            None,
            "Ce support a changé depuis votre lecture. Vos valeurs sont gardées : comparez-les à celles "
            "enregistrées entre-temps, puis enregistrez de nouveau.",
        )
        for name, typed in {**self.cleaned_data}.items():
            stored = getattr(vehicle, name)
            if name != "version" and typed != stored:
                self.add_error(name, f"Enregistré entre-temps : {_words(stored)}.")
        self.data = self.data.copy()
        self.data["version"] = str(vehicle.version)


def _words(stored: Any) -> str:
    if isinstance(stored, dt.date):
        return date_text(stored)
    if isinstance(stored, Decimal):
        return euros(stored)
    return str(stored) if stored else "rien"


def initial_of(vehicle: PurchasingVehicle) -> dict[str, Any]:
    names = (*VehicleForm.field_order, "version")
    return {name: getattr(vehicle, name) for name in names}
