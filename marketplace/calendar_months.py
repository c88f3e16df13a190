"""Months of the calendar, clamped to the end of shorter ones."""

import calendar
import datetime as dt
import math
from decimal import Decimal


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day `months` later, clamped to the end of a shorter month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def months_before(day: dt.date, months: Decimal) -> dt.date:
    """A part of a month counts 30 days, rounded up: notice is never said too late."""
    whole = int(months)
    return add_months(day, -whole) - dt.timedelta(days=math.ceil((months - whole) * 30))


def months_after(day: dt.date, months: Decimal) -> dt.date:
    """The last day within that time; a part of a month counts 30 days, rounded down."""
    whole = int(months)
    return add_months(day, whole) + dt.timedelta(days=math.floor((months - whole) * 30) - 1)
