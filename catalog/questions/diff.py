"""What changed between two versions, question by question, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog.questions.conditions import applies, effective
from catalog.questions.engine import Question, changed
from catalog.questions.rows import NOT_CONCERNED, UNKNOWN, said_lines


@dataclass(frozen=True, slots=True)
class Change:
    """`before` and `after` are what to read: of an answer of several items, only those that left and
    those that came, with how many stay."""

    question: Question
    before: str
    after: str
    kept: int = 0


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], *, categories: Mapping[str, str]
) -> list[Change]:
    """In the order of the files. A question that an answer hid or opened is told too when it had or got
    an answer of its own."""
    old, new = effective(before), effective(after)
    moved = {question.id: question for question in changed(before, after)}
    moved |= {question.id: question for question in changed(old, new)}
    return [_change(question, old, new, categories) for question in moved.values()]


def _change(
    question: Question, old: Mapping[str, Any], new: Mapping[str, Any], categories: Mapping[str, str]
) -> Change:
    was, now = (_items(question, said.get(question.id), categories) for said in (old, new))
    left, came = [one for one in was if one not in now], [one for one in now if one not in was]
    kept = len(was) - len(left)
    if not kept:
        return Change(question, _told(question, was, old), _told(question, now, new))
    return Change(
        question,
        "\n".join(left) or "Rien n’est retiré",
        "\n".join(came) or "Rien n’est ajouté",
        kept=kept,
    )


def _items(question: Question, value: Any, categories: Mapping[str, str]) -> list[str]:
    if question.type in ("choices", "tree"):
        return [question.choice_label(code) for code in value or ()]
    return said_lines(question, value, categories=categories)


def _told(question: Question, items: list[str], said: Mapping[str, Any]) -> str:
    if items:
        return "\n".join(items)
    return NOT_CONCERNED if applies(question, said) is False else UNKNOWN
