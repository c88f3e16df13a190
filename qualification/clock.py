"""How much of the limit is used. Pure: the dates are given.

The day of a request counts, the day of the supplier's answer does not: while the supplier has the
ball, the clock stands still.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from marketplace.working_days import add_working_days, is_working_day


@dataclass(frozen=True, slots=True)
class Pause:
    """``until`` None: the supplier still has the ball."""

    since: dt.date
    until: dt.date | None


@dataclass(frozen=True, slots=True)
class Clock:
    """In working days. ``due_on`` None while paused or stopped: no date can be promised."""

    used: int
    limit: int
    paused_since: dt.date | None
    due_on: dt.date | None

    @property
    def left(self) -> int:
        """Negative when late."""
        return self.limit - self.used

    @property
    def is_late(self) -> bool:
        return self.left < 0

    @property
    def late_by(self) -> int:
        return max(0, -self.left)


def read_clock(
    start: dt.date,
    *,
    on: dt.date,
    limit: int,
    pauses: Iterable[Pause] = (),
    stopped_on: dt.date | None = None,
) -> Clock:
    """The clock started on ``start`` (not counted) as it stands on a day, or as it stopped."""
    pauses = tuple(pauses)
    end = min(on, stopped_on) if stopped_on else on
    used = sum(
        1 for shift in range(1, (end - start).days + 1) if _counts(start + dt.timedelta(days=shift), pauses)
    )
    open_pause = next((pause.since for pause in pauses if pause.until is None), None)
    running = open_pause is None and stopped_on is None
    return Clock(used, limit, open_pause, _due(end, limit - used) if running else None)


def _counts(day: dt.date, pauses: tuple[Pause, ...]) -> bool:
    paused = any(pause.since < day and (pause.until is None or day <= pause.until) for pause in pauses)
    return is_working_day(day) and not paused


def _due(today: dt.date, left: int) -> dt.date:
    if left > 0:
        return add_working_days(today, left)
    day, missing = today, -left
    while missing or not is_working_day(day):
        missing -= int(is_working_day(day) and missing > 0)
        day -= dt.timedelta(days=1)
    return day
