"""The dates of an exit: the offer's own delays within what the law gives. Pure but for the file of rules."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.calendar_months import months_after

_FILE = Path(__file__).with_name("rules.toml")


@dataclass(frozen=True, slots=True)
class Delay:
    code: str
    text: str
    source: str
    confidence: str
    since: dt.date
    days: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True)
class OwnTerms:
    """What the offer said at signature; None: not said."""

    notice_months: Decimal | None = None
    transition_days: int | None = None
    retrieval_days: int | None = None

    @classmethod
    def of(cls, answers: dict[str, Any], *, notice_months: Decimal | None) -> OwnTerms:
        return cls(
            notice_months,
            _days(answers.get("exit_transition_days")),
            _days(answers.get("exit_retrieval_days")),
        )


@dataclass(frozen=True, slots=True)
class Schedule:
    """Last days, each included; None: no rule and no term says it."""

    notice_ends_on: dt.date | None
    transition_ends_on: dt.date | None
    retrieval_ends_on: dt.date | None


@cache
def _held() -> tuple[Delay, ...]:
    with _FILE.open("rb") as stream:
        rows = tomllib.load(stream)["delay"]
    return tuple(Delay(since=row.pop("from"), **row) for row in rows)


def delays(on: dt.date) -> dict[str, Delay]:
    """Those in force that day, the latest of each code."""
    in_force = sorted((each for each in _held() if each.since <= on), key=lambda each: each.since)
    return {each.code: each for each in in_force}


def schedule(given_on: dt.date, terms: OwnTerms) -> Schedule:
    """From the day the notice was given."""
    law = delays(given_on)
    notice = _notice_end(given_on, terms, law)
    transition = None if notice is None else _transition_end(notice, terms, law)
    return Schedule(
        notice, transition, None if transition is None else _retrieval_end(transition, terms, law)
    )


def _notice_end(given_on: dt.date, terms: OwnTerms, law: dict[str, Delay]) -> dt.date | None:
    """The offer's notice, never longer than the law's; the law's when the offer says nothing."""
    most = Decimal(law["notice"].months) if "notice" in law else None
    known = [each for each in (terms.notice_months, most) if each is not None]
    return months_after(given_on, min(known)) if known else None


def _transition_end(notice: dt.date, terms: OwnTerms, law: dict[str, Delay]) -> dt.date | None:
    """A longer transition than the law's is one that the offer says is technically unavoidable."""
    usual = law["transition"].days if "transition" in law else None
    days = terms.transition_days if terms.transition_days is not None else usual
    if days is None:
        return None
    if usual is None or days <= usual:
        return notice + dt.timedelta(days=days)
    most = months_after(notice, Decimal(law["transition_unfeasible"].months))
    return min(notice + dt.timedelta(days=days), most)


def _retrieval_end(transition: dt.date, terms: OwnTerms, law: dict[str, Delay]) -> dt.date | None:
    least = law["retrieval"].days if "retrieval" in law else None
    known = [each for each in (terms.retrieval_days, least) if each is not None]
    return transition + dt.timedelta(days=max(known)) if known else None


def _days(value: Any) -> int | None:
    """As the answer holds it; None when it is unknown or makes no sense."""
    try:
        days = int(str(value))
    except ValueError:
        return None
    return days if 0 <= days <= 3650 else None
