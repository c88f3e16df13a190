from __future__ import annotations

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.consultations.notices.enums import MOST_REFERENCE, MOST_URL, Medium


class SendingForm(MarketForm):
    medium = forms.ChoiceField(label="Support", choices=Medium.choices, widget=forms.RadioSelect)
    reference = forms.CharField(
        label="Référence de l’avis",
        max_length=MOST_REFERENCE,
        help_text="Celle que le support vous a donnée.",
    )
    sent_on = forms.DateField(label="Envoyé le", widget=forms.DateInput)
    published_on = forms.DateField(
        label="Publié le",
        widget=forms.DateInput,
        required=False,
        help_text="Laissez vide s’il ne l’est pas encore.",
    )
    url = forms.URLField(
        label="Adresse de l’avis publié", max_length=MOST_URL, required=False, assume_scheme="https"
    )
