"""Late interest, and the flat fee of an invoice paid late. Pure: the rate and the terms are handed in.

Late amount, tax included × (rate on the first day of the half-year when interest began + points) × days
/ days of a year, from the day after the limit to the day of payment, both counted; rounded once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from marketplace.money import ZERO, round_eur
from procurement.invoicing.terms import InterestTerms, Rate

PERCENT = Decimal(100)


@dataclass(frozen=True, slots=True)
class Paid:
    """`amount_eur`: tax included, above zero."""

    on: dt.date
    amount_eur: Decimal


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the amount and for how many days it was late. `paid_on` None: it still is."""

    amount_eur: Decimal
    days: int
    paid_on: dt.date | None


@dataclass(frozen=True, slots=True)
class Interest:
    """`interest_eur` None: unknown, for want of `rate_percent` or of terms. `total_eur` adds the flat fee."""

    began_on: dt.date
    slices: tuple[Slice, ...]
    rate_percent: Decimal | None
    interest_eur: Decimal | None
    flat_fee_eur: Decimal | None
    source: str = ""

    @property
    def total_eur(self) -> Decimal | None:
        if self.interest_eur is None or self.flat_fee_eur is None:
            return None
        return self.interest_eur + self.flat_fee_eur


def late_slices(
    *, owed_eur: Decimal, payments: Iterable[Paid], due_on: dt.date, on: dt.date
) -> tuple[Slice, ...]:
    """What was paid after the limit, in the order of payment, then what is still owed on that day.

    `owed_eur`: tax included, credit notes taken off. What is paid beyond it bears no interest.
    """
    left, found = max(owed_eur, ZERO), []
    for paid in sorted(payments, key=lambda each: each.on):
        amount = min(paid.amount_eur, left)
        left -= amount
        if amount > 0 and paid.on > due_on:
            found.append(Slice(amount, (paid.on - due_on).days, paid.on))
    if left > 0 and on > due_on:
        found.append(Slice(left, (on - due_on).days, None))
    return tuple(found)


def late_interest(
    slices: tuple[Slice, ...], *, due_on: dt.date, rate: Rate | None, terms: InterestTerms | None
) -> Interest | None:
    """None when nothing is late."""
    if not slices:
        return None
    began_on = due_on + dt.timedelta(days=1)
    fee = None if terms is None else terms.flat_fee_eur
    if rate is None or terms is None:
        return Interest(began_on, slices, None, None, fee, "" if terms is None else terms.source)
    percent = rate.percent + terms.points
    weighed = sum((each.amount_eur * each.days for each in slices), Decimal(0))
    amount = round_eur(weighed * percent / PERCENT / terms.year_days)
    return Interest(began_on, slices, percent, amount, fee, f"{terms.source} ; {rate.source}")
