"""What a curator says of a transfer, and what the receiving supplier answers."""

from __future__ import annotations

import datetime as dt

from django import forms
from django.utils import timezone

from marketplace.ui.forms import MarketForm


class HandOverForm(MarketForm):
    identifier = forms.CharField(
        label="Identifiant du fournisseur qui reçoit l’offre",
        help_text="Son SIREN, ou son numéro de TVA s’il n’est pas français. Il est déjà vérifié ici.",
        max_length=40,
    )
    reason = forms.CharField(
        label="Motif",
        help_text="Fusion, cession d’activité… Lu de tous sur la fiche une fois le transfert accepté.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    source = forms.CharField(
        label="Source", help_text="L’annonce légale ou l’acte, avec sa référence.", max_length=300
    )
    source_date = forms.DateField(label="Date de l’acte", widget=forms.DateInput)

    def clean_source_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["source_date"]
        if day > timezone.localdate():
            raise forms.ValidationError("La date de l’acte est dans le futur. Vérifiez-la.")
        return day


class AnswerForm(MarketForm):
    """Accepting needs no reason; refusing and cancelling do."""

    reason = forms.CharField(
        label="Motif du refus ou de l’annulation",
        help_text="Sans motif pour accepter.",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
