from __future__ import annotations

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.controls.enums import ASPECTS, ControlKind
from procurement.enums import OpinionVerdict
from procurement.forms.versioned import VersionedForm
from procurement.models.control_file import MOST_ASPECT

_HINTS = {
    "economic": "Coûts complets de chaque scénario, sur toute la durée.",
    "legal": "Contrats, données, responsabilités, immunité.",
    "business": "Ce que chaque scénario apporte aux utilisateurs.",
    "security": "Risques de chaque scénario et ce qui les réduit.",
}


def _aspect(name: str) -> forms.CharField:
    return forms.CharField(
        label=ASPECTS[name],
        help_text=_HINTS[name],
        max_length=MOST_ASPECT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class PrepareForm(MarketForm):
    """The four aspects are asked of an R7 study only."""

    economic = _aspect("economic")
    legal = _aspect("legal")
    business = _aspect("business")
    security = _aspect("security")
    title = forms.CharField(label="Titre du document", max_length=160)
    document = forms.FileField(label="Document", help_text="PDF ou OpenDocument, 10 Mo au plus.")

    def __init__(self, *args: object, kind: str, **options: object) -> None:
        super().__init__(*args, **options)
        if kind != ControlKind.STUDY:
            for name in ASPECTS:
                del self.fields[name]


class PaperForm(VersionedForm):
    title = forms.CharField(label="Titre du document", max_length=160)
    document = forms.FileField(label="Document", help_text="PDF ou OpenDocument, 10 Mo au plus.")


class SendForm(VersionedForm):
    sent_on = forms.DateField(label="Transmis le", widget=forms.DateInput)
    reference = forms.CharField(label="Référence de l’envoi", max_length=100)


class AcknowledgeForm(VersionedForm):
    acknowledged_on = forms.DateField(label="Réception accusée le", widget=forms.DateInput)
    document = forms.FileField(label="Accusé de réception", help_text="PDF, 10 Mo au plus.", required=False)


class AnswerForm(VersionedForm):
    answered_on = forms.DateField(label="Avis rendu le", widget=forms.DateInput)
    verdict = forms.ChoiceField(
        label="Sens de l’avis", choices=OpinionVerdict.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label="Ce que dit l’avis", max_length=5000, widget=forms.Textarea(attrs={"rows": 6})
    )
    document = forms.FileField(label="Avis", help_text="PDF, 10 Mo au plus.")
