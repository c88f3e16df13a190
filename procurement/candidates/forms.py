from __future__ import annotations

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.candidates.enums import MOST_REASON, MOST_TEXT, RejectionGround
from procurement.consultations.enums import Candidacy
from procurement.consultations.forms import area
from procurement.forms.versioned import VersionedForm

FILE = "PDF, ODT, ODS, DOCX, XLSX, image, CSV ou texte, 10 Mo."


class ApplyForm(MarketForm):
    candidacy = forms.ChoiceField(label="Candidature", choices=Candidacy.choices, widget=forms.RadioSelect)
    file = forms.FileField(label="DUME ou DC1", help_text=FILE)
    not_excluded = forms.BooleanField(
        label="J’atteste que l’entreprise n’est dans aucun cas d’exclusion", required=False
    )
    statement = area(
        "Capacités et références",
        MOST_TEXT,
        help_text="Ce que demandent les critères du choix.",
        required=False,
    )


class PaperForm(VersionedForm):
    title = forms.CharField(label="Titre de la pièce", max_length=160)
    file = forms.FileField(label="Fichier", help_text=FILE)


class RejectForm(VersionedForm):
    ground = forms.ChoiceField(label="Cause", choices=RejectionGround.choices, widget=forms.RadioSelect)
    reason = area(
        "Motif", MOST_REASON, rows=4, help_text="Le fournisseur le lira quand les autres seront invités."
    )


class WithdrawForm(VersionedForm):
    reason = area("Motif", MOST_REASON, rows=4, required=False)
