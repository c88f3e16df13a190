"""What the answers of an offer say to each filter. Pure: the search stores and counts these values.

A question with `filter` set feeds the facet of that name: `values` are codes, `range` is a number.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from catalog.countries import zone_label, zones
from catalog.questions.conditions import applies, codes_of, effective
from catalog.questions.engine import FILTER_RANGE, FILTER_VALUES, Question, questions

UNKNOWN_VALUE = "unknown"
NOT_APPLICABLE = "not_applicable"
YES_NO = {"true": "Oui", "false": "Non"}


def filter_questions() -> tuple[Question, ...]:
    """Those that feed a filter, in the order of the files. One facet is fed by one question."""
    return tuple(question for question in questions().values() if question.filter)


def facet_values(answers: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Codes by facet, every `values` facet named. What is not answered is « unknown », never « no »;
    a question that does not concern the offer gives « not_applicable »."""
    said = effective(answers)
    return {
        question.filter: _values(question, said)
        for question in filter_questions()
        if question.filter_kind == FILTER_VALUES
    }


def _values(question: Question, said: Mapping[str, Any]) -> tuple[str, ...]:
    if question.shown_if and applies(question, said) is False:
        return (NOT_APPLICABLE,)
    return values_of(question, said.get(question.id))


def numbers(answers: Mapping[str, Any]) -> dict[str, Decimal]:
    """The number given to each `range` facet, in the question's unit; an unknown one is left out."""
    said = effective(answers)
    return {
        question.filter: Decimal(str(said[question.id]))
        for question in filter_questions()
        if question.filter_kind == FILTER_RANGE and question.id in said
    }


def values_of(question: Question, value: Any) -> tuple[str, ...]:
    """The codes a stored answer gives to its facet; never empty."""
    if question.type == "regions":
        return tuple(zones(value))
    return codes_of(question, value) or (UNKNOWN_VALUE,)


def value_labels(question: Question) -> dict[str, str]:
    """Words of the values known beforehand, in order, « unknown » last. Places and categories are not
    listed: `value_label` names a place, the database a category."""
    known = dict(YES_NO) if question.type == "boolean" else dict(question.choices)
    if question.shown_if:
        known[NOT_APPLICABLE] = "Sans objet"
    return {**known, UNKNOWN_VALUE: "Inconnu"}


def value_label(question: Question, value: str) -> str:
    """The word of one value; the code itself when it has none."""
    if question.type in ("regions", "country"):
        return zone_label(value)
    return value_labels(question).get(value, value)
