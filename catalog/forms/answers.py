"""A section of questions as a form. Gaps are allowed: completeness is judged when sending."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from catalog.forms.fields import REMOVE, REPEATED, KeptFile, fields_of, leaves, name_of, shown_at
from catalog.questions.conditions import condition_words, offered_in
from catalog.questions.engine import COMPOSITES, Question, Section, is_unknown
from catalog.questions.validation import MAX_ITEMS, AnswerError, clean_answer
from marketplace.ui.forms import MarketForm

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One question on the page: a plain field, or a group of rows of fields that may grow."""

    question: Question
    rows: tuple[tuple[forms.BoundField, ...], ...]
    rows_name: str = ""
    is_group: bool = False
    is_table: bool = False
    is_optional: bool = False
    condition: str = ""
    errors: tuple[str, ...] = ()


class SectionForm(MarketForm):
    """Fields made from the section's questions; `base` says what the person was shown.

    `shape`: what was typed, which says how many rows each list has; `add`: the list that gets one more;
    `kept`: the files joined already, by question.
    Only the questions that concern the offer are here: the answers to the others stay as they are.
    """

    body_template = "catalog/_blocks.html"
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        section: Section,
        answers: Mapping[str, Any],
        categories: Mapping[str, str],
        shape: Mapping[str, Any] | None = None,
        add: str = "",
        kept: Mapping[str, KeptFile] | None = None,
    ) -> None:
        self.section, self.answers, self.categories = section, answers, categories
        self.questions = offered_in(section, answers)
        self.kept = kept or {}
        self.models = answers.get("service_models") or []
        self.rows = {q.id: _rows(q, answers.get(q.id), data or shape, add) for q in self.questions}
        self.uploads: dict[tuple[str, Path], UploadedFile] = {}
        # Before the base class looks at them: it gives each widget its DSFR classes.
        self.base_fields = {**type(self).base_fields, **dict(self._made())}
        super().__init__(data, files, initial={**dict(self._initial()), "base": digest(section, answers)})

    def _made(self) -> Iterator[tuple[str, forms.Field]]:
        for question in self.questions:
            yield from fields_of(
                question,
                rows=self.rows[question.id],
                models=self.models,
                categories=self.categories,
                current=self.answers.get(question.id),
                kept=self.kept.get(question.id),
            )

    def _initial(self) -> Iterator[tuple[str, Any]]:
        for question in self.questions:
            yield from shown_at(question, self.answers.get(question.id), rows=self.rows[question.id])

    @property
    def blocks(self) -> list[Block]:
        return [self._block(question) for question in self.questions]

    def _block(self, question: Question) -> Block:
        grouped: dict[str, list[forms.BoundField]] = {}
        for path, _ in leaves(question, rows=self.rows[question.id]):
            name = name_of(question, *path)
            row = path[0] if question.type == "table" else ""
            grouped.setdefault(row, []).append(self[name])
            if name + REMOVE in self.fields:
                grouped[row].append(self[name + REMOVE])
        is_group = question.type in COMPOSITES | REPEATED
        return Block(
            question=question,
            rows=tuple(tuple(row) for row in grouped.values()),
            rows_name=name_of(question, "rows") if question.type in REPEATED else "",
            is_group=is_group,
            is_table=question.type == "table",
            is_optional=not question.is_required(self.models),
            condition=condition_words(question) if is_group else "",
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self._given = {}
        for question in self.questions:
            names = [name_of(question, *path) for path, _ in leaves(question, rows=self.rows[question.id])]
            if not set(names).isdisjoint(self.errors):
                continue
            try:
                value = clean_answer(
                    question, self._typed(question, cleaned), categories=frozenset(self.categories)
                )
                self._given[question.id] = value
            except AnswerError as error:
                name = name_of(question, *error.path)
                self.add_error(name if name in self.fields else (names[0] if names else None), str(error))
        if "name" in self.fields and "name" not in self.errors and not self._given.get("name"):
            self.add_error("name", "Donnez un nom à l’offre.")
        return cleaned

    def _typed(self, question: Question, cleaned: Mapping[str, Any]) -> Any:
        """The value of a question put together from its fields."""
        if question.type == "document":
            return self._file(question, (), self.answers.get(question.id), cleaned)
        if question.type == "list":
            return [cleaned.get(name_of(question, str(i))) or "" for i in range(self.rows[question.id])]
        if question.type == "table":
            return [
                {part.id: cleaned.get(name_of(question, str(i), part.id)) for part in question.parts}
                for i in range(self.rows[question.id])
            ]
        if question.type in COMPOSITES:
            stored = self.answers.get(question.id) or {}
            return {
                part.id: self._file(question, (part.id,), stored.get(part.id), cleaned)
                if part.type == "document"
                else cleaned.get(name_of(question, part.id))
                for part in question.parts
            }
        return cleaned.get(question.id)

    def _file(self, question: Question, path: Path, stored: Any, cleaned: Mapping[str, Any]) -> Any:
        """The file kept already, unless it is taken away or replaced; a new one waits in `uploads`."""
        name = name_of(question, *path)
        if upload := cleaned.get(name):
            self.uploads[question.id, path] = upload
        return None if cleaned.get(name + REMOVE) else stored

    def attach(self, question: str, path: Path, reference: Mapping[str, Any]) -> None:
        """The kept file of an upload. Call after is_valid()."""
        if path:
            self._given[question] = {**(self._given.get(question) or {}), path[0]: dict(reference)}
        else:
            self._given[question] = dict(reference)

    @property
    def given(self) -> dict[str, Any]:
        """Call after is_valid()."""
        return dict(self._given)

    def is_stale(self) -> bool:
        """Somebody saved this section after the person was shown it."""
        return self.cleaned_data.get("base") != digest(self.section, self.answers)


def _rows(question: Question, value: Any, typed: Mapping[str, Any] | None, add: str) -> int:
    """How many rows a list shows: those typed, else those kept; one at least."""
    if question.type not in REPEATED:
        return 0
    text = str(typed.get(name_of(question, "rows"), "")) if typed is not None else ""
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else len(value or ())
    return min(max(count, 1) + (add == question.id), question.max_items or MAX_ITEMS)


def digest(section: Section, answers: Mapping[str, Any]) -> str:
    said = {q.id: None if is_unknown(answers.get(q.id)) else answers[q.id] for q in section.questions}
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:16]


def typed_again(form: SectionForm, data: Any, *, add: str) -> SectionForm:
    """The same form with one more row, showing what was typed without judging it yet."""
    fresh = SectionForm(
        section=form.section,
        answers=form.answers,
        categories=form.categories,
        shape=data,
        add=add,
        kept=form.kept,
    )
    for name, field in fresh.fields.items():
        if not isinstance(field.widget, forms.FileInput):
            fresh.initial[name] = field.widget.value_from_datadict(data, {}, name)
    return fresh
