"""The price lists as arrays, and the price of a usage for any slots at once: exact, in whole cents.

A line is cut into steps, one a tier. What a step has besides its amount is its class: few are distinct, and
how much of a usage a class charges, how many times, is worked out once for all its steps. The rule is
`catalog.prices.usage_price`; quantities and amounts are in millionths.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np

from catalog.enums import Meter, PriceKind, PricePeriod, Prorata, TierMode
from catalog.prices.cost import HOURS_PER_MONTH
from catalog.prices.packed import Packed
from catalog.prices.usage import Usage
from catalog.search.memory.columns import MICRO, Column
from marketplace.calendar_months import add_months
from marketplace.money import LARGEST_TOTAL

UNKNOWN = np.iinfo(np.int64).max
ENDLESS = np.iinfo(np.int64).max
MOST_MONTHS = 120
LARGEST = int(LARGEST_TOTAL * 100)
# Above (in 10⁻¹² €) no order could hold it, below the arithmetic stays within 64 bits.
_BEYOND = 1.1e24
_NEAR = 0.9e24
# Below, a product of thousandths and millionths fits in 64 bits.
_PLAIN = 9e21
COUNTED = (Meter.SEAT, Meter.VCPU_HOUR, Meter.STORAGE_GB, Meter.EGRESS_GB)
# What a step charges: once whatever the usage; once with support; figures of the usage; seats with support.
ONCE, ONCE_SUPPORT, SEATS_SUPPORT = 0, 1, 6
# What a plan holds: a bit for each of COUNTED, then these.
SUPPORT_FLAT, SUPPORT_SEATS, ALWAYS, UNCOUNTED = 16, 32, 64, 128


NO_PLAN: dict[str, Any] = {"lines": (), "commitment": 0}


# How the year that a usage leaves unfinished is charged: whole, by its months, by its days.
PRORATAS = {Prorata.NONE: 0, Prorata.MONTH: 1, Prorata.DAY: 2}


class Kind(NamedTuple):
    """A class of steps. `since`: the ordinal of the day when `later` replaces the amount; `rounding`: what is
    used is rounded up to its multiple; `prorata`: of PRORATAS, of a price by the year only."""

    charges: int
    by_hour: int
    is_once: int
    by_year: int
    commitment: int
    included: int
    minimum: int
    is_volume: int
    low: int
    high: int
    since: int = ENDLESS
    later: int = 0
    rounding: int = 0
    prorata: int = 0


class Prices:
    """Slots in order, each with its plans in order, each with its steps in order: only appended to."""

    def __init__(self) -> None:
        self.kinds: list[Kind] = []
        self.numbers: dict[Kind, int] = {}
        self.kind, self.amount = Column(np.int32), Column(np.int64)
        self.holds, self.step_end, self.plan_end = Column(np.uint8), Column(np.int32), Column(np.int32)
        self.steps = self.plans = 0
        self._table: Any = np.zeros((0, len(Kind._fields)), dtype=np.int64)

    def add(self, slot: int, prices: Packed) -> None:
        """Slots come one after the other. One without a plan takes an empty one, which prices nothing."""
        for plan in prices.get("plans") or (NO_PLAN,):
            lines = [line for line in plan["lines"] if line["kind"] != PriceKind.EXIT]
            for line in lines:
                for kind, amount in _steps(line, commitment=plan["commitment"]):
                    self.kind.put(self.steps, self._number(kind))
                    self.amount.put(self.steps, amount)
                    self.steps += 1
            self.holds.put(self.plans, _holds(lines))
            self.step_end.put(self.plans, self.steps)
            self.plans += 1
        self.plan_end.put(slot, self.plans)

    def _number(self, kind: Kind) -> int:
        number = self.numbers.get(kind)
        if number is None:
            self.kinds.append(kind)
            number = self.numbers[kind] = len(self.kinds) - 1
        return number

    @property
    def table(self) -> Any:
        """The classes as rows."""
        if len(self._table) != len(self.kinds):
            self._table = np.array(self.kinds, dtype=np.int64)
        return self._table

    def totals(self, usage: Usage, slots: Any) -> Any:
        """Cents HT of each slot, in the order given; UNKNOWN where no plan prices the whole usage."""
        if not len(slots):
            return np.zeros(0, dtype=np.int64)
        count = int(slots.max()) + 1
        if 2 * len(slots) > count:
            # Most of them: everything in place costs less than gathering.
            return self._totals(usage, self._until(count))[slots]
        return self._totals(usage, self._of(slots.astype(np.int64)))

    def _until(self, count: int) -> _Lists:
        plan_ends = self.plan_end.values[:count]
        step_ends = self.step_end.values[: int(plan_ends[-1])]
        steps = int(step_ends[-1])
        holds = self.holds.values[: len(step_ends)]
        return _Lists(self.kind.values[:steps], self.amount.values[:steps], step_ends, holds, plan_ends)

    def _of(self, slots: Any) -> _Lists:
        plans, plan_ends = _gathered(self.plan_end.values, slots)
        steps, step_ends = _gathered(self.step_end.values, plans)
        kinds, amounts = self.kind.values[steps], self.amount.values[steps]
        return _Lists(kinds, amounts, step_ends, self.holds.values[plans], plan_ends)

    def _totals(self, usage: Usage, lists: _Lists) -> Any:
        charged = _Charged(self.table, usage)
        total, refused = charged.totals(lists.kinds, lists.amounts)
        added = _sums(total, lists.step_ends)
        whole = np.take(_whole(usage), lists.holds) & (added <= LARGEST)
        if refused is not None:
            whole &= _sums(refused, lists.step_ends) == 0
        starts = np.concatenate(([0], lists.plan_ends[:-1]))
        return np.minimum.reduceat(np.where(whole, added, UNKNOWN), starts)


class _Lists(NamedTuple):
    """Price lists one after the other: class and amount by step; by plan what it holds and where its steps
    end; by offer where its plans end."""

    kinds: Any
    amounts: Any
    step_ends: Any
    holds: Any
    plan_ends: Any


class _Charged:
    """Of each class under a usage: the quantity charged in a period, how many whole times at the amount of
    the step, which part of one more (`used` of `of`, zero: none), what comes on top at the announced amount,
    and whether that is more than an order could hold."""

    def __init__(self, kinds: Any, usage: Usage) -> None:
        by = dict(zip(Kind._fields, kinds.T, strict=True))
        self.quantity = _quantity(by, usage)
        months = np.maximum(by["commitment"], usage.months)
        days = range(MOST_MONTHS + 13)
        starts = np.array([add_months(usage.starts_on, month).toordinal() for month in days])
        before = np.minimum(np.searchsorted(starts, by["since"]), months)
        early, started = _periods(by, before), _periods(by, months)
        used, self.of = _unfinished(by, months, starts)
        # The unfinished year is the last one started: its first day says its amount.
        is_early = (used > 0) & (early == started)
        self.used = np.where(is_early, used, 0)
        self.times = early - is_early
        is_late = (used > 0) & ~is_early
        after = started - early - is_late
        quantity = np.where((after > 0) | is_late, self.quantity, 0)
        later = _cents(quantity, by["later"])
        self.refused = later > LARGEST
        part = _parts(np.where(is_late & ~self.refused, quantity, 0), by["later"], used, self.of)
        self.later = np.where(self.refused, 0, after * later + part)

    def totals(self, kinds: Any, amounts: Any) -> tuple[Any, Any]:
        """Cents of each step, and where an amount is more than an order could hold; None: nowhere."""
        cents = _cents(np.take(self.quantity, kinds), amounts)
        times = np.take(self.times, kinds)
        refused = None
        if len(cents) and (self.refused.any() or cents.max() > LARGEST):
            charged = (times > 0) | (np.take(self.used, kinds) > 0)
            refused = np.take(self.refused, kinds) | ((cents > LARGEST) & charged)
            cents = np.where(refused, 0, cents)
        total = times * cents
        if self.used.any():
            total += self._unfinished(kinds, amounts, refused)
        return (total + np.take(self.later, kinds) if self.later.any() else total), refused

    def _unfinished(self, kinds: Any, amounts: Any, refused: Any) -> Any:
        """Cents of the unfinished year of each step."""
        used = np.take(self.used, kinds)
        some = np.flatnonzero(used if refused is None else np.where(refused, 0, used))
        found = np.zeros(len(kinds), dtype=np.int64)
        those = kinds[some]
        found[some] = _parts(
            np.take(self.quantity, those), amounts[some], used[some], np.take(self.of, those)
        )
        return found


def _quantity(by: Mapping[str, Any], usage: Usage) -> Any:
    """`Component.bands` on arrays: what of the quantity falls into the step and is not included."""
    seats = _micro(usage.seats or 0)
    figures = [_micro(usage.quantity(meter) or 0) for meter in COUNTED]
    charges = [MICRO, MICRO * usage.support, *figures, seats * usage.support]
    needed = np.array(charges, dtype=np.int64)[by["charges"]]
    counted = needed * np.where(by["by_hour"], int(HOURS_PER_MONTH), 1)
    step = np.maximum(by["rounding"], 1)
    used = np.maximum(-(-counted // step) * step, by["minimum"])
    free = np.minimum(used, by["included"])
    part = np.maximum(np.minimum(used, by["high"]) - np.maximum(by["low"], free), 0)
    reached = (by["low"] < used) & (used <= by["high"])
    charged = np.where(by["is_volume"], np.where(reached, used - free, 0), part)
    return np.where(needed > 0, charged, 0)


def _periods(by: Mapping[str, Any], months: Any) -> Any:
    """Started periods within so many months."""
    started = np.where(by["by_year"], -(-months // 12), months)
    return np.where(by["is_once"], np.minimum(months, 1), started)


def _unfinished(by: Mapping[str, Any], months: Any, starts: Any) -> tuple[Any, Any]:
    """Of the year that so many months leave unfinished, what is charged of it and out of what; zero: none,
    or charged whole."""
    rest, year = months % 12, months - months % 12
    by_day = by["prorata"] == PRORATAS[Prorata.DAY]
    used = np.where(by_day, starts[months] - starts[year], rest)
    of = np.where(by_day, starts[year + 12] - starts[year], 12)
    return np.where(by["prorata"] > 0, used, 0), of


def _cents(quantity: Any, amount: Any) -> Any:
    """quantity × amount, rounded half-up. Above LARGEST the figure only says that it is."""
    if not len(quantity):
        return np.zeros(0, dtype=np.int64)
    most = float(quantity.max()) * float(amount.max())
    if most < _PLAIN and not (quantity % 1000).any():
        return (quantity // 1000 * amount + 5 * 10**6) // 10**7
    return _long_cents(quantity, amount, may_overflow=most > _NEAR)


def _long_cents(quantity: Any, amount: Any, *, may_overflow: bool) -> Any:
    """A product that does not fit in 64 bits: amounts and quantities are cut in two."""
    if may_overflow:
        beyond = quantity.astype(np.float64) * amount > _BEYOND
        quantity = np.where(beyond, 0, quantity)
    cents, rest = _floored(quantity, amount)
    cents += (rest + 5 * 10**9) // 10**10
    return np.where(beyond, LARGEST + 1, cents) if may_overflow else cents


def _floored(quantity: Any, amount: Any) -> tuple[Any, Any]:
    """The product as cents and what is over, in 10⁻¹² €, which may be more than a cent."""
    euros, units = amount // MICRO, quantity // MICRO
    rest, parts = amount - euros * MICRO, quantity - units * MICRO
    micros = quantity * euros + units * rest
    cents = micros // 10_000
    return cents, (micros - cents * 10_000) * MICRO + parts * rest


def _parts(quantity: Any, amount: Any, used: Any, of: Any) -> Any:
    """quantity × amount × used / of, rounded half-up, of products that an order could hold: the remainder of
    each division is carried to the next one."""
    cents, rest = _floored(quantity, amount)
    cents, rest = cents + rest // 10**10, rest % 10**10
    whole = cents * used // of
    over = (cents * used - whole * of) * 10**10 + rest * used
    return whole + (2 * over + of * 10**10) // (2 * of * 10**10)


def _whole(usage: Usage) -> Any:
    """By what a plan holds: whether it prices all that is needed, and something at all."""
    holds = np.arange(256)
    needed = sum(1 << place for place, meter in enumerate(COUNTED) if usage.quantity(meter))
    whole = (holds & needed) == needed
    whole &= (holds & UNCOUNTED) == 0
    if usage.support:
        by_seat = SUPPORT_SEATS if usage.seats else 0
        whole &= (holds & (SUPPORT_FLAT | by_seat)) != 0
        if usage.seats is None:
            whole &= (holds & SUPPORT_SEATS) == 0
    elif not needed:
        whole &= (holds & ALWAYS) != 0
    return whole


def _holds(lines: list[Mapping[str, Any]]) -> int:
    found = 0
    for line in lines:
        meter, by_unit = Meter(line["meter"]), line["kind"] == PriceKind.UNIT
        if meter == Meter.SUPPORT:
            found |= SUPPORT_SEATS if by_unit else SUPPORT_FLAT
            continue
        if meter in COUNTED:
            found |= 1 << COUNTED.index(meter)
        elif by_unit:
            found |= UNCOUNTED
        if not by_unit:
            found |= ALWAYS
    return found


def _steps(line: Mapping[str, Any], *, commitment: int) -> Iterator[tuple[Kind, int]]:
    """(class, amount) of each tier; none for a line whose quantity no usage tells."""
    charges = _charges(line)
    if charges is None:
        return
    is_once, period = line["kind"] == PriceKind.ONE_OFF, line["period"]
    tiers = [(_micro(tier["above"]), _micro(tier["amount_eur_ht"])) for tier in line["tiers"]]
    lows = [(0, _micro(line["amount"])), *tiers]
    for place, (low, amount) in enumerate(lows):
        kind = Kind(
            charges=charges,
            by_hour=int(period == PricePeriod.HOUR and line["meter"] != Meter.VCPU_HOUR and not is_once),
            is_once=int(is_once),
            by_year=int(period == PricePeriod.YEAR),
            commitment=commitment,
            included=_micro(line["included"]),
            minimum=_micro(line["minimum"]),
            is_volume=int(line["mode"] == TierMode.VOLUME),
            low=low,
            high=lows[place + 1][0] if place + 1 < len(lows) else ENDLESS,
            rounding=_micro(line.get("step", 0)),
            prorata=PRORATAS[Prorata(line.get("prorata", Prorata.NONE))] if period == PricePeriod.YEAR else 0,
        )
        if place == 0 and line["from"]:
            since = dt.date.fromisoformat(line["from"]).toordinal()
            kind = kind._replace(since=since, later=_micro(line["next"]))
        yield kind, amount


def _charges(line: Mapping[str, Any]) -> int | None:
    is_support = line["meter"] == Meter.SUPPORT
    if line["kind"] != PriceKind.UNIT:
        return ONCE_SUPPORT if is_support else ONCE
    if is_support:
        return SEATS_SUPPORT
    return 2 + COUNTED.index(Meter(line["meter"])) if line["meter"] in COUNTED else None


def _micro(number: str | Decimal | int) -> int:
    return int(Decimal(number) * MICRO)


def _gathered(ends: Any, at: Any) -> tuple[Any, Any]:
    """The numbers of what belongs to each, one range after the other, and where these ranges end."""
    starts = np.where(at > 0, ends[at - 1], 0)
    lengths = ends[at] - starts
    upto = np.cumsum(lengths)
    return np.arange(int(upto[-1])) + np.repeat(starts - upto + lengths, lengths), upto


def _sums(values: Any, ends: Any) -> Any:
    """Of each run of values; zero for an empty one."""
    added = np.concatenate(([0], np.cumsum(values)))
    return np.diff(np.take(added, ends), prepend=0)
