"""Where a notice is due and how long suppliers then have, as dated data. Pure."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.calendar_months import add_months
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
class Reduction:
    """What brings a delay down to `days`. `least_days_before` and `most_months_before`: when the notice it
    rests on was sent, before the contract notice; 0 without one."""

    code: str
    days: int
    text: str
    source: str
    confidence: str
    least_days_before: int = 0
    most_months_before: int = 0

    def holds(self, prior_on: dt.date, *, sent_on: dt.date) -> bool:
        """Whether a notice of that day is of use to a contract notice sent on `sent_on`."""
        last = sent_on - dt.timedelta(days=self.least_days_before)
        return add_months(prior_on, self.most_months_before) >= sent_on and prior_on <= last


@dataclass(frozen=True, slots=True)
class MinimalDelay:
    """Whole days between the sending to `medium`, or that of the invitations, and the closing of a phase;
    `reductions`: those that apply."""

    phase: str
    medium: str
    base_days: int
    text: str
    source: str
    confidence: str
    reductions: tuple[Reduction, ...] = ()

    @property
    def days(self) -> int:
        return min([self.base_days, *(one.days for one in self.reductions)])

    @property
    def told(self) -> str:
        """The texts with their sources, in one line."""
        return " ".join(f"{one.text} ({one.source}.)" for one in (self, *self.reductions))

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


# The phases of a consultation, in their order, and what the second one of a restricted one starts from.
CANDIDATURE, RESPONSE = "candidature", "response"
INVITATION = "invitation"
# Responses are received by electronic means only here: that reduction applies by itself.
ELECTRONIC = "electronic"


def delay_on(
    kind: str, on: dt.date, *, access: str = "open", phase: str = RESPONSE, claimed: str = ""
) -> MinimalDelay | None:
    """The newest in force; None where no text fixes one. `claimed`: code of the reduction that the buyer
    gives a reason for; one that the text does not give to this delay changes nothing."""
    one = _newest("delay", kind, on, access, phase)
    if one is None:
        return None
    found = (_newest("reduction", kind, on, access, phase, code=code) for code in (ELECTRONIC, claimed))
    applied = tuple(_reduction(each) for each in found if each is not None)
    return MinimalDelay(
        phase, one["medium"], one["days"], one["text"], one["source"], one["confidence"], applied
    )


def _newest(
    table: str, kind: str, on: dt.date, access: str, phase: str, *, code: str | None = None
) -> dict[str, Any] | None:
    wanted = (kind, access, phase, code)
    rows = [
        one
        for one in _held()[table]
        if (one["kind"], one["access"], one["phase"], one.get("code")) == wanted and one["from"] <= on
    ]
    return max(rows, key=lambda each: each["from"], default=None)


def _reduction(one: dict[str, Any]) -> Reduction:
    return Reduction(
        one["code"],
        one["days"],
        one["text"],
        one["source"],
        one["confidence"],
        one.get("least_days_before", 0),
        one.get("most_months_before", 0),
    )
