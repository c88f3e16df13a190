"""Answers as the cells of a flat table: CSV, ODS, XLSX. Which columns, under which names, what text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.questions.conditions import effective
from catalog.questions.engine import COMPOSITES, Question, is_unknown, questions
from catalog.questions.rows import said_lines

BETWEEN = " | "


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is stable and unique (« iso27001_certificate.issuer »); `label` is its heading in French."""

    name: str
    label: str
    question: Question
    part: str = ""


def columns() -> list[Column]:
    """A column a question, one a part for certificates and contacts, in the order of the files."""
    found = []
    for question in questions().values():
        if question.type in COMPOSITES:
            found += [
                Column(f"{question.id}.{part.id}", f"{question.short} – {part.label}", question, part.id)
                for part in question.parts
            ]
        else:
            found.append(Column(question.id, _headed(question), question))
    return found


def _headed(question: Question) -> str:
    return f"{question.short} ({question.unit})" if question.unit else question.short


def cells(answers: Mapping[str, Any], *, categories: Mapping[str, str]) -> dict[str, str]:
    """The text of each column by name; empty when unknown or when the question does not concern the
    offer. Numbers without their unit, dates as 2027-03-01, several items separated by « | ».

    The text is raw: whoever writes a spreadsheet makes formulas inert.
    """
    said = effective(answers)
    return {column.name: _cell(column, said.get(column.question.id), categories) for column in columns()}


def _cell(column: Column, value: Any, categories: Mapping[str, str]) -> str:
    if is_unknown(value):
        return ""
    question = column.question
    if column.part:
        part = next(part for part in question.parts if part.id == column.part)
        return _text(part, value.get(column.part), categories)
    return _text(question, value, categories)


def _text(question: Question, value: Any, categories: Mapping[str, str]) -> str:
    if is_unknown(value):
        return ""
    if question.unit or question.type in ("integer", "decimal", "money", "date"):
        return str(value)
    if question.type in ("choices", "tree"):
        return BETWEEN.join(question.choice_label(code) for code in value)
    if question.type == "regions":
        return BETWEEN.join(value)
    return BETWEEN.join(said_lines(question, value, categories=categories))
