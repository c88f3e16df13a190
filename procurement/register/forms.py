from __future__ import annotations

from typing import Any

from django import forms

from marketplace.ui.forms import MarketForm


class OwnersForm(MarketForm):
    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1)
    owners = forms.MultipleChoiceField(
        label="Personnes qui suivent ce contrat",
        help_text="Elles sont prévenues avant chaque date limite de préavis.",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "Choisissez des personnes de la liste."},
    )

    def __init__(self, *args: Any, people: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owners"].choices = people
