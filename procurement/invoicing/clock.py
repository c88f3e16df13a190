"""When an invoice must be paid at the latest. Pure: dates in, dates out.

The clock starts at the later of the receipt and the service actually done, never at a certification.
It is interrupted once at most; all that was missing being received, a new limit begins.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum


class Standing(StrEnum):
    RUNNING = "running"
    INTERRUPTED = "interrupted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """`served_on` None: not known, and then the receipt alone is counted, which is the earliest limit.

    `told_on`: the supplier was told why it cannot be paid; `completed_on`: all that was missing arrived.
    """

    received_on: dt.date
    served_on: dt.date | None
    limit_days: int | None
    told_on: dt.date | None = None
    completed_on: dt.date | None = None
    new_limit_days: int | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """`due_on`: the last day to pay; None while interrupted, or when the limit is not known."""

    standing: Standing
    starts_on: dt.date
    due_on: dt.date | None
    # Days left when the supplier was told; None when the clock was never interrupted.
    left_when_told: int | None = None

    def days_left(self, on: dt.date) -> int | None:
        """Negative once late."""
        return None if self.due_on is None else (self.due_on - on).days

    def is_late(self, on: dt.date) -> bool:
        return self.due_on is not None and on > self.due_on


def payment_clock(facts: ClockFacts) -> Clock:
    starts_on = max(facts.received_on, facts.served_on or facts.received_on)
    if facts.limit_days is None:
        return Clock(Standing.UNKNOWN, starts_on, None)
    due_on = starts_on + dt.timedelta(days=facts.limit_days)
    # Told after the limit, nothing is interrupted: what is late stays late.
    if facts.told_on is None or facts.told_on > due_on:
        return Clock(Standing.RUNNING, starts_on, due_on)
    left = (due_on - max(facts.told_on, starts_on)).days
    if facts.completed_on is None:
        return Clock(Standing.INTERRUPTED, starts_on, None, left)
    if facts.new_limit_days is None:
        return Clock(Standing.UNKNOWN, starts_on, None, left)
    begins = max(facts.completed_on, starts_on)
    due_on = begins + dt.timedelta(days=max(left, facts.new_limit_days))
    return Clock(Standing.RUNNING, starts_on, due_on, left)
