"""What the answers of an offer say to each filter. Pure: the search stores and counts these values.

A question with `filter` set feeds the facet of that name: `values` are codes, `range` is a number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from catalog.countries import zone_label, zones
from catalog.questions.engine import FILTER_RANGE, FILTER_VALUES, Question, is_unknown, questions

UNKNOWN_VALUE = "unknown"
YES_NO = {"true": "Oui", "false": "Non"}


def filter_questions() -> tuple[Question, ...]:
    """Those that feed a filter, in the order of the files. One facet is fed by one question."""
    return tuple(question for question in questions().values() if question.filter)


def facet_values(answers: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Codes by facet, every `values` facet named. What is not answered is « unknown », never « no »."""
    return {
        question.filter: values_of(question, answers.get(question.id))
        for question in filter_questions()
        if question.filter_kind == FILTER_VALUES
    }


def numbers(answers: Mapping[str, Any]) -> dict[str, Decimal]:
    """The number given to each `range` facet, in the question's unit; an unknown one is left out."""
    return {
        question.filter: Decimal(str(value))
        for question in filter_questions()
        if question.filter_kind == FILTER_RANGE and not is_unknown(value := answers.get(question.id))
    }


def values_of(question: Question, value: Any) -> tuple[str, ...]:
    """The codes a stored answer gives to its facet; never empty."""
    if is_unknown(value):
        return (UNKNOWN_VALUE,)
    return tuple(_CODES[question.type](value))


def value_labels(question: Question) -> dict[str, str]:
    """Words of the values known beforehand, in order, « unknown » last. Places and categories are not
    listed: `value_label` names a place, the database a category."""
    known = dict(YES_NO) if question.type == "boolean" else dict(question.choices)
    return {**known, UNKNOWN_VALUE: "Inconnu"}


def value_label(question: Question, value: str) -> str:
    """The word of one value; the code itself when it has none."""
    if question.type == "regions":
        return zone_label(value)
    return value_labels(question).get(value, value)


def _one(value: Any) -> Sequence[str]:
    return (str(value),)


def _several(value: Any) -> Sequence[str]:
    return tuple(str(code) for code in value)


def _yes_no(value: Any) -> Sequence[str]:
    return ("true",) if value else ("false",)


_CODES: dict[str, Callable[[Any], Sequence[str]]] = {
    "boolean": _yes_no,
    "choice": _one,
    "choices": _several,
    "category": _one,
    "regions": zones,
}
FILTERED_BY_VALUES = frozenset(_CODES)
