"""A section of questions as a form. Gaps are allowed: completeness is judged when sending."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from catalog.questions.engine import Question, Section
from catalog.questions.validation import AnswerError, clean_answer
from marketplace.ui.forms import MarketForm

YES_NO = [("true", "Oui"), ("false", "Non"), ("", "Je ne sais pas")]
NOT_SAID = ("", "Non renseigné")


class SectionForm(MarketForm):
    """Fields made from the section's questions; `base` says what the person was shown."""

    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, section: Section, answers: Mapping[str, Any], categories: Mapping[str, str]
    ) -> None:
        self.section, self.answers, self.categories = section, answers, categories
        initial = {q.id: shown(q, answers.get(q.id)) for q in section.questions}
        models = answers.get("service_models") or []
        # Before the base class looks at them: it gives each widget its DSFR classes.
        self.base_fields = {
            **type(self).base_fields,
            **{q.id: field_of(q, models=models, categories=categories) for q in section.questions},
        }
        super().__init__(data, initial={**initial, "base": digest(section, answers)})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for question in self.section.questions:
            if question.id in self.errors:
                continue
            try:
                value = clean_answer(
                    question, cleaned.get(question.id), categories=frozenset(self.categories)
                )
                cleaned[question.id] = value
            except AnswerError as error:
                self.add_error(question.id, str(error))
        if "name" in self.fields and "name" not in self.errors and not cleaned.get("name"):
            self.add_error("name", "Donnez un nom à l’offre.")
        return cleaned

    @property
    def given(self) -> dict[str, Any]:
        return {q.id: self.cleaned_data.get(q.id) for q in self.section.questions}

    def is_stale(self) -> bool:
        """Somebody saved this section after the person was shown it."""
        return self.cleaned_data.get("base") != digest(self.section, self.answers)


def digest(section: Section, answers: Mapping[str, Any]) -> str:
    said = {q.id: answers.get(q.id) for q in section.questions}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def shown(question: Question, value: Any) -> Any:
    """A stored answer as the form's field holds it."""
    if value is None:
        return [] if question.type == "choices" else ""
    if question.type == "boolean":
        return "true" if value else "false"
    if question.type == "regions":
        return "\n".join(value)
    if question.type == "decimal":
        return str(value).replace(".", ",")
    return value


def field_of(question: Question, *, models: Iterable[str], categories: Mapping[str, str]) -> forms.Field:
    """The field of a question. « facultatif » is said of those that may stay unanswered for ever; the
    others may be left for later, so only `clean_answer` judges a value."""
    field = _plain_field(question, categories=categories)
    field.required = question.is_required(models)
    field.validate = lambda value: None  # type: ignore[method-assign]  # see above
    return field


def _plain_field(question: Question, *, categories: Mapping[str, str]) -> forms.Field:
    label = question.label if not question.unit else f"{question.label} ({question.unit})"
    common: dict[str, Any] = {"label": label, "help_text": question.help, "required": False}
    if question.type == "boolean":
        return forms.ChoiceField(choices=YES_NO, widget=forms.RadioSelect, **common)
    if question.type == "choice":
        return forms.ChoiceField(choices=[*question.choices, NOT_SAID], widget=forms.RadioSelect, **common)
    if question.type == "choices":
        return forms.MultipleChoiceField(
            choices=list(question.choices), widget=forms.CheckboxSelectMultiple, **common
        )
    if question.type == "category":
        return forms.ChoiceField(choices=[NOT_SAID, *categories.items()], **common)
    if question.type in ("long_text", "regions"):
        rows = 4 if question.type == "regions" else 5
        return forms.CharField(widget=forms.Textarea(attrs={"rows": rows}), **common)
    if question.type in ("integer", "decimal"):
        return forms.CharField(widget=forms.TextInput(attrs={"inputmode": "decimal"}), **common)
    if question.type == "url":
        return forms.CharField(widget=forms.URLInput, **common)
    return forms.CharField(max_length=question.max_length or None, **common)
