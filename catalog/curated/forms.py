from __future__ import annotations

from django import forms

from catalog.enums import CuratedKind
from marketplace.ui.forms import MarketForm


class CuratedForm(MarketForm):
    kind = forms.ChoiceField(
        label="Avis de votre administration", choices=CuratedKind.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="Note",
        help_text="Pour quel usage, à quelles conditions. Vos collègues seuls la lisent.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
