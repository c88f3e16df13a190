from __future__ import annotations

from django import forms

from procurement.applications.enums import MOST_REASON, MOST_TEXT
from procurement.applications.forms import ApplicationForm
from procurement.candidates.enums import RejectionGround
from procurement.consultations.forms import area
from procurement.forms.versioned import VersionedForm


class ApplyForm(ApplicationForm):
    statement = area(
        "Capacités et références",
        MOST_TEXT,
        help_text="Ce que demandent les critères du choix.",
        required=False,
    )


class RejectForm(VersionedForm):
    ground = forms.ChoiceField(label="Cause", choices=RejectionGround.choices, widget=forms.RadioSelect)
    reason = area(
        "Motif", MOST_REASON, rows=4, help_text="Le fournisseur le lira quand les autres seront invités."
    )
