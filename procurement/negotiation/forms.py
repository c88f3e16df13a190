from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from marketplace.accounts.models import Organisation
from marketplace.ui.forms import MarketForm
from marketplace.ui.typography import euros, number_text
from procurement.negotiation.proposing import ProposedLine

if TYPE_CHECKING:
    from catalog.models import Offer, PriceLine
    from procurement.models import Order, OrderLine

QUANTITY, PRICE = "qte-", "prix-"


class CounterProposalForm(MarketForm):
    """What is ordered, line by line, to be changed; left blank, a value stays."""

    starts_on = forms.DateField(label="Premier jour", required=False, widget=forms.DateInput)
    ends_on = forms.DateField(label="Dernier jour", required=False, widget=forms.DateInput)
    terms = forms.CharField(
        label="Autres conditions",
        help_text="Elles figureront au bon de commande si l’administration accepte.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    reason = forms.CharField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, order: Order, lines: Iterable[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.now: dict[str, ProposedLine | None] = {}
        for line in lines:
            self._add(line)
        later = {name: self.fields[name] for name in ("starts_on", "ends_on", "terms", "reason")}
        for name, field in later.items():
            del self.fields[name]
            self.fields[name] = field
        if not self.is_bound:
            self.initial = {"starts_on": order.starts_on, "ends_on": order.ends_on, **self.initial}

    def _add(self, line: OrderLine) -> None:
        code = line.price_line.code
        if code in self.now:  # several tiers: one new price replaces them all
            self.now[code] = None
            return
        self.now[code] = ProposedLine(line.quantity, line.unit_price_eur_ht)
        price = euros(line.unit_price_eur_ht, tax="HT", unit_price=True)
        told = f"Commandé : {number_text(line.quantity)} à {price}. 0 retire la ligne."
        self.fields[QUANTITY + code] = _decimal(f"{line.label} : quantité", told, 3)
        self.fields[PRICE + code] = _decimal(f"{line.label} : prix unitaire, en euros HT", "", 6)

    def values(self) -> dict[str, Any]:
        """As `propose` takes them. Raises nothing: `clean` refused what is half told."""
        said = self.cleaned_data
        kept = {name: said[name] for name in ("starts_on", "ends_on", "terms", "reason")}
        return {**kept, "lines": {code: line for code in self.now if (line := self._line(code)) is not None}}

    def _line(self, code: str) -> ProposedLine | None:
        quantity, price = self.cleaned_data.get(QUANTITY + code), self.cleaned_data.get(PRICE + code)
        now = self.now[code]
        if quantity is None and price is None:
            return None
        if now is None:
            return ProposedLine(quantity or Decimal(0), price or Decimal(0))
        return ProposedLine(
            now.quantity if quantity is None else quantity, now.unit_price_eur_ht if price is None else price
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for code, now in self.now.items():
            quantity, price = cleaned.get(QUANTITY + code), cleaned.get(PRICE + code)
            if now is None and (quantity is None) != (price is None) and quantity != 0:
                missing = PRICE if price is None else QUANTITY
                self.add_error(
                    missing + code, "Plusieurs tranches sont commandées : donnez la quantité et le prix."
                )
        return cleaned


def _decimal(label: str, help_text: str, places: int) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_digits=18 if places == 6 else 14,
        decimal_places=places,
        required=False,
        localize=True,
        widget=forms.TextInput(attrs={"class": "fr-input", "inputmode": "decimal"}),
        error_messages={"invalid": f"« {label} » n’est pas un nombre. Exemple : 12,5"},
    )


class PrivatePriceForm(MarketForm):
    component = forms.ChoiceField(label="Ligne de prix")
    buyer = forms.ModelChoiceField(
        label="Administration",
        help_text="Elle seule lit ce prix, avec vous et le contrôle.",
        queryset=Organisation.objects.none(),
        empty_label="Choisissez",
    )
    unit_price_eur_ht = forms.DecimalField(
        label="Prix unitaire, en euros HT",
        min_value=0,
        max_digits=18,
        decimal_places=6,
        localize=True,
        widget=forms.TextInput,
    )
    starts_on = forms.DateField(
        label="Valable à partir du",
        help_text="Vide : dès aujourd’hui.",
        required=False,
        widget=forms.DateInput,
    )
    expires_on = forms.DateField(
        label="Valable jusqu’au",
        help_text="Dernier jour où un bon de commande peut être envoyé à ce prix.",
        widget=forms.DateInput,
    )
    reason = forms.CharField(
        label="Conditions", max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(
        self, *args: Any, components: Iterable[tuple[Offer, PriceLine]], buyers: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["component"].choices = [
            ("", "Choisissez"),
            *(
                (component_key(offer, line), f"{offer.name}, {line.plan.name} : {line.label}")
                for offer, line in components
            ),
        ]
        self.fields["buyer"].queryset = buyers


def component_key(offer: Offer, line: PriceLine) -> str:
    return f"{offer.uuid}/{line.plan.code}/{line.code}"
