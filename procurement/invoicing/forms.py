from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from marketplace.ui.forms import MarketForm
from marketplace.ui.typography import date_text, euros
from procurement.invoicing.enums import InvoiceKind, InvoiceState
from procurement.invoicing.typed import TypedLine

if TYPE_CHECKING:
    from procurement.models import Invoice, OrderLine, UsageStatement

WRONG = "Indiquez un montant en euros, de 12 chiffres au plus, comme 1200,50."
QUANTITY, PRICE = "qte-", "prix-"


def money(label: str, *, help_text: str = "", required: bool = True) -> forms.DecimalField:
    names = ("invalid", "max_digits", "max_whole_digits", "max_decimal_places", "min_value")
    return forms.DecimalField(
        label=label,
        help_text=help_text,
        required=required,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        localize=True,
        error_messages=dict.fromkeys(names, WRONG),
    )


class SendForm(MarketForm):
    """A file, and what it does not say."""

    file = forms.FileField(
        label="Facture ou avoir", help_text="Factur-X (PDF), UBL 2.1 ou CII (XML). 10 Mo au plus."
    )
    stated_eur_ttc = money(
        "Total TTC lu sur le PDF",
        required=False,
        help_text="Pour un Factur-X : ce total est comparé à celui de son XML. Laissez vide pour un XML.",
    )
    iban = forms.CharField(
        label="IBAN à payer", help_text="Si la facture ne le dit pas.", max_length=50, required=False
    )
    served_on = forms.DateField(
        label="Service exécuté le",
        help_text="Si la facture ne le dit pas. Le délai part du plus tardif de ce jour et de la réception.",
        required=False,
        widget=forms.DateInput,
    )
    received_on = forms.DateField(
        label="Reçue le", help_text="Laissez vide pour aujourd’hui.", required=False, widget=forms.DateInput
    )
    credited = forms.ChoiceField(
        label="Facture corrigée", help_text="Pour un avoir seulement.", required=False
    )

    statement = forms.ChoiceField(
        label="Relevé d’usage facturé",
        help_text="Le service fait de ce relevé est comparé à la facture.",
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        invoices: Sequence[Invoice],
        statements: Sequence[UsageStatement],
        sells: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if sells:
            del self.fields["received_on"]
        choices = [(str(each.uuid), f"{each.supplier_number} ({each.number})") for each in invoices]
        self.fields["credited"].choices = [("", "Aucune"), *choices]
        choices = [(str(each.uuid), statement_words(each)) for each in statements]
        self.fields["statement"].choices = [("", "Aucun"), *choices]


def statement_words(statement: UsageStatement) -> str:
    amount = euros(statement.total_eur_ht, tax="HT")
    return (
        f"{statement.number}, du {date_text(statement.starts_on)} au {date_text(statement.ends_on)}, {amount}"
    )


class TypeForm(SendForm):
    """An invoice on paper: a quantity and a price for each line of the order, and one line out of it."""

    kind = forms.ChoiceField(label="Nature", choices=InvoiceKind.choices, initial=InvoiceKind.INVOICE)
    supplier_number = forms.CharField(label="Numéro de la facture", max_length=60)
    issued_on = forms.DateField(label="Date de la facture", widget=forms.DateInput)
    vat_rate = forms.DecimalField(
        label="Taux de TVA, en pour cent",
        help_text="Le même pour toutes les lignes. 0 si aucune TVA n’est due.",
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        localize=True,
    )
    other_label = forms.CharField(label="Autre ligne, hors commande", max_length=200, required=False)
    other_eur_ht = money("Montant de cette autre ligne, en euros HT", required=False)
    total_eur_ttc = money("Total TTC de la facture", help_text="Il est comparé à la somme des lignes.")

    def __init__(self, *args: Any, ordered: Sequence[OrderLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("file", "stated_eur_ttc"):
            del self.fields[name]
        self.fields["iban"].help_text = "Pour une facture ; inutile pour un avoir."
        self.ordered = ordered
        for line in ordered:
            self.fields[f"{QUANTITY}{line.position}"] = _number(
                f"Quantité : {line.label}", decimals=6 if line.parts else 3
            )
            price = _number(f"Prix unitaire HT : {line.label}", decimals=6)
            price.initial = line.unit_price_eur_ht.normalize()
            self.fields[f"{PRICE}{line.position}"] = price
        for bound in self.visible_fields():
            self._dress(bound)
        self.order_fields(_order([line.position for line in ordered]))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if bool(values.get("other_label")) != (values.get("other_eur_ht") is not None):
            self.add_error(
                "other_eur_ht", "Indiquez le libellé et le montant de l’autre ligne, ou aucun des deux."
            )
        return values

    def lines(self) -> list[TypedLine]:
        values, rate = self.cleaned_data, self.cleaned_data["vat_rate"]
        found = [
            TypedLine(
                line.label, quantity, values.get(f"{PRICE}{line.position}") or Decimal(0), rate, line.position
            )
            for line in self.ordered
            if (quantity := values.get(f"{QUANTITY}{line.position}"))
        ]
        if values.get("other_label"):
            found.append(TypedLine(values["other_label"], Decimal(1), values["other_eur_ht"], rate))
        return found


def _number(label: str, *, decimals: int) -> forms.DecimalField:
    return forms.DecimalField(
        label=label,
        min_value=0,
        max_digits=14,
        decimal_places=decimals,
        required=False,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "class": "fr-input"}),
    )


def _order(positions: list[int]) -> list[str]:
    """Of the fields on the page: the head of the document, its lines, its foot, then who and when."""
    lines = [name for rank in positions for name in (f"{QUANTITY}{rank}", f"{PRICE}{rank}")]
    head = ["kind", "supplier_number", "issued_on"]
    return [*head, *lines, "other_label", "other_eur_ht", "vat_rate", "total_eur_ttc", "iban"]


class ActForm(MarketForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)


class MatchForm(ActForm):
    reason = forms.CharField(
        label="Pourquoi les écarts sont admis",
        help_text="Nécessaire s’il y a des écarts.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class ReasonForm(ActForm):
    reason = forms.CharField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class AnswerForm(ActForm):
    answer = forms.CharField(
        label="Réponse",
        help_text="Répondez à tout ce qui est demandé : un nouveau délai de paiement part de votre réponse.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class ServiceForm(ActForm):
    served_on = forms.DateField(label="Service exécuté le", widget=forms.DateInput)


class AccountForm(ActForm):
    checked_how = forms.CharField(
        label="Vérification faite",
        help_text="Par exemple : rappel du fournisseur à un numéro déjà connu, relevé bancaire signé.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class PaymentForm(ActForm):
    amount_eur_ttc = money("Montant payé, en euros TTC")
    paid_on = forms.DateField(label="Payé le", widget=forms.DateInput)
    reference = forms.CharField(
        label="Référence du paiement", help_text="Numéro de mandat ou de virement.", max_length=60
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].initial = timezone.localdate()


class InterestPaymentForm(ActForm):
    interest_eur = money("Intérêts moratoires versés, en euros")
    flat_fee_eur = money("Indemnité forfaitaire versée, en euros")
    paid_on = forms.DateField(label="Payé le", widget=forms.DateInput)
    reference = forms.CharField(
        label="Référence du paiement", help_text="Numéro de mandat ou de virement.", max_length=60
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paid_on"].initial = timezone.localdate()


class FilterForm(MarketForm):
    etat = forms.ChoiceField(
        label="État", required=False, choices=[("", "Tous"), ("late", "En retard"), *InvoiceState.choices]
    )
