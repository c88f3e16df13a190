"""Saying what is missing, and what a curator answers."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.http import QueryDict

from catalog.enums import ServiceModel
from catalog.models import Category, MissingNeed, Offer
from marketplace.ui.forms import MarketForm

MOST_SEARCHED = 2000


def searched_text(given: str) -> str:
    """A query string of the catalogue, cut at its limit, without what is not printable."""
    return "".join(c for c in given if unicodedata.category(c)[0] != "C")[:MOST_SEARCHED]


def initial_of_search(given: QueryDict) -> dict[str, Any]:
    """What a search that found nothing already says of the need; unknown values are left out."""
    codes = {str(code) for code in ServiceModel.values}
    return {
        "title": given.get("q", "").replace("\x00", "").strip()[:160],
        "service_models": [code for code in given.getlist("model")[:10] if code in codes],
        "category": Category.objects.standing(given.get("category", "").replace("\x00", "")),
        "searched": searched_text(given.urlencode()),
    }


class NeedForm(MarketForm):
    title = forms.CharField(
        label="Ce qui manque",
        help_text="En quelques mots. Exemple : signature de gros fichiers",
        max_length=160,
    )
    description = forms.CharField(
        label="Pour quoi faire, avec quelles contraintes",
        help_text="Les autres administrations et l’opérateur le liront. N’écrivez rien de confidentiel.",
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    service_models = forms.MultipleChoiceField(
        label="Modèles de service",
        choices=ServiceModel.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    category = forms.ModelChoiceField(
        label="Catégorie", queryset=Category.objects.none(), required=False, empty_label="Je ne sais pas"
    )
    searched = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["category"].queryset = Category.objects.open()

    def clean_searched(self) -> str:
        return searched_text(self.cleaned_data["searched"])


class AnswerForm(MarketForm):
    reason = forms.CharField(
        label="Réponse",
        help_text="Toutes les administrations qui ont ce besoin la liront.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class WhyForm(AnswerForm):
    reason = forms.CharField(
        label="Motif",
        help_text="Toutes les administrations qui ont ce besoin le liront.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class CoverForm(MarketForm):
    offer = forms.IntegerField(
        label="Numéro de l’offre", help_text="Celui de son adresse : /offres/12-…", min_value=1
    )
    reason = forms.CharField(
        label="Ce qu’elle couvre, ce qu’elle ne couvre pas",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def clean_offer(self) -> Offer:
        number = self.cleaned_data["offer"]
        offer = Offer.objects.public().filter(number=number).first() if number < 2**31 else None
        if offer is None:
            raise forms.ValidationError(
                "Aucune offre en ligne ne porte ce numéro. Relisez-le dans son adresse."
            )
        return offer


class MergeForm(MarketForm):
    into = forms.ModelChoiceField(
        label="Besoin qui reste",
        help_text="Les administrations de celui-ci le rejoignent ; son adresse y conduit.",
        queryset=MissingNeed.objects.none(),
        to_field_name="number",
    )
    reason = forms.CharField(
        label="Pourquoi ils disent la même chose",
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, need: MissingNeed, **options: Any) -> None:
        super().__init__(*args, **options)
        others = MissingNeed.objects.open().exclude(pk=need.pk).order_by("-created_at", "-pk")
        self.fields["into"].queryset = others
