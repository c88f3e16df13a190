from __future__ import annotations

from typing import Any

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.groups.enums import ShownPart

VOLUME: dict[str, Any] = {
    "label": "Volume",
    "max_digits": 14,
    "decimal_places": 2,
    "localize": True,
    "widget": forms.TextInput,
}


class ShareForm(MarketForm):
    volume = forms.DecimalField(help_text="Ce que vous achèteriez. Exemple : 2500", **VOLUME)
    unit = forms.CharField(label="Unité", help_text="Exemple : postes, téraoctets, heures.", max_length=40)
    shown = forms.MultipleChoiceField(
        label="Montrer aussi",
        help_text="L’objet, votre administration, les catégories, les modèles et le volume sont montrés.",
        choices=ShownPart.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


class GroupForm(MarketForm):
    title = forms.CharField(label="Objet du groupement", max_length=160)
    volume = forms.DecimalField(**{**VOLUME, "label": "Votre volume"})
    unit = forms.CharField(label="Unité des volumes", max_length=40)


class VersionForm(MarketForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)


class JoinForm(VersionForm):
    volume = forms.DecimalField(**{**VOLUME, "label": "Votre volume"})


class ConventionForm(VersionForm):
    document = forms.FileField(label="Convention de groupement", help_text="PDF, 10 Mo au plus.")


class ReasonForm(VersionForm):
    reason = forms.CharField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
