"""How many periods of a price some days hold. Pure, exact, in days of the calendar of Paris.

A price by the month or by the year is counted from a first day. Its n-th period goes from that day n months
(or years) later to the same day of the next one, excluded, each clamped to the end of a shorter month: from
31 January they begin on 28 or 29 February, 31 March, 30 April. Days are dates: the day the clock changes is
one day like the others.

A period wholly within the days counts one, whatever the price declares. Of the others:
- NONE: counted whole when its first day is within, else not at all;
- MONTH, of a price by the year: the months that begin within, out of twelve;
- DAY: the days within, out of those of that very period.

So consecutive spans of days add up to the whole, exactly. Amounts are rounded to the cent afterwards, once a
line (`marketplace.money.line_total`): the parts of a line are within half a cent each of their exact share.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from catalog.enums import PricePeriod, Prorata
from marketplace.calendar_months import add_months

MONTHS = {PricePeriod.MONTH: 1, PricePeriod.YEAR: 12}


@dataclass(frozen=True, slots=True)
class Part:
    """`used` of the `of` days (or months) of one period; less than all of them, more than none."""

    used: int
    of: int


@dataclass(frozen=True, slots=True)
class Periods:
    """`whole` periods, and the `parts` of others, in the order of time."""

    whole: int
    parts: tuple[Part, ...] = ()

    @property
    def count(self) -> Fraction:
        return self.whole + sum((Fraction(part.used, part.of) for part in self.parts), Fraction(0))


ONE = Periods(1)


def periods_between(
    period: str, *, prorata: str = Prorata.NONE, since: dt.date, starts_on: dt.date, ends_on: dt.date
) -> Periods:
    """Of a price counted from `since`, from `starts_on` to `ends_on`, both included; none before `since`.

    One for a price without a recurring period: its quantity is counted over all those days.
    """
    step = MONTHS.get(PricePeriod(period))
    if step is None:
        return ONE
    first, after = max(starts_on, since), ends_on + dt.timedelta(days=1)
    whole, parts = 0, []
    for rank in _touched(since, step, first, after):
        part = _part(since, rank * step, step, first, after, prorata=prorata)
        if part.used == part.of:
            whole += 1
        elif part.used:
            parts.append(part)
    return Periods(whole, tuple(parts))


def _touched(since: dt.date, step: int, first: dt.date, after: dt.date) -> Iterator[int]:
    """Ranks of the periods that hold a day of [first, after)."""
    rank = max(0, ((first.year - since.year) * 12 + first.month - since.month) // step - 1)
    while first < after and add_months(since, rank * step) < after:
        if add_months(since, (rank + 1) * step) > first:
            yield rank
        rank += 1


def _part(since: dt.date, months: int, step: int, first: dt.date, after: dt.date, *, prorata: str) -> Part:
    """Of the period of `step` months that begins so many months after `since`."""
    start, end = add_months(since, months), add_months(since, months + step)
    if first <= start and end <= after:
        return Part(1, 1)
    if prorata == Prorata.DAY:
        return Part((min(end, after) - max(start, first)).days, (end - start).days)
    if prorata == Prorata.MONTH:
        begun = (add_months(since, months + rank) for rank in range(step))
        return Part(sum(first <= day < after for day in begun), step)
    return Part(int(first <= start), 1)


def prorata_fault(prorata: str, *, period: str) -> str:
    """Why a price of that period cannot be prorated so, in French; empty when it can."""
    if prorata == Prorata.NONE or period == PricePeriod.YEAR:
        return ""
    if period != PricePeriod.MONTH:
        return (
            "Seul un prix au mois ou à l’année se compte au prorata. Choisissez « Toute période commencée »."
        )
    if prorata == Prorata.MONTH:
        return (
            "Un prix au mois se compte déjà par mois commencés. Choisissez « Toute période commencée » "
            "ou « Au jour »."
        )
    return ""
