"""The cost of one formula for one usage, month by month, leaving included.

Nothing is guessed: a figure needed and not priced is named in `missing`, and the total then says that it
is partial; a price whose measure we cannot count is named in `uncounted`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from catalog.enums import UNTIMED_KINDS, Meter, PriceKind, PricePeriod
from catalog.prices.components import Component
from catalog.prices.leaving import Leaving, leaving
from catalog.prices.proration import Periods, periods_between
from catalog.prices.usage import ExitTerms, Usage
from catalog.prices.words import periods_words
from marketplace.calendar_months import add_months

ZERO = Decimal(0)
HOURS_PER_MONTH = Decimal(730)
MISSING_WORDS = {
    Meter.SEAT: "le prix du poste",
    Meter.VCPU_HOUR: "le prix de l’heure de vCPU",
    Meter.STORAGE_GB: "le prix du stockage",
    Meter.EGRESS_GB: "le prix de la sortie de données",
    Meter.SUPPORT: "le prix de l’assistance",
}


@dataclass(frozen=True, slots=True)
class PricedPlan:
    code: str
    name: str
    components: tuple[Component, ...]
    commitment_months: int = 0


@dataclass(frozen=True, slots=True)
class CostLine:
    """`quantity` of one period; a part only of the last period when the price is prorated."""

    component: Component
    quantity: Decimal
    periods: Periods
    total_eur_ht: Decimal

    @property
    def periods_told(self) -> str:
        """« 1 an et 5 mois sur 12 ». What has no recurring period is charged each month."""
        if self.component.kind in UNTIMED_KINDS:
            return "Une fois"
        by_year = self.component.period == PricePeriod.YEAR
        period = PricePeriod.YEAR if by_year else PricePeriod.MONTH
        return periods_words(self.periods, period=period, prorata=self.component.prorata)


@dataclass(frozen=True, slots=True)
class Use:
    """What a usage costs while it lasts. `monthly[i]`: HT charged in month i. `missing`: what is needed and
    not priced, in words; `uncounted`: labels of the prices whose quantity is not ours to know."""

    lines: tuple[CostLine, ...]
    monthly: tuple[Decimal, ...]
    missing: tuple[str, ...]
    uncounted: tuple[str, ...]

    @property
    def total_eur_ht(self) -> Decimal:
        return sum(self.monthly, ZERO)

    @property
    def is_whole(self) -> bool:
        return bool(self.lines) and not self.missing and not self.uncounted


@dataclass(frozen=True, slots=True)
class Cost:
    """`monthly[i]`: HT charged in month i. `missing`: what is needed and not priced, in words."""

    plan: PricedPlan
    lines: tuple[CostLine, ...]
    monthly: tuple[Decimal, ...]
    leaving: Leaving
    missing: tuple[str, ...]
    uncounted: tuple[str, ...]

    @property
    def use_eur_ht(self) -> Decimal:
        return sum(self.monthly, ZERO)

    @property
    def total_eur_ht(self) -> Decimal:
        return self.use_eur_ht + self.leaving.total_eur_ht

    @property
    def is_priced(self) -> bool:
        return bool(self.lines)

    @property
    def is_partial(self) -> bool:
        return bool(self.missing or self.uncounted or self.leaving.missing)

    @property
    def gaps(self) -> tuple[str, ...]:
        return (*self.missing, *self.leaving.missing)


def cost(plan: PricedPlan, *, usage: Usage, terms: ExitTerms) -> Cost:
    """Raises ValueError when an amount is larger than an order could hold."""
    used = use(plan, usage=usage)
    months = len(used.monthly)
    return Cost(
        plan=plan,
        lines=used.lines,
        monthly=used.monthly,
        leaving=leaving(
            plan.components,
            usage=usage,
            terms=terms,
            ends_on=add_months(usage.starts_on, months),
            last_month_eur_ht=_recurring(used.lines, usage=usage, months=months),
        ),
        missing=used.missing,
        uncounted=used.uncounted,
    )


def use(plan: PricedPlan, *, usage: Usage) -> Use:
    """Without what leaving costs. Raises ValueError when an amount is larger than an order could hold."""
    months = max(usage.months, plan.commitment_months)
    counted, uncounted = _sorted_out(plan.components, usage)
    monthly = [ZERO] * months
    lines = []
    for component, quantity in counted:
        periods = _periods(component, months=months, starts_on=usage.starts_on)
        amounts = list(_amounts(component, quantity, periods=periods, starts_on=usage.starts_on))
        for month, amount in amounts:
            monthly[month] += amount
        total = sum((amount for _, amount in amounts), ZERO)
        lines.append(CostLine(component, quantity, periods, total))
    priced = {component.meter for component, _ in counted}
    return Use(
        lines=tuple(lines),
        monthly=tuple(monthly),
        missing=tuple(MISSING_WORDS[meter] for meter in usage.needed if meter not in priced),
        uncounted=tuple(component.label for component in uncounted),
    )


def best(costs: Sequence[Cost]) -> Cost | None:
    """The formula to show: the one that says most, then the cheapest. None when nothing is priced."""
    priced = [each for each in costs if each.is_priced]
    return min(priced, key=lambda c: (len(c.gaps) + len(c.uncounted), c.total_eur_ht), default=None)


Counted = list[tuple[Component, Decimal]]


def _sorted_out(components: Sequence[Component], usage: Usage) -> tuple[Counted, list[Component]]:
    """With the quantity of one period; then those whose quantity is not ours to know."""
    counted: Counted = []
    uncounted = []
    for component in components:
        if component.kind == PriceKind.EXIT:
            continue
        quantity = _quantity(component, usage)
        if quantity is None:
            uncounted.append(component)
        elif quantity:
            counted.append((component, quantity))
    return counted, uncounted


def _quantity(component: Component, usage: Usage) -> Decimal | None:
    """Zero: not needed; None: unknown. What is charged whatever the usage counts once."""
    if component.meter == Meter.SUPPORT and not usage.support:
        return ZERO
    if component.kind != PriceKind.UNIT:
        return Decimal(1)
    if component.meter in (Meter.OTHER, Meter.ASSISTANCE_DAY):
        return None
    if component.meter == Meter.SUPPORT:
        return usage.seats
    return usage.quantity(component.meter) or ZERO


def _periods(component: Component, *, months: int, starts_on: dt.date) -> Periods:
    """Of a usage of so many months. A price by the hour, or without a period, is charged each month."""
    if component.kind in UNTIMED_KINDS:
        return Periods(1)
    if component.period != PricePeriod.YEAR:
        return Periods(months)
    ends_on = add_months(starts_on, months) - dt.timedelta(days=1)
    return periods_between(
        component.period, prorata=component.prorata, since=starts_on, starts_on=starts_on, ends_on=ends_on
    )


def _amounts(
    component: Component, quantity: Decimal, *, periods: Periods, starts_on: dt.date
) -> Iterator[tuple[int, Decimal]]:
    """(month, HT) of each period charged, in the month it begins; a part of one after them."""
    charged = quantity if component.kind in UNTIMED_KINDS else _per_period(component, quantity)
    step = 12 if component.period == PricePeriod.YEAR else 1
    # A price has two values at most: its own, and the one announced.
    charges: dict[Decimal, Decimal] = {}
    for rank in range(periods.whole + len(periods.parts)):
        day = add_months(starts_on, rank * step)
        amount = component.amount_on(day)
        if amount not in charges:
            # Of a part too: what a whole period may not cost is refused.
            charges[amount] = component.charge(charged, on=day)
        if rank < periods.whole:
            yield rank * step, charges[amount]
        else:
            part = periods.parts[rank - periods.whole]
            yield rank * step, component.charge(charged, on=day, periods=Fraction(part.used, part.of))


def _per_period(component: Component, quantity: Decimal) -> Decimal:
    """A price by the hour is charged for every hour of the month, unless the usage counts its hours."""
    by_hour = component.period == PricePeriod.HOUR and component.meter != Meter.VCPU_HOUR
    return quantity * HOURS_PER_MONTH if by_hour else quantity


def _recurring(lines: Sequence[CostLine], *, usage: Usage, months: int) -> Decimal:
    """HT of an ordinary month at the end, yearly prices spread: what a month of notice costs."""
    day = add_months(usage.starts_on, months)
    total = ZERO
    for line in lines:
        component = line.component
        if component.kind in UNTIMED_KINDS:
            continue
        amount = component.charge(_per_period(component, line.quantity), on=day)
        total += amount / 12 if component.period == PricePeriod.YEAR else amount
    return total
