"""Price lists and usages drawn at random: lines of every kind, tiers, volumes, huge amounts."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from catalog.enums import UNTIMED_KINDS, Meter, PriceKind, PricePeriod, Prorata, TierMode
from catalog.prices.components import Component, Tier
from catalog.prices.cost import PricedPlan
from catalog.prices.packed import packed
from catalog.prices.usage import Usage

AMOUNTS = tuple(map(Decimal, ("0", "0.000001", "0.045", "0.005", "1", "9.99", "12.5", "430", "999999999999")))
QUANTITIES = tuple(map(Decimal, ("0.001", "1", "2.5", "50", "100", "730.125", "1000", "1000000")))
METERS = (*Meter, *4 * (Meter.SEAT,), *3 * (Meter.STORAGE_GB,), Meter.VCPU_HOUR, Meter.EGRESS_GB)
STARTS = dt.date(2026, 11, 30)


def random_prices(rng: random.Random) -> dict[str, Any]:
    return packed(random_plans(rng), vat_regime=rng.choice(("", "normal")))


def random_plans(rng: random.Random) -> list[PricedPlan]:
    return [
        PricedPlan(
            "",
            f"Formule {n}",
            tuple(_component(rng) for _ in range(rng.randint(0, 4))),
            rng.choice((0, 0, 1, 12, 36)),
        )
        for n in range(rng.randint(0, 3))
    ]


def _component(rng: random.Random) -> Component:
    kind = rng.choice((*PriceKind, PriceKind.UNIT, PriceKind.UNIT))
    announced = rng.random() < 0.3
    period = PricePeriod.NONE if kind in UNTIMED_KINDS else rng.choice((*PricePeriod, PricePeriod.YEAR))
    proratas = {PricePeriod.YEAR: tuple(Prorata), PricePeriod.MONTH: (Prorata.NONE, Prorata.DAY)}
    return Component(
        code="",
        label=f"Ligne {rng.randint(1, 9)}",
        kind=kind,
        period=period,
        amount_eur_ht=_amount(rng),
        meter=rng.choice(METERS),
        included_quantity=rng.choice((Decimal(0), Decimal(0), *QUANTITIES)),
        minimum_quantity=rng.choice((Decimal(0), Decimal(0), *QUANTITIES)),
        tier_mode=rng.choice(tuple(TierMode)),
        tiers=_tiers(rng),
        next_amount_eur_ht=_amount(rng) if announced else None,
        next_from=STARTS + dt.timedelta(rng.randint(-40, 800)) if announced else None,
        prorata=rng.choice(proratas.get(period, (Prorata.NONE,))),
        usage_step=rng.choice((Decimal(0), *QUANTITIES[:4])) if kind == PriceKind.UNIT else Decimal(0),
    )


def _amount(rng: random.Random) -> Decimal:
    return rng.choice(
        (*AMOUNTS, Decimal(rng.randint(0, 10**8)) / 10**6, Decimal(rng.randint(0, 10**5)) / 100)
    )


def _tiers(rng: random.Random) -> tuple[Tier, ...]:
    above = sorted(rng.sample(QUANTITIES, rng.choice((0, 0, 1, 3))))
    return tuple(Tier(one, _amount(rng)) for one in above)


def random_usage(rng: random.Random) -> Usage:
    def maybe() -> Decimal | None:
        return (
            rng.choice((Decimal(0), *QUANTITIES, Decimal(rng.randint(1, 10**6)) / 1000))
            if rng.random() < 0.5
            else None
        )

    return Usage(
        months=rng.choice((1, 7, 12, 13, 22, 36, 119, 120)),
        starts_on=STARTS + dt.timedelta(rng.randint(0, 40)),
        seats=maybe(),
        vcpu_hours=maybe(),
        storage_gb=maybe(),
        egress_gb=rng.choice((None, None, None, None, Decimal(1000))),
        support=rng.random() < 0.2,
    )
