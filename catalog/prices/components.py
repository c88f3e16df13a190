"""One price of a formula as a fact, and how a quantity is charged under it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from catalog.enums import Meter, PriceKind, PricePeriod, Prorata, TierMode
from marketplace.money import line_total

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Tier:
    """From the unit after `above`, `amount_eur_ht` a unit."""

    above: Decimal
    amount_eur_ht: Decimal


@dataclass(frozen=True, slots=True)
class Band:
    """A part of a quantity charged at one price. `included`: within the volume that costs nothing more."""

    quantity: Decimal
    unit_price_eur_ht: Decimal
    included: bool = False

    def total_eur_ht(self, periods: int | Fraction = 1) -> Decimal:
        """Over so many periods. Raises ValueError when too large."""
        return line_total(self.quantity, unit_price_eur_ht=self.unit_price_eur_ht, periods=periods)


@dataclass(frozen=True, slots=True)
class Component:
    """A price line. Quantities are per period; `amount_eur_ht` is the first tier's price.

    `meter` says which figure of a usage it counts, OTHER that no figure of ours stands for it. A usage is
    rounded up to a multiple of `usage_step`; zero: charged as it is. `prorata`: what is due of a period used
    in part (`catalog.prices.proration`); tiers and volumes are read on the quantity of a whole one.
    """

    code: str
    label: str
    kind: PriceKind
    period: PricePeriod
    amount_eur_ht: Decimal
    unit: str = ""
    meter: Meter = Meter.OTHER
    included_quantity: Decimal = ZERO
    minimum_quantity: Decimal = ZERO
    tier_mode: TierMode = TierMode.GRADUATED
    tiers: tuple[Tier, ...] = ()
    next_amount_eur_ht: Decimal | None = None
    next_from: dt.date | None = None
    prorata: Prorata = Prorata.NONE
    usage_step: Decimal = ZERO

    def amount_on(self, day: dt.date) -> Decimal:
        """The announced price replaces the first tier's from its date; announced tiers do not exist."""
        if self.next_amount_eur_ht is not None and self.next_from is not None and day >= self.next_from:
            return self.next_amount_eur_ht
        return self.amount_eur_ht

    def bands(self, quantity: Decimal, *, on: dt.date) -> tuple[Band, ...]:
        """How `quantity` (one period) is charged that day; empty for zero.

        What is used is rounded up to the step; the minimum is charged when less is used. The volume
        included comes first, then the tiers, whose
        thresholds count from the first unit. Under VOLUME all that is charged takes the price of the tier
        reached; under GRADUATED each part takes its own.
        """
        if quantity <= 0:
            return ()
        used = max(rounded_up(quantity, self.usage_step), self.minimum_quantity)
        free = min(used, self.included_quantity)
        found = [Band(free, ZERO, included=True)] if free else []
        if used > free:
            steps = (Tier(ZERO, self.amount_on(on)), *self.tiers)
            charged = _volume if self.tier_mode == TierMode.VOLUME else _graduated
            found += charged(steps, free=free, used=used)
        return tuple(found)

    def charge(self, quantity: Decimal, *, on: dt.date, periods: int | Fraction = 1) -> Decimal:
        """HT for one period, or some, each band rounded to the cent. Raises ValueError when too large."""
        return sum((band.total_eur_ht(periods) for band in self.bands(quantity, on=on)), ZERO)


def rounded_up(quantity: Decimal, step: Decimal) -> Decimal:
    """To the next multiple of `step`; as it is when the step is zero."""
    if not step:
        return quantity
    whole, rest = divmod(quantity, step)
    return (whole + 1) * step if rest else quantity


def _volume(steps: Sequence[Tier], *, free: Decimal, used: Decimal) -> list[Band]:
    reached = [step for step in steps if step.above < used][-1]
    return [Band(used - free, reached.amount_eur_ht)]


def _graduated(steps: Sequence[Tier], *, free: Decimal, used: Decimal) -> list[Band]:
    bands = []
    for index, step in enumerate(steps):
        top = steps[index + 1].above if index + 1 < len(steps) else used
        start, end = max(step.above, free), min(top, used)
        if end > start:
            bands.append(Band(end - start, step.amount_eur_ht))
    return bands


def tier_faults(tiers: Sequence[Tier], *, included: Decimal = ZERO) -> str:
    """Why these tiers cannot be charged, in French; empty when they can."""
    if len(tiers) > MAX_TIERS:
        return f"{MAX_TIERS} paliers au plus."
    before = ZERO
    for tier in tiers:
        if tier.above <= before:
            return (
                "Les paliers vont en croissant, à partir d’une quantité supérieure à 0. "
                f"Corrigez « {tier.above.normalize():f} »."
            )
        if tier.amount_eur_ht < 0:
            return "Le prix d’un palier ne peut pas être négatif. Écrivez 0 ou plus."
        before = tier.above
    if tiers and included >= tiers[-1].above:
        return "Le volume compris dépasse le dernier palier. Réduisez-le, ou retirez les paliers."
    return ""


def step_fault(step: Decimal, *, kind: str) -> str:
    """Why a usage cannot be rounded up so, in French; empty when it can."""
    if step < 0:
        return "L’arrondi de l’usage est un nombre positif. Laissez vide pour ne pas arrondir."
    if step and kind != PriceKind.UNIT:
        return "Seul un prix à l’unité arrondit son usage. Laissez vide."
    return ""


MAX_TIERS = 12
