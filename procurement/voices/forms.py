"""Forms of reviews: five criteria in words, a text; a legal ground; an answer."""

from __future__ import annotations

from typing import Any

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.voices.enums import Criterion, LegalGround, Step

NO_OPINION = ("", "Sans avis")


class ReviewForm(MarketForm):
    text = forms.CharField(
        label="Votre avis",
        help_text="Public, signé du nom de votre administration. Ne nommez personne, "
        "n’écrivez rien de confidentiel.",
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 7}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        # Before the base class looks at them: it gives each widget its DSFR classes.
        steps = [NO_OPINION, *Step.choices]
        criteria = {
            code: forms.ChoiceField(label=label, choices=steps, required=False)
            for code, label in Criterion.choices
        }
        self.base_fields = {**criteria, **type(self).base_fields}
        super().__init__(*args, **options)

    def review(self) -> dict[str, Any]:
        """What the actions take. Call after is_valid()."""
        data = self.cleaned_data
        return {"text": data["text"], "ratings": {code: data[code] for code in Criterion.values}}


class ReplyForm(MarketForm):
    text = forms.CharField(
        label="Votre réponse",
        help_text="Publique, sous l’avis, avec sa date. Vous pourrez la modifier.",
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class ContestForm(MarketForm):
    reason = forms.CharField(
        label="Pourquoi ce motif ne s’applique pas",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class DecisionForm(MarketForm):
    reason = forms.CharField(
        label="Réponse à l’administration",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class HideForm(MarketForm):
    ground = forms.ChoiceField(label="Motif légal", choices=LegalGround.choices, widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Passage en cause et explication",
        help_text="Son auteur le lira et pourra contester une fois.",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
