"""Where a notice is due and how long suppliers then have, as dated data. Pure."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from procurement.consultations.notices.enums import Medium
from procurement.routes.amounts import amount_on

_FILE = Path(__file__).parent / "notices.toml"


@dataclass(frozen=True, slots=True)
class Publicity:
    """One publication that is due; any of these media is enough."""

    any_of: tuple[str, ...]
    text: str
    source: str
    confidence: str

    @property
    def label(self) -> str:
        return " ou ".join(str(Medium(one).label) for one in self.any_of)


@dataclass(frozen=True, slots=True)
class MinimalDelay:
    """Whole days between the sending to `medium` and the closing."""

    medium: str
    days: int
    text: str
    source: str
    confidence: str

    def first_closing_day(self, sent_on: dt.date) -> dt.date:
        """The day after that many whole days, the day of sending not counted."""
        return sent_on + dt.timedelta(days=self.days + 1)


@cache
def _held() -> dict[str, Any]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)


def publicity_due(
    *, kind: str, buyer_kind: str, counted_eur_ht: Decimal | None, on: dt.date
) -> tuple[Publicity, ...]:
    """For a consultation of this kind. `counted_eur_ht` None: the amount is not known, and what depends on
    it is due. What an amount not held for that day decides is due too."""
    return tuple(
        Publicity(tuple(one["any_of"]), one["text"], one["source"], one["confidence"])
        for one in _held()["publicity"]
        if one["kind"] == kind and one["from"] <= on and _reached(one, buyer_kind, counted_eur_ht, on)
    )


def _reached(one: dict[str, Any], buyer_kind: str, counted: Decimal | None, on: dt.date) -> bool:
    code = one.get("from_amount")
    if code is None or counted is None:
        return True
    held = amount_on(code, kind=buyer_kind, on=on)
    return held is None or counted >= held.least


def delay_on(kind: str, on: dt.date) -> MinimalDelay | None:
    """The newest in force; None where no text fixes one."""
    rows = [one for one in _held()["delay"] if one["kind"] == kind and one["from"] <= on]
    if not rows:
        return None
    one = max(rows, key=lambda each: each["from"])
    return MinimalDelay(one["medium"], one["days"], one["text"], one["source"], one["confidence"])
