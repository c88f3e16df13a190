"""Answers in words: rows of a sheet, of a version and of a comparison."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from catalog.countries import country_of, zone_label
from catalog.questions.engine import Question, Section, is_unknown, questions, sections

UNKNOWN = "Inconnu"
NOT_SAID = "Non renseigné par le fournisseur"
NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Row:
    question: Question
    text: str
    known: bool


@dataclass(frozen=True, slots=True)
class SectionRows:
    section: Section
    rows: tuple[Row, ...]

    @property
    def unknown_count(self) -> int:
        return sum(not row.known for row in self.rows)


def sheet_rows(
    answers: Mapping[str, Any], *, categories: Mapping[str, str], public_sheet: bool
) -> list[SectionRows]:
    """Every question, answered or not. What a public sheet does not know, the supplier was never asked."""
    missing = UNKNOWN if public_sheet else NOT_SAID
    return [
        SectionRows(
            section,
            tuple(
                Row(
                    q,
                    say(q, answers.get(q.id), categories=categories) or missing,
                    not is_unknown(answers.get(q.id)),
                )
                for q in section.questions
            ),
        )
        for section in sections()
    ]


def say(question: Question, value: Any, *, categories: Mapping[str, str]) -> str:
    """The answer in French; empty when unknown."""
    if is_unknown(value):
        return ""
    if question.type == "boolean":
        return "Oui" if value else "Non"
    if question.type == "choice":
        return question.choice_label(value)
    if question.type == "choices":
        return ", ".join(question.choice_label(code) for code in value)
    if question.type == "category":
        return categories.get(value, value)
    if question.type == "regions":
        return ", ".join(_place(region) for region in value)
    if question.type in ("integer", "decimal"):
        number = format(Decimal(str(value)), "f").replace(".", ",")
        return f"{number}{NBSP}{question.unit}".strip()
    return str(value)


def _place(region: str) -> str:
    country = country_of(region)
    if country is None:
        return region
    place = region[len(country) + 1 :]
    return f"{place} ({zone_label(country)})" if place else zone_label(country)


@dataclass(frozen=True, slots=True)
class ComparedRow:
    label: str
    texts: tuple[str, ...]
    differs: bool
    unknown: int
    names: tuple[str, ...] = ()

    @property
    def cells(self) -> list[tuple[str, str]]:
        """(name of the offer, text), in order: on a narrow screen each cell says whose it is."""
        return list(zip(self.names, self.texts, strict=True))


def compared_rows(
    versions: Sequence[Mapping[str, Any] | None], *, categories: Mapping[str, str]
) -> list[ComparedRow]:
    """One row per compared question. An unknown answer differs from a known one and is counted."""
    return [
        compared_row(
            question.short,
            [say(question, (answers or {}).get(question.id), categories=categories) for answers in versions],
        )
        for question in questions().values()
        if question.compared
    ]


def compared_row(label: str, texts: Iterable[str]) -> ComparedRow:
    """`texts`: empty means unknown."""
    said = tuple(text or UNKNOWN for text in texts)
    return ComparedRow(label, said, differs=len(set(said)) > 1, unknown=said.count(UNKNOWN))
