"""The dated amounts of `amounts.toml`, with their source and how sure they are; read once a process."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "amounts.toml"


@dataclass(frozen=True, slots=True)
class Amount:
    """Euros without VAT. `most` differs from `least` where the text's own case is not known of a buyer."""

    code: str
    kinds: frozenset[str]
    least: Decimal
    most: Decimal
    first_day: dt.date
    last_day: dt.date | None
    source: str
    confidence: str

    def holds(self, *, kind: str, on: dt.date) -> bool:
        in_force = self.first_day <= on and (self.last_day is None or on <= self.last_day)
        return in_force and (not self.kinds or kind in self.kinds)


@dataclass(frozen=True, slots=True)
class Duty:
    """What every procedure asks from a day on."""

    code: str
    first_day: dt.date
    text: str
    source: str


@cache
def _held() -> tuple[tuple[Amount, ...], tuple[Duty, ...]]:
    with _FILE.open("rb") as stream:
        data = tomllib.load(stream)
    duties = tuple(Duty(one["code"], one["from"], one["text"], one["source"]) for one in data["duty"])
    return tuple(map(_amount, data["amount"])), duties


def _amount(entry: dict[str, Any]) -> Amount:
    return Amount(
        code=entry["code"],
        kinds=frozenset(entry.get("kinds", ())),
        least=Decimal(entry["eur_ht"]),
        most=Decimal(entry.get("eur_ht_most", entry["eur_ht"])),
        first_day=entry["from"],
        last_day=entry.get("until"),
        source=entry["source"],
        confidence=entry["confidence"],
    )


def amount_on(code: str, *, kind: str, on: dt.date) -> Amount | None:
    """None when no text is held for that day and that buyer: unknown, never zero."""
    return next((one for one in _held()[0] if one.code == code and one.holds(kind=kind, on=on)), None)


def all_amounts() -> tuple[Amount, ...]:
    return _held()[0]


def duties_on(day: dt.date) -> tuple[Duty, ...]:
    return tuple(duty for duty in _held()[1] if duty.first_day <= day)
