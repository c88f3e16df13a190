"""The dated data of `terms.toml`, with their source and how sure they are; read once a process."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "terms.toml"


@dataclass(frozen=True, slots=True)
class Limit:
    days: int
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class InterestTerms:
    """`points` are added to the rate of the European Central Bank; both are percents a year."""

    points: Decimal
    year_days: int
    flat_fee_eur: Decimal
    paid_within_days: int
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Rate:
    """Percent a year, on the first day of a half-year."""

    first_day: dt.date
    percent: Decimal
    source: str
    confidence: str


@cache
def _held() -> dict[str, Any]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)


def _in_force(table: str, on: dt.date) -> list[dict[str, Any]]:
    return [one for one in _held()[table] if one["from"] <= on <= one.get("until", dt.date.max)]


def payment_limit(*, kind: str, on: dt.date) -> Limit | None:
    """For that kind of administration; None when no text is held for it on that day."""
    found = next((one for one in _in_force("limit", on) if kind in one["kinds"]), None)
    return found and Limit(found["days"], found["source"], found["confidence"])


def new_limit_after_interruption(*, on: dt.date) -> Limit | None:
    found = next(iter(_in_force("interruption", on)), None)
    return found and Limit(found["days"], found["source"], found["confidence"])


def interest_terms(*, on: dt.date) -> InterestTerms | None:
    found = next(iter(_in_force("interest", on)), None)
    return found and InterestTerms(
        points=Decimal(found["points"]),
        year_days=found["year_days"],
        flat_fee_eur=Decimal(found["flat_fee_eur"]),
        paid_within_days=found["paid_within_days"],
        source=found["source"],
        confidence=found["confidence"],
    )


def half_year_of(day: dt.date) -> dt.date:
    """Its first day: 1 January or 1 July."""
    return dt.date(day.year, 1 if day.month < 7 else 7, 1)


def rate_of_half_year(day: dt.date) -> Rate | None:
    """Of the half-year that holds `day`; None when it is not held here: unknown, never the one before."""
    first_day = half_year_of(day)
    found = next((one for one in _held()["rate"] if one["from"] == first_day), None)
    return found and Rate(first_day, Decimal(found["percent"]), found["source"], found["confidence"])
