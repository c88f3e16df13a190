from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from marketplace.ui.forms import MarketForm
from procurement.consultations.enums import Candidacy
from procurement.consultations.forms import area
from procurement.dynamic.enums import MOST_REASON, MOST_TEXT
from procurement.forms.vehicles import TermsForm

FILE = "PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo."


class SystemForm(TermsForm):
    title = forms.CharField(label="Objet", max_length=160)
    reference = forms.CharField(label="Référence", help_text="Celle de votre avis de marché.", max_length=100)
    description = area("Achats envisagés et quantité estimée", MOST_TEXT)
    criteria = area(
        "Critères de sélection", MOST_TEXT, help_text="Capacités et justificatifs demandés aux candidats."
    )
    field_order = (
        "title", "reference", "description", "criteria", "starts_on", "ends_on", "maximum_eur_ht",
    )  # fmt: skip


class FileForm(MarketForm):
    @classmethod
    def of(cls, request: HttpRequest) -> Any:
        """Bound with its files by a POST."""
        return cls(request.POST, request.FILES) if request.method == "POST" else cls()


class AskForm(FileForm):
    candidacy = forms.ChoiceField(label="Candidature", choices=Candidacy.choices, widget=forms.RadioSelect)
    file = forms.FileField(label="DUME ou DC1", help_text=FILE)
    not_excluded = forms.BooleanField(
        label="J’atteste que l’entreprise n’est dans aucun cas d’exclusion", required=False
    )
    statement = area("Présentation et capacités", MOST_TEXT, required=False)


class PaperForm(FileForm):
    title = forms.CharField(label="Titre de la pièce", max_length=160)
    file = forms.FileField(label="Fichier", help_text=FILE)


class ReasonForm(MarketForm):
    reason = area("Motif", MOST_REASON, rows=4, help_text="L’autre partie le lira.")


class WithdrawForm(MarketForm):
    reason = area("Motif", MOST_REASON, rows=4, required=False)
