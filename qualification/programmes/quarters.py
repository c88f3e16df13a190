"""Which quarterly reports are due. Pure.

The limit of 15 days after the quarter is the marketplace's own; an operator's letter may say another.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

DAYS_TO_REPORT = 15


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    year: int
    number: int

    @classmethod
    def of(cls, day: dt.date) -> Quarter:
        return cls(day.year, (day.month - 1) // 3 + 1)

    @property
    def next(self) -> Quarter:
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def first_day(self) -> dt.date:
        return dt.date(self.year, 3 * self.number - 2, 1)

    @property
    def last_day(self) -> dt.date:
        return self.next.first_day - dt.timedelta(days=1)

    @property
    def due_on(self) -> dt.date:
        return self.last_day + dt.timedelta(days=DAYS_TO_REPORT)

    @property
    def key(self) -> str:
        """« 2026-T3 »."""
        return f"{self.year}-T{self.number}"

    def __str__(self) -> str:
        words = {1: "1er", 2: "2e", 3: "3e", 4: "4e"}
        return f"{words[self.number]} trimestre {self.year}"


def owed(chosen_on: dt.date, *, on: dt.date, ended_on: dt.date | None = None) -> tuple[Quarter, ...]:
    """Quarters over on the day `on`, from the one of the choice to the one of the end, oldest first."""
    found, quarter = [], Quarter.of(chosen_on)
    last = Quarter.of(ended_on) if ended_on is not None else None
    while quarter.last_day < on and (last is None or quarter <= last):
        found.append(quarter)
        quarter = quarter.next
    return tuple(found)


def missing(
    chosen_on: dt.date, *, on: dt.date, received: Iterable[Quarter], ended_on: dt.date | None = None
) -> tuple[Quarter, ...]:
    """Owed and not received, oldest first."""
    known = set(received)
    return tuple(quarter for quarter in owed(chosen_on, on=on, ended_on=ended_on) if quarter not in known)
