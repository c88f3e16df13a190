"""Public numbers: PRJ-2026-0042. Made from a locked counter row, never reused."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from marketplace.reference.models import NumberSeries


def next_number(prefix: str, *, on: dt.date | None = None) -> str:
    """The next number of the series in that Paris year. Locks the series until the commit."""
    year = (on or timezone.localdate()).year
    return f"{prefix}-{year}-{_next(f'{prefix}-{year}'):04d}"


def next_serial(name: str) -> int:
    """The next integer of a series without a year (organisations, offers, suppliers)."""
    return _next(name)


def _next(name: str) -> int:
    with transaction.atomic():
        NumberSeries.objects.get_or_create(name=name)
        series = NumberSeries.objects.select_for_update().get(name=name)
        series.last += 1
        series.save(update_fields=["last"])
        return series.last
