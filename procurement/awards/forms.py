from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.awards.enums import CertificateKind, OutcomeKind
from procurement.consultations.forms import area
from procurement.evaluation.enums import MOST_REASON

if TYPE_CHECKING:
    from collections.abc import Iterable


class ProposeForm(MarketForm):
    """« Attribuer à… »: nothing is chosen beforehand."""

    def __init__(self, *args: Any, ranked: Iterable[dict[str, Any]], **kwargs: Any) -> None:
        # Before the base class dresses the fields.
        self.base_fields = {
            "response": forms.ChoiceField(
                label="Attribuer à",
                choices=[
                    (row["response"], f"{row['supplier']}, rang {row['rank']}, {row['points']} points")
                    for row in ranked
                ],
                widget=forms.RadioSelect,
            ),
            "reason": area(
                "Motif", MOST_REASON, rows=4, help_text="Les autres fournisseurs le liront dans leur lettre."
            ),
        }
        super().__init__(*args, **kwargs)


class EndLotForm(MarketForm):
    kind = forms.ChoiceField(
        label="Suite donnée à ce lot",
        choices=OutcomeKind.choices,
        widget=forms.RadioSelect,
        help_text="Infructueux : aucune réponse, ou toutes écartées. Sans suite : vous renoncez à ce lot.",
    )
    reason = area("Motif", MOST_REASON, rows=4, help_text="Il est publié et envoyé à qui a répondu à ce lot.")


class CertificateForm(MarketForm):
    kind = forms.ChoiceField(label="Nature", choices=CertificateKind.choices, widget=forms.RadioSelect)
    file = forms.FileField(label="Certificat", help_text="PDF ou image, 10 Mo au plus.")


class CheckedForm(MarketForm):
    checked = forms.BooleanField(
        label="J’ai lu et vérifié les certificats fiscal et social de l’attributaire", required=False
    )


class LettersForm(MarketForm):
    voluntary = forms.BooleanField(
        label="Observer le délai avant signature même s’il n’est pas dû", required=False
    )


class SignForm(MarketForm):
    amount_eur_ttc = forms.DecimalField(
        label="Montant TTC, en euros",
        help_text="Demandé quand le maximum du support d’achat, ou de son lot, est exprimé TTC.",
        min_value=Decimal("0.01"),
        max_digits=14,
        decimal_places=2,
        localize=True,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class NotifyForm(MarketForm):
    starts_on = forms.DateField(label="Premier jour du marché", widget=forms.DateInput)
    ends_on = forms.DateField(label="Dernier jour, compris", widget=forms.DateInput)
    attested = forms.BooleanField(
        label="Publier l’attribution en données ouvertes dès maintenant",
        help_text="L’objet du lot, le montant et l’identifiant du titulaire, sans aucun nom : "
        "j’ai relu, rien n’y est secret. Sinon, elle part avec les données essentielles du marché.",
        required=False,
    )


class DropForm(MarketForm):
    reason = area("Motif", MOST_REASON, rows=4, help_text="La réponse suivante pourra être retenue.")
