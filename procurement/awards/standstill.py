"""The days between the letters and the signature: when the law asks, how many, why. Pure."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from procurement.evaluation.rules import exemption, standstill_on


@dataclass(frozen=True)
class Delay:
    """`days` 0: none is due. `source` empty when nothing is."""

    days: int
    text: str
    source: str = ""

    def signable_on(self, sent_on: dt.date) -> dt.date:
        """The first day to sign: whole days after the day of sending, which does not count."""
        return sent_on + dt.timedelta(days=self.days + 1) if self.days else sent_on


def delay_of(*, kind: str, responses: int, on: dt.date, voluntary: bool = False) -> Delay:
    """Letters go by electronic means. `kind`: of the consultation, whose rule says whether a delay is due;
    `voluntary`: observed without being due.

    Raises ValueError when no rule is held for that day.
    """
    rule = standstill_on(on)
    if rule is None:
        raise ValueError("no rule of delay is held for that day")
    days = int(rule.values["electronic_days"])
    due = kind in rule.values["kinds"]
    why_not = exemption("single") if responses < 2 else "" if due else exemption(kind)
    if not why_not:
        return Delay(days, rule.text, rule.source)
    if voluntary and responses > 1:
        return Delay(days, f"{why_not} Ici, {days} jours sont observés par choix.", rule.source)
    return Delay(0, why_not)
