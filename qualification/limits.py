"""Time limits of a dossier: configuration, read at the moment of use."""

import calendar
import datetime as dt

from django.conf import settings


def instruction_days() -> int:
    """Working days the operator gives itself to decide, the supplier's time left out."""
    return settings.DOSSIER_LIMIT_WORKING_DAYS


def correction_days() -> int:
    """Calendar days offered to the supplier to answer corrections; beyond, only a reminder."""
    return settings.DOSSIER_CORRECTION_DAYS


def dispute_before(read_on: dt.date) -> dt.date:
    """First day too late to contest a check's result: 30 calendar days after the reading.

    The marketplace's own rule, no law's: it is said so on the page.
    """
    return read_on + dt.timedelta(days=settings.DOSSIER_DISPUTE_DAYS)


def appeal_until(decided_on: dt.date) -> dt.date:
    """Last day to appeal: two months from notification (code of relations with the public, L411-2)."""
    return add_months(decided_on, settings.DOSSIER_APPEAL_MONTHS)


def add_months(day: dt.date, months: int) -> dt.date:
    """Same day of the month, or its last day when it has none."""
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    return day.replace(year=year, month=month, day=min(day.day, calendar.monthrange(year, month)[1]))
