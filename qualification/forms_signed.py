from __future__ import annotations

from django import forms

from qualification.forms import RuledForm


class RevokeForm(RuledForm):
    reason = forms.CharField(
        label="Motif",
        help_text="Gardé au journal et lu par le fournisseur.",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=500,
        error_messages={"required": "Écrivez le motif de la révocation."},
    )
