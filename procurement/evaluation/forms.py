from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from marketplace.ui.forms import MarketForm
from procurement.consultations.forms import area
from procurement.evaluation.enums import MOST_REASON, MOST_TEXT, ClarificationKind, SetAsideGround
from procurement.evaluation.evaluating import FULL, MarkGiven

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from marketplace.accounts.models import User
    from procurement.evaluation.sheet import ResponseSheet

WRONG = "Donnez une note de 0 à 20, comme 14,5. Laissez vide pour ne pas noter encore."


class EvaluatorsForm(MarketForm):
    def __init__(self, *args: Any, members: Iterable[User], **kwargs: Any) -> None:
        # Before the base class dresses the fields.
        self.base_fields = {
            "people": forms.MultipleChoiceField(
                label="Personnes qui évaluent",
                help_text="Chacune déclare d’abord ses liens avec les fournisseurs, puis note seule.",
                choices=[(str(one.pk), str(one)) for one in members],
                widget=forms.CheckboxSelectMultiple,
            )
        }
        super().__init__(*args, **kwargs)

    def chosen(self) -> list[int]:
        return [int(key) for key in self.cleaned_data["people"]]


class InterestForm(MarketForm):
    has_interest = forms.TypedChoiceField(
        label="Avez-vous un lien avec l’un de ces fournisseurs\u00a0?",
        help_text="Emploi, mandat, intérêt financier, parenté, amitié, différend, aujourd’hui ou récemment.",
        choices=[("no", "Je n’ai aucun lien avec eux"), ("yes", "J’ai un lien, que je décris")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    statement = area(
        "Votre lien", MOST_REASON, rows=3, required=False, help_text="Un lien vous écarte des notes."
    )


class MarksForm(MarketForm):
    """One criterion for all responses: a mark and its reason each. `rows` groups the fields for the page."""

    body_template = "procurement/consultations/_rows.html"

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        responses: Sequence[ResponseSheet],
        kept: Mapping[int, Any],
        **kwargs: Any,
    ) -> None:
        """`kept`: the marks that are there, by the key of their response."""
        self.responses = list(responses)
        initial = {}
        for one in self.responses:
            if (mark := kept.get(one.response.pk)) is not None:
                initial |= {_name("value", one): mark.value, _name("reason", one): mark.reason}
        self.base_fields = {
            _name(name, one): made
            for one in self.responses
            for name, made in (
                ("value", _value_field()),
                ("reason", area("Motif", MOST_REASON, rows=3, required=False)),
            )
        }
        super().__init__(data, initial=initial, **kwargs)

    @property
    def rows(self) -> list[tuple[str, list[Any]]]:
        return [
            (one.supplier, [self[_name("value", one)], self[_name("reason", one)]]) for one in self.responses
        ]

    def values(self) -> list[MarkGiven]:
        """Call after is_valid()."""
        said = self.cleaned_data
        return [
            MarkGiven(one.response, said[_name("value", one)], said[_name("reason", one)])
            for one in self.responses
        ]


def _name(name: str, one: ResponseSheet) -> str:
    return f"{name}_{one.response.uuid.hex}"


def _value_field() -> forms.DecimalField:
    wrong = ("invalid", "min_value", "max_value", "max_digits", "max_decimal_places", "max_whole_digits")
    return forms.DecimalField(
        label="Note sur 20",
        min_value=0,
        max_value=FULL,
        max_digits=4,
        decimal_places=2,
        localize=True,
        required=False,
        error_messages=dict.fromkeys(wrong, WRONG),
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class ConsensusForm(MarketForm):
    reason = area(
        "Motif, si des notes manquent encore",
        MOST_REASON,
        rows=3,
        required=False,
        help_text="Laissez vide si chaque personne a donné ses notes.",
    )


class WhyForm(MarketForm):
    reason = area("Motif", MOST_REASON, rows=4)


class ClarifyForm(MarketForm):
    kind = forms.ChoiceField(
        label="Ce que vous demandez", choices=ClarificationKind.choices, widget=forms.RadioSelect
    )
    text = area(
        "Votre question",
        MOST_TEXT,
        help_text="Seul ce fournisseur la lit. Elle éclaire sa réponse, elle ne la change pas.",
    )
    answer_by = forms.DateField(label="Dernier jour pour répondre", widget=forms.DateInput)


class SupplierAnswerForm(MarketForm):
    answer = area("Votre réponse", MOST_TEXT, rows=8, help_text="Elle ne se modifie pas une fois envoyée.")


class SetAsideForm(MarketForm):
    ground = forms.ChoiceField(label="Elle est", choices=SetAsideGround.choices, widget=forms.RadioSelect)
    reason = area("Motif", MOST_REASON, rows=4, help_text="Le fournisseur le lira dans sa lettre.")
