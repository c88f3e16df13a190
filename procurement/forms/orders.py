"""Forms of an order: its four steps of writing, then the pages of its moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from catalog.prices.words import conditions
from marketplace.ui.forms import MarketForm
from marketplace.ui.typography import euros
from procurement.enums_orders import ContractPhase, ReviewDecision, VatRegime
from procurement.forms.versioned import VersionedForm
from procurement.models import BudgetLine, PurchasingVehicle
from procurement.pricing import orderable_lines

if TYPE_CHECKING:
    from catalog.models import Plan, PriceLine

QUANTITY = "qte-"
PERIOD_WORDS = {"month": "par mois", "year": "par an", "hour": "par heure", "none": ""}
UNKNOWN_CHOICE = ("", "Je ne sais pas")


class PlanForm(MarketForm):
    """Which formula; shown when the version has several."""

    plan = forms.ChoiceField(label="Formule", widget=forms.RadioSelect)

    def __init__(self, *args: Any, plans: Iterable[Plan], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plan"].choices = [(plan.code, plan.name) for plan in plans]


class QuantitiesForm(MarketForm):
    """One number per price line of the formula; left blank is zero."""

    def __init__(
        self, *args: Any, plan: Plan, quantities: Mapping[str, str] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        for line in orderable_lines(plan):
            field = forms.DecimalField(
                label=line.label,
                help_text=price_words(line),
                min_value=0,
                max_digits=14,
                decimal_places=3,
                required=False,
                error_messages={
                    "min_value": f"La quantité de « {line.label} » est négative. Indiquez 0 ou plus.",
                    "invalid": f"La quantité de « {line.label} » n’est pas un nombre. Exemple : 12",
                },
            )
            field.widget.attrs.update({"class": "fr-input", "inputmode": "decimal", "step": "any"})
            field.initial = (quantities or {}).get(line.code)
            self.fields[f"{QUANTITY}{line.code}"] = field

    def quantities(self) -> dict[str, Decimal]:
        given = {name.removeprefix(QUANTITY): value for name, value in self.cleaned_data.items()}
        return {code: value for code, value in given.items() if value}


def price_words(line: PriceLine) -> str:
    """« 10,00 € HT par poste par mois »."""
    parts = [euros(line.amount_eur_ht, tax="HT", unit_price=True)]
    if line.unit:
        parts.append(f"par {line.unit}")
    if PERIOD_WORDS.get(line.period):
        parts.append(PERIOD_WORDS[line.period])
    if line.kind == "one_off":
        parts.append("une seule fois")
    return " ; ".join([" ".join(parts), *conditions(line.component)])


class PeriodForm(MarketForm):
    starts_on = forms.DateField(label="Premier jour", widget=forms.DateInput)
    ends_on = forms.DateField(
        label="Dernier jour",
        help_text="Compris dans la commande. Tout mois commencé est compté, sauf pour un prix au prorata.",
        widget=forms.DateInput,
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        if start and end and end < start:
            self.add_error("ends_on", "La date de fin précède le début. Choisissez une date postérieure.")
        return cleaned


class RouteForm(MarketForm):
    """Budget, and the vehicle or the justification; both may stay empty in a draft."""

    vehicle = forms.ModelChoiceField(
        label="Support d’achat",
        queryset=PurchasingVehicle.objects.none(),
        required=False,
        empty_label="Aucun : achat sous le seuil",
    )
    lot = forms.IntegerField(
        label="Lot de l’accord-cadre",
        help_text="Son numéro, seulement si le fournisseur en tient plusieurs.",
        min_value=1,
        required=False,
    )
    below_threshold_reason = forms.CharField(
        label="Justification sous le seuil",
        help_text="Sans support d’achat : pourquoi ce besoin est isolé et ne sera pas fractionné.",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    budget = forms.ModelChoiceField(
        label="Budget",
        help_text="La ligne dont le plafond est vérifié à l’approbation.",
        queryset=BudgetLine.objects.none(),
        required=False,
        empty_label="Aucune ligne suivie ici",
    )
    budget_line = forms.CharField(
        label="Ligne budgétaire",
        help_text="Telle qu’elle figurera sur le bon de commande. Exemple : programme 129, action 11",
        max_length=100,
        required=False,
    )
    maximum_eur_ht = forms.DecimalField(
        label="Montant maximum, en euros HT",
        help_text="Obligatoire si un prix est à l’usage : c’est lui qui est engagé. Sinon, laissez vide.",
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        required=False,
        error_messages={"min_value": "Le maximum est positif. Laissez vide si le total est ferme."},
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        localize=True,
    )
    supplier_vat_regime = forms.ChoiceField(
        label="Régime de TVA du fournisseur",
        help_text="Il figure sur son devis. Sans lui, le total TTC n’est pas calculé.",
        choices=[*VatRegime.choices, UNKNOWN_CHOICE],
        required=False,
        widget=forms.RadioSelect,
    )
    buyer_vat_identified = forms.NullBooleanField(
        label="Votre administration a-t-elle un numéro de TVA intracommunautaire ?",
        help_text="Utile seulement si le fournisseur n’est pas établi en France.",
        required=False,
        widget=forms.Select(choices=[("", "Je ne sais pas"), ("true", "Oui"), ("false", "Non")]),
    )

    def __init__(self, *args: Any, vehicles: Any, budgets: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["budget"].queryset = budgets
        self.fields["vehicle"].queryset = vehicles


class CommitForm(VersionedForm):
    commitment_number = forms.CharField(
        label="Numéro d’engagement",
        help_text="De 3 à 30 chiffres, lettres, tirets ou barres. Exemple : 1400001234",
        max_length=30,
    )


class ContractFilterForm(MarketForm):
    """Read from the address."""

    etat = forms.ChoiceField(
        label="État",
        required=False,
        choices=[("", "Tous"), *ContractPhase.choices],
        error_messages={"invalid_choice": "Choisissez un état de la liste."},
    )


class MessageForm(MarketForm):
    body = forms.CharField(label="Votre message", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class ReviewDecisionForm(MarketForm):
    decision = forms.ChoiceField(
        label="Suite donnée", choices=ReviewDecision.choices, widget=forms.RadioSelect
    )
    reason = forms.CharField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
