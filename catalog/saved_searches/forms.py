"""Naming a saved search and saying who reads it."""

from __future__ import annotations

from django import forms

from marketplace.ui.forms import MarketForm


class EditSearchForm(MarketForm):
    name = forms.CharField(label="Nom de la recherche", max_length=120)
    is_shared = forms.BooleanField(
        label="Partager avec les membres de mon organisation",
        help_text="Ils la lisent et peuvent en recevoir les alertes. Vous seul la modifiez.",
        required=False,
    )


class SaveSearchForm(EditSearchForm):
    follow = forms.BooleanField(
        label="Recevoir les alertes",
        help_text="Un message par jour au plus, ici et par courriel. Un statut perdu est dit aussitôt.",
        required=False,
        initial=True,
    )
    query = forms.CharField(required=False, widget=forms.HiddenInput)
