"""What moving away from a contract costs: leaving it, and a year of each offer that may replace it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from catalog.costing import exit_terms, priced_plans
from catalog.enums import Meter, PriceKind, PricePeriod
from catalog.prices.leaving import Leaving, leaving
from catalog.prices.usage import Usage
from catalog.prices.usage_price import UsagePrice, usage_price
from marketplace.money import round_eur

if TYPE_CHECKING:
    from catalog.models import Offer
    from procurement.models import Contract, ContractReview, OrderLine

MONTHS = 12
# What is ordered by the hour or by the volume that goes out is counted over the whole order.
_OVER_ALL = (Meter.VCPU_HOUR, Meter.EGRESS_GB)


@dataclass(frozen=True, slots=True)
class Replacement:
    """`price`: a year of what is ordered today; its total is None when it is unknown."""

    offer: Offer
    price: UsagePrice


@dataclass(frozen=True, slots=True)
class Moving:
    """`uncounted`: labels of what is ordered and that no other offer can be priced on."""

    leaving: Leaving
    usage: Usage
    uncounted: tuple[str, ...]
    replacements: tuple[Replacement, ...]


def moving_of(review: ContractReview) -> Moving:
    """From the day the review says one may leave; three queries."""
    contract = review.contract
    lines = list(contract.order.lines.select_related("price_line"))
    usage = usage_of(lines, contract=contract, starts_on=review.leaves_on)
    offers = list(review.offers)
    prefetch_related_objects(offers, "live_version__plans__lines")
    return Moving(
        leaving=leaving(
            [line.component for line in contract.order.plan.lines.all()],
            usage=usage,
            terms=replace(exit_terms(contract.exit_terms), notice_months=contract.notice_months),
            ends_on=review.leaves_on,
            last_month_eur_ht=monthly(lines),
        ),
        usage=usage,
        uncounted=tuple(line.label for line in lines if _is_uncounted(line)),
        replacements=tuple(Replacement(offer, _price(offer, usage)) for offer in offers),
    )


def usage_of(lines: Sequence[OrderLine], *, contract: Contract, starts_on: dt.date) -> Usage:
    """What the order says of a month: figures by meter, volumes over the whole order shared out by month."""
    found: dict[Meter, Decimal] = {}
    months = max(1, round((contract.ends_on - contract.starts_on).days / 30))
    for line in lines:
        meter = Meter(line.price_line.meter)
        quantity = line.quantity / months if meter in _OVER_ALL else line.quantity
        found[meter] = found.get(meter, Decimal(0)) + quantity
    return Usage(
        months=MONTHS,
        starts_on=starts_on,
        seats=found.get(Meter.SEAT),
        vcpu_hours=found.get(Meter.VCPU_HOUR),
        storage_gb=found.get(Meter.STORAGE_GB),
        egress_gb=found.get(Meter.EGRESS_GB),
        support=Meter.SUPPORT in found,
        assistance_days=found.get(Meter.ASSISTANCE_DAY),
    )


def monthly(lines: Sequence[OrderLine]) -> Decimal:
    """What a month of the order costs, HT, what is paid once left out."""
    share = {PricePeriod.MONTH: 1, PricePeriod.YEAR: 12}
    total = sum(
        (
            line.total_eur_ht / _decimal(line.period_count.count) / share[PricePeriod(line.period)]
            for line in lines
            if line.kind != PriceKind.ONE_OFF and line.period in share and line.period_count.count
        ),
        Decimal(0),
    )
    return round_eur(total)


def _decimal(count: Fraction) -> Decimal:
    return Decimal(count.numerator) / count.denominator


def _is_uncounted(line: OrderLine) -> bool:
    return line.price_line.meter == Meter.OTHER and line.kind == PriceKind.UNIT


def _price(offer: Offer, usage: Usage) -> UsagePrice:
    return usage_price(priced_plans(offer), usage=usage)
