"""Which answers are given away: all that the sheet shows, but people's addresses and files."""

from __future__ import annotations

from functools import cache
from typing import Any

from catalog.questions.engine import Question, questions

# A contact is read on the sheet by who needs it; a bulk copy would make a mailing list of it.
KEPT_BACK = frozenset({"contact", "email", "document"})


@cache
def open_questions() -> tuple[Question, ...]:
    return tuple(one for one in questions().values() if one.type not in KEPT_BACK)


def open_answer(question: Question, value: Any) -> Any:
    """The answer without the parts kept back (a certificate's file, a table's address column)."""
    hidden = {part.id for part in question.parts if part.type in KEPT_BACK}
    return _without(value, hidden) if hidden else value


def _without(value: Any, hidden: set[str]) -> Any:
    if isinstance(value, list):
        return [_without(one, hidden) for one in value]
    if isinstance(value, dict):
        return {name: one for name, one in value.items() if name not in hidden}
    return value
