"""A quote for a certificate, as people type it."""

from __future__ import annotations

from typing import Any

from django import forms

from qualification.forms import RuledForm
from qualification.models import Evidence
from qualification.models.certificate_quote import LONGEST_MONTHS
from qualification.schemes.certificates import certificates

WRONG_AMOUNT = "Indiquez un montant en euros hors taxes, supérieur à zéro, comme 45000 ou 1200,50."
WRONG_MONTHS = f"Indiquez un nombre entier de mois, de 1 à {LONGEST_MONTHS}, ou laissez vide."
AMOUNT_ERRORS = ("invalid", "max_digits", "max_whole_digits", "max_decimal_places", "min_value")


class QuoteForm(RuledForm):
    """`evidence`: what the organisation keeps, among which the quote itself may be."""

    certificate = forms.ChoiceField(label="Certificat", help_text="Celui pour lequel on vous a fait un prix.")
    amount_eur_ht = forms.DecimalField(
        label="Montant du devis, en euros hors taxes",
        help_text="Le total, audits et accompagnement compris s’ils y sont. Exemple : 45000.",
        max_digits=14,
        decimal_places=2,
        localize=True,
        error_messages=dict.fromkeys(AMOUNT_ERRORS, WRONG_AMOUNT),
    )
    months = forms.IntegerField(
        label="Délai annoncé, en mois",
        help_text="Laissez vide si le devis n’en donne pas : il restera inconnu.",
        required=False,
        min_value=1,
        max_value=LONGEST_MONTHS,
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), WRONG_MONTHS),
    )
    quoted_on = forms.DateField(
        label="Date du devis",
        help_text="Celle que porte le devis. Exemple : 15/10/2026.",
        widget=forms.DateInput,
    )
    issuer = forms.CharField(
        label="Établi par", help_text="Organisme, auditeur ou conseil qui a fait ce prix.", max_length=200
    )
    evidence = forms.ChoiceField(
        label="Document",
        help_text="Le devis, s’il est gardé dans « Mes preuves ».",
        required=False,
    )

    def __init__(self, *args: Any, evidence: list[Evidence], **options: Any) -> None:
        super().__init__(*args, **options)
        self._evidence = {one.number: one for one in evidence}
        names = [(one.code, one.name) for one in certificates().values()]
        self.fields["certificate"].choices = [("", "Choisissez"), *names]
        if not evidence:
            del self.fields["evidence"]
            return
        papers = [(one.number, f"{one.title} ({one.number})") for one in evidence]
        self.fields["evidence"].choices = [("", "Aucun"), *papers]

    def values(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        return {**said, "evidence": self._evidence.get(said.get("evidence") or "")}
