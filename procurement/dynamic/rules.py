"""The dated rules of `rules.toml`, read once a process. Pure."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.working_days import add_ouvrable_days

_FILE = Path(__file__).parent / "rules.toml"


@dataclass(frozen=True, slots=True)
class AnswerRule:
    """In how many « jours ouvrables » the buyer answers, and in how many when it says why more are needed."""

    days: int
    extended_days: int
    text: str
    source: str
    confidence: str


@cache
def _held() -> dict[str, Any]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)


def answer_rule_on(day: dt.date) -> AnswerRule:
    """The newest in force. Raises ValueError before the first: no day is made up."""
    in_force = [one for one in _held()["answer"] if one["from"] <= day]
    if not in_force:
        raise ValueError("no rule of answer is held for that day")
    one = max(in_force, key=lambda each: each["from"])
    return AnswerRule(**{name: value for name, value in one.items() if name != "from"})


def answer_by(received_on: dt.date, *, extended: bool = False) -> dt.date:
    """The last day to answer."""
    rule = answer_rule_on(received_on)
    return add_ouvrable_days(received_on, rule.extended_days if extended else rule.days)


@dataclass(frozen=True, slots=True)
class Rule:
    """What a text says; `days` 0 when it fixes none."""

    text: str
    source: str
    confidence: str
    days: int = 0


def _rule_on(table: str, day: dt.date) -> Rule | None:
    rows = [one for one in _held()[table] if one["from"] <= day]
    one = max(rows, key=lambda each: each["from"], default=None)
    return None if one is None else Rule(**{name: value for name, value in one.items() if name != "from"})


def reception_rule_on(day: dt.date) -> Rule | None:
    return _rule_on("reception", day)


def categories_rule_on(day: dt.date) -> Rule | None:
    return _rule_on("categories", day)


def first_invitation_on(sent_on: dt.date) -> dt.date:
    """The first day to invite to a specific contract; the day of sending itself where no text is held."""
    rule = reception_rule_on(sent_on)
    return sent_on if rule is None else sent_on + dt.timedelta(days=rule.days + 1)
