"""Asking for an R9 derogation, and recording its acts. Every act comes with its date, reference and paper."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.models import Offer
from marketplace.ui.forms import MarketForm


class ActForm(MarketForm):
    dated_on = forms.DateField(label="Date de l’acte", widget=forms.DateInput)
    reference = forms.CharField(label="Référence", max_length=100)
    document = forms.FileField(label="Document signé", help_text="PDF, 10 Mo au plus.")


class AskForm(MarketForm):
    reason = forms.CharField(
        label="Pourquoi aucune offre ne convient aujourd’hui",
        help_text="Ce que le projet utilise, ce qui manque aux offres, ce que coûterait l’attente.",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    dated_on = forms.DateField(label="Date de la demande", widget=forms.DateInput)
    reference = forms.CharField(label="Référence", max_length=100)
    document = forms.FileField(label="Dossier de la demande", help_text="PDF, 10 Mo au plus.")


class ActivateForm(MarketForm):
    starts_on = forms.DateField(label="En vigueur depuis le", widget=forms.DateInput)


class RefuseForm(MarketForm):
    reason = forms.CharField(label="Motif", max_length=5000, widget=forms.Textarea(attrs={"rows": 5}))
    dated_on = forms.DateField(label="Date de l’acte", widget=forms.DateInput)
    reference = forms.CharField(label="Référence", max_length=100)
    document = forms.FileField(label="Document", help_text="PDF, 10 Mo au plus.", required=False)


class FindingForm(MarketForm):
    reason = forms.CharField(
        label="Pourquoi cette offre est acceptable",
        help_text="Ses inconvénients éventuels, et en quoi ils sont supportables ou compensables.",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    offer = forms.IntegerField(
        label="Numéro de l’offre au catalogue",
        help_text="Celui de son adresse : /offres/12-…",
        min_value=1,
        required=False,
    )
    available_on = forms.DateField(
        label="Disponible en France depuis le",
        help_text="Le délai court de ce jour. Il ne se corrige pas ensuite.",
        widget=forms.DateInput,
    )
    dated_on = forms.DateField(label="Date du constat", widget=forms.DateInput)
    reference = forms.CharField(label="Référence", max_length=100)
    document = forms.FileField(label="Constat signé", help_text="PDF, 10 Mo au plus.")

    def clean_offer(self) -> Offer | None:
        number: Any = self.cleaned_data["offer"]
        if number is None:
            return None
        offer = Offer.objects.public().filter(number=number).first() if number < 2**31 else None
        if offer is None:
            raise forms.ValidationError(
                "Aucune offre en ligne ne porte ce numéro. Relisez-le, ou laissez vide."
            )
        return offer
