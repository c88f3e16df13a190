"""Forms between peers: a message, its answer."""

from __future__ import annotations

from django import forms

from marketplace.ui.forms import MarketForm
from marketplace.ui.typography import number_text
from procurement.peers.enums import MOST_TEXT

LIMIT = number_text(MOST_TEXT)


class PeerMessageForm(MarketForm):
    text = forms.CharField(
        label="Votre message",
        help_text=f"{LIMIT} caractères au plus. Dites ce que vous voulez savoir, n’écrivez rien "
        "de confidentiel ni d’une procédure en cours.",
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )


class PeerAnswerForm(MarketForm):
    text = forms.CharField(
        label="Votre réponse",
        help_text=f"{LIMIT} caractères au plus.",
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
