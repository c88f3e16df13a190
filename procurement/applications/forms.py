"""The fields of an application, of its papers, of its withdrawal."""

from __future__ import annotations

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.applications.enums import MOST_REASON, MOST_TEXT
from procurement.consultations.enums import Candidacy
from procurement.consultations.forms import area
from procurement.forms.versioned import VersionedForm

FILE = "PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo."


class ApplicationForm(MarketForm):
    """Its first paper with it."""

    candidacy = forms.ChoiceField(label="Candidature", choices=Candidacy.choices, widget=forms.RadioSelect)
    file = forms.FileField(label="DUME ou DC1", help_text=FILE)
    not_excluded = forms.BooleanField(
        label="J’atteste que l’entreprise n’est dans aucun cas d’exclusion", required=False
    )
    statement = area("Présentation et capacités", MOST_TEXT, required=False)


class PaperForm(VersionedForm):
    title = forms.CharField(label="Titre de la pièce", max_length=160)
    file = forms.FileField(label="Fichier", help_text=FILE)


class WithdrawForm(VersionedForm):
    reason = area("Motif", MOST_REASON, rows=4, required=False)
