from __future__ import annotations

from django import forms

from qualification.forms import RuledForm


class ApplyForm(RuledForm):
    reason = forms.CharField(
        label="Motif",
        help_text="Gardé à l’historique : pourquoi cette version juge désormais les titres.",
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        error_messages={"required": "Dites pourquoi cette version entre en vigueur."},
    )
