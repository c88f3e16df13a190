from __future__ import annotations

from typing import Any

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.compliance.enums import MOST_TEXT, OUTCOMES, ComplianceKind


class ComplianceForm(MarketForm):
    """The last day is asked of an homologation only."""

    outcome = forms.ChoiceField(label="Ce que dit l’acte", widget=forms.RadioSelect)
    dated_on = forms.DateField(label="Date de l’acte", widget=forms.DateInput)
    valid_until = forms.DateField(
        label="Dernier jour de validité",
        help_text="D’une homologation prononcée.",
        required=False,
        widget=forms.DateInput,
    )
    reference = forms.CharField(label="Référence", max_length=100, required=False)
    text = forms.CharField(
        label="Motif, réserves ou conditions",
        max_length=MOST_TEXT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    document = forms.FileField(
        label="Acte signé", help_text="PDF ou OpenDocument, 10 Mo au plus.", required=False
    )

    def __init__(self, *args: Any, kind: str, **options: Any) -> None:
        super().__init__(*args, **options)
        outcomes = OUTCOMES[ComplianceKind(kind)]
        self.fields["outcome"].choices = [(one.value, one.label) for one in outcomes]
        if kind == ComplianceKind.ACCREDITATION:
            self.fields["document"].required = True
        else:
            del self.fields["valid_until"]
            self.fields["document"].help_text += " Attendu, sauf d’une analyse non requise."
