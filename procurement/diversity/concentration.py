"""How concentrated purchases are. Pure: amounts in, shares and index out."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "landmarks.toml"
WHOLE = Decimal(100)
TENTH = Decimal("0.1")
LEVELS = {
    "low": "Dispersé",
    "moderate": "Assez concentré",
    "high": "Très concentré",
    "unknown": "Trop peu de contrats pour conclure",
}


@dataclass(frozen=True, slots=True)
class Landmark:
    code: str
    hhi: int
    first_day: dt.date
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Least:
    """Under these numbers nothing is concluded (`contracts`) or shown (`buyers`)."""

    contracts: int
    buyers: int
    days: int


@dataclass(frozen=True, slots=True)
class SupplierShare:
    """`percent` of the segment's amount, to a tenth."""

    supplier: str
    amount_eur_ht: Decimal
    contracts: int
    percent: Decimal


@dataclass(frozen=True, slots=True)
class Concentration:
    """Of one segment. `hhi` is from 0 to 10,000, None when nothing was bought."""

    segment: str
    total_eur_ht: Decimal
    contracts: int
    hhi: int | None
    level: str
    shares: tuple[SupplierShare, ...]

    @property
    def level_label(self) -> str:
        return LEVELS[self.level]


@dataclass(frozen=True, slots=True)
class Bought:
    """What one supplier (`key`) sold in one segment."""

    segment: str
    key: int
    supplier: str
    amount_eur_ht: Decimal
    contracts: int


def index_of(amounts: Iterable[Decimal]) -> int | None:
    """The sum of the squares of the shares in percent, rounded half-up; None when nothing was bought."""
    bought = [amount for amount in amounts if amount > 0]
    total = sum(bought, Decimal(0))
    if not total:
        return None
    squares = sum(((amount * WHOLE / total) ** 2 for amount in bought), Decimal(0))
    return int(squares.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def concentration(segment: str, bought: Iterable[Bought], *, on: dt.date) -> Concentration:
    """The largest supplier first; one that has given everything up counts for nothing."""
    rows = [each for each in bought if each.amount_eur_ht > 0]
    total = sum((each.amount_eur_ht for each in rows), Decimal(0))
    contracts = sum(each.contracts for each in rows)
    hhi = index_of(each.amount_eur_ht for each in rows)
    shares = tuple(
        SupplierShare(each.supplier, each.amount_eur_ht, each.contracts, _percent(each.amount_eur_ht, total))
        for each in sorted(rows, key=lambda each: (-each.amount_eur_ht, each.supplier))
    )
    return Concentration(segment, total, contracts, hhi, _level(hhi, contracts=contracts, on=on), shares)


def by_segment(bought: Iterable[Bought], *, on: dt.date) -> tuple[Concentration, ...]:
    """The largest segment first."""
    segments: dict[str, list[Bought]] = {}
    for each in bought:
        segments.setdefault(each.segment, []).append(each)
    made = (concentration(segment, rows, on=on) for segment, rows in segments.items())
    return tuple(sorted(made, key=lambda each: (-each.total_eur_ht, each.segment)))


def overall(bought: Iterable[Bought], *, on: dt.date) -> Concentration:
    """Every segment together: a supplier is counted once."""
    suppliers: dict[int, Bought] = {}
    for each in bought:
        known = suppliers.get(each.key)
        suppliers[each.key] = Bought(
            "",
            each.key,
            each.supplier,
            each.amount_eur_ht + (known.amount_eur_ht if known else 0),
            each.contracts + (known.contracts if known else 0),
        )
    return concentration("Tous segments", suppliers.values(), on=on)


@cache
def _held() -> Mapping[str, Any]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)


def landmarks_on(day: dt.date) -> tuple[Landmark, ...]:
    """In force that day, the lowest first."""
    rows = (
        Landmark(one["code"], one["hhi"], one["from"], one["source"], one["confidence"])
        for one in _held()["landmark"]
        if one["from"] <= day
    )
    return tuple(sorted(rows, key=lambda row: row.hhi))


def least() -> Least:
    held = _held()["least"]
    return Least(held["contracts"], held["buyers"], held["days"])


def _level(hhi: int | None, *, contracts: int, on: dt.date) -> str:
    if hhi is None or contracts < least().contracts:
        return "unknown"
    passed = [row.code for row in landmarks_on(on) if hhi > row.hhi]
    return passed[-1] if passed else "low"


def _percent(amount: Decimal, total: Decimal) -> Decimal:
    return (amount * WHOLE / total).quantize(TENTH, rounding=ROUND_HALF_UP)
