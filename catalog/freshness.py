"""How old the facts of a sheet are, and until when they are believed. Pure: the day is an argument.

The limits are the marketplace's own choice, no law's, and said so on the pages (settings FACTS_FRESH_DAYS,
FACTS_STALE_DAYS, REGISTER_READING_DAYS).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings

from catalog.enums import Freshness, OfferState

if TYPE_CHECKING:
    from catalog.models import Offer

# Whose supplier answers for what is online.
ANSWERED_STATES = (OfferState.LISTED, OfferState.SUSPENDED)


def freshness_of(confirmed_on: dt.date | None, *, on: dt.date) -> Freshness:
    """The last day of each limit still counts."""
    if confirmed_on is None:
        return Freshness.UNKNOWN
    age = (on - confirmed_on).days
    if age <= settings.FACTS_FRESH_DAYS:
        return Freshness.FRESH
    return Freshness.TO_CONFIRM if age <= settings.FACTS_STALE_DAYS else Freshness.STALE


def due_on(confirmed_on: dt.date) -> dt.date:
    """First day when the supplier is asked to confirm again."""
    return confirmed_on + dt.timedelta(days=settings.FACTS_FRESH_DAYS + 1)


def last_fresh_day(on: dt.date) -> dt.date:
    """Facts confirmed before this day are to be confirmed again on `on`."""
    return on - dt.timedelta(days=settings.FACTS_FRESH_DAYS)


def reading_is_old(read_on: dt.date | None, *, on: dt.date) -> bool:
    """False when the day is unknown: nothing is known to be old."""
    return read_on is not None and (on - read_on).days > settings.REGISTER_READING_DAYS


@dataclass(frozen=True, slots=True)
class FactsAge:
    """`told_on`: by the supplier when `by_supplier`, else read in registers; None: unknown."""

    by_supplier: bool
    told_on: dt.date | None
    age_days: int | None
    freshness: Freshness
    is_old_reading: bool


def facts_age(offer: Offer, *, on: dt.date) -> FactsAge:
    by_supplier = offer.state in ANSWERED_STATES
    told_on = offer.facts_confirmed_on if by_supplier else offer.facts_read_on
    return FactsAge(
        by_supplier=by_supplier,
        told_on=told_on,
        age_days=(on - told_on).days if told_on else None,
        freshness=freshness_of(told_on, on=on) if by_supplier else Freshness.UNKNOWN,
        is_old_reading=not by_supplier and reading_is_old(told_on, on=on),
    )
