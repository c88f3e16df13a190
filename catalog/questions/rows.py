"""Answers in words: rows of a sheet, of a version and of a comparison."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from catalog.countries import place_words, zone_label
from catalog.questions.conditions import applies, effective
from catalog.questions.engine import NUMBERS, Question, Section, is_unknown, questions, sections

UNKNOWN = "Inconnu"
NOT_CONCERNED = "Sans objet"
NOT_SAID = "Non renseigné par le fournisseur"
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Row:
    """`lines`: the items of an answer of several lines, `text` them all. `href`: where a link leads;
    `document`: the part that holds a kept file, « file » or empty, None without one."""

    question: Question
    text: str
    known: bool
    lines: tuple[str, ...] = ()
    href: str = ""
    document: str | None = None


@dataclass(frozen=True, slots=True)
class SectionRows:
    section: Section
    rows: tuple[Row, ...]

    @property
    def unknown_count(self) -> int:
        return len(self.unknown)

    @property
    def known(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.known)

    @property
    def unknown(self) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if not row.known)


def sheet_rows(
    answers: Mapping[str, Any], *, categories: Mapping[str, str], public_sheet: bool
) -> list[SectionRows]:
    """Every question that concerns the offer, answered or not, by section; sections without one left out.

    What a public sheet does not know, the supplier was never asked.
    """
    missing = UNKNOWN if public_sheet else NOT_SAID
    said = effective(answers)
    found = [
        SectionRows(
            section,
            tuple(
                _row(question, said.get(question.id), categories=categories, missing=missing)
                for question in section.questions
                if applies(question, said) and (not question.derived or question.id in said)
            ),
        )
        for section in sections()
    ]
    return [part for part in found if part.rows]


def _row(question: Question, value: Any, *, categories: Mapping[str, str], missing: str) -> Row:
    if is_unknown(value):
        return Row(question, missing, known=False)
    lines = said_lines(question, value, categories=categories)
    return Row(
        question,
        "\n".join(lines),
        known=True,
        lines=tuple(lines) if question.type in ("list", "table") else (),
        href=value if question.type == "url" else "",
        document=_document_part(question, value),
    )


def _document_part(question: Question, value: Any) -> str | None:
    if question.type == "document":
        return ""
    return "file" if question.type == "certificate" and value.get("file") else None


def say(question: Question, value: Any, *, categories: Mapping[str, str]) -> str:
    """The answer in French; empty when unknown. Lists and tables: one line an item."""
    return "\n".join(said_lines(question, value, categories=categories))


def said_lines(question: Question, value: Any, *, categories: Mapping[str, str]) -> list[str]:
    """The answer as its items: what two versions of it are compared by."""
    if is_unknown(value):
        return []
    if question.type == "list":
        return [str(one) for one in value]
    if question.type == "table":
        return [_object(question, row) for row in value]
    if question.type in ("contact", "certificate"):
        return [_object(question, value)]
    return [_plain(question, value, categories)]


def _object(question: Question, value: Mapping[str, Any]) -> str:
    """« Nom : Exemple ; Pays : France »: the parts that say something."""
    said = [
        f"{part.short}{NBSP}: {_plain(part, value[part.id], {})}"
        for part in question.parts
        if not is_unknown(value.get(part.id))
    ]
    return "\u202f; ".join(said)


def _plain(question: Question, value: Any, categories: Mapping[str, str]) -> str:
    kind = question.type
    if kind == "boolean":
        return "Oui" if value else "Non"
    if kind == "choice":
        return question.choice_label(value)
    if kind in ("choices", "tree"):
        # A derived answer holds what it implies: the first of its choices, the narrowest, says it all.
        value = value[:1] if question.derived else value
        return ", ".join(question.choice_label(code) for code in value)
    if kind == "category":
        return categories.get(value, value)
    if kind == "country":
        return zone_label(value)
    if kind == "regions":
        return ", ".join(place_words(region) for region in value)
    if kind in NUMBERS:
        return number_words(value, question.unit)
    if kind == "date":
        return f"{dt.date.fromisoformat(value):%d/%m/%Y}"
    if kind == "document":
        return value.get("name") or "Document joint"
    return str(value)


def number_words(value: Any, unit: str) -> str:
    """« 12 345,6 mois »: thousands apart, comma, the unit."""
    number = f"{Decimal(str(value)):,f}".replace(",", "\u202f").replace(".", ",")
    return f"{number}{NBSP}{unit}".strip()


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """`best`: the offers with the best number, when a number can be better; `section`: its heading;
    `code`: the question's, empty for what is no question."""

    label: str
    texts: tuple[str, ...]
    differs: bool
    unknown: int
    section: str = ""
    best: tuple[bool, ...] = ()
    best_word: str = ""
    code: str = ""


def compared_rows(
    versions: Sequence[Mapping[str, Any] | None], *, categories: Mapping[str, str]
) -> list[ComparedRow]:
    """One row per compared question that concerns one of the offers. An unknown answer is counted, and is no
    difference; a question that does not concern an offer is « sans objet » for it."""
    told = [effective(answers or {}) for answers in versions]
    labels = {section.id: section.label for section in sections()}
    rows = []
    for question in questions().values():
        if not question.compared:
            continue
        concerned = [applies(question, said) for said in told]
        if any(verdict is not False for verdict in concerned):
            rows.append(_compared(question, told, concerned, categories, labels[question.section]))
    return rows


def _compared(
    question: Question,
    told: Sequence[Mapping[str, Any]],
    concerned: Sequence[bool | None],
    categories: Mapping[str, str],
    section: str,
) -> ComparedRow:
    values = [said.get(question.id) for said in told]
    texts = [
        NOT_CONCERNED if verdict is False else say(question, value, categories=categories)
        for value, verdict in zip(values, concerned, strict=True)
    ]
    row = compared_row(question.short, texts, section=section, code=question.id)
    if not question.compared.endswith("is_better") or not row.differs:
        return row
    lower = question.compared == "lower_is_better"
    return _with_best(row, values, lower=lower)


def _with_best(row: ComparedRow, values: Sequence[Any], *, lower: bool) -> ComparedRow:
    """Marked only between two numbers at least: alone, a number is no better than an unknown one."""
    numbers = [None if is_unknown(value) else Decimal(str(value)) for value in values]
    known = [number for number in numbers if number is not None]
    if len(set(known)) < 2:
        return row
    best = min(known) if lower else max(known)
    return replace(
        row,
        best=tuple(number == best for number in numbers),
        best_word="le plus bas" if lower else "le plus élevé",
    )


def compared_row(label: str, texts: Iterable[str], *, section: str = "", code: str = "") -> ComparedRow:
    """`texts`: empty means unknown. What is unknown may be the same: two known texts at least make a
    difference."""
    said = tuple(text or UNKNOWN for text in texts)
    differs, unknown = len(set(said) - {UNKNOWN}) > 1, said.count(UNKNOWN)
    return ComparedRow(label, said, differs, unknown, section=section, code=code)
