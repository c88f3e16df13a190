"""What a curator concludes of two offers that look like one."""

from __future__ import annotations

from typing import Any

from django import forms

from catalog.models import DuplicatePair
from marketplace.ui.forms import MarketForm


class VerdictForm(MarketForm):
    duplicate = forms.ChoiceField(
        label="Le doublon", widget=forms.RadioSelect, required=False,
        help_text="Pour demander un retrait ou retirer. L’autre offre reste.",
    )  # fmt: skip
    reason = forms.CharField(
        label="Motif",
        help_text="Gardé avec la décision ; lu du fournisseur, et à l’adresse de l’offre retirée.",
        max_length=900,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, pair: DuplicatePair, **options: Any) -> None:
        super().__init__(*args, **options)
        offers = (pair.first, pair.second)
        self.fields["duplicate"].choices = [
            (str(offer.uuid), f"{offer.name}, n° {offer.number}, de {offer.supplier.name}")
            for offer in offers
        ]


class ReopenForm(MarketForm):
    reason = forms.CharField(label="Motif", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
