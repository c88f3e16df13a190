"""When a drill's message goes out, and whether an answer is in time. Pure but for the drawing of lots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from marketplace.working_days import is_working_day

PARIS = ZoneInfo("Europe/Paris")
# Somebody may be expected at the desk: working days, 9:00 to 17:00, Paris time.
FROM_HOUR, UNTIL_HOUR = 9, 17
MINUTES = (UNTIL_HOUR - FROM_HOUR) * 60


def worked_days(first: dt.date, last: dt.date) -> list[dt.date]:
    span = (last - first).days
    days = (first + dt.timedelta(days=shift) for shift in range(span + 1))
    return [day for day in days if is_working_day(day)]


def draw_hour(first: dt.date, last: dt.date, *, below: Callable[[int], int]) -> dt.datetime:
    """A minute of the window's office hours; ``below(n)`` draws 0 to n-1. Raises ValueError without one."""
    days = worked_days(first, last)
    if not days:
        raise ValueError("no working day in the window")
    day, minute = divmod(below(len(days) * MINUTES), MINUTES)
    opening = dt.datetime.combine(days[day], dt.time(FROM_HOUR), tzinfo=PARIS)
    return opening + dt.timedelta(minutes=minute)


def response_seconds(started: dt.datetime, answered: dt.datetime) -> int:
    """Never negative: the mail server's word may reach us after the contact's."""
    return max(0, int((answered - started).total_seconds()))


def span_text(seconds: int) -> str:
    """« 2 jours 3 h », « 3 h 05 min », « 4 min », « moins d’une minute »."""
    minutes = seconds // 60
    if minutes == 0:
        return "moins d’une minute"
    hours, minutes = divmod(minutes, 60)
    if hours == 0:
        return f"{minutes} min"
    days, rest = divmod(hours, 24)
    if days < 2:
        return f"{hours} h {minutes:02d} min" if minutes else f"{hours} h"
    return f"{days} jours {rest} h" if rest else f"{days} jours"
