"""What an offer's prices were, are and are announced to be."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from catalog.cards import price_unit
from catalog.prices.components import Component

if TYPE_CHECKING:
    from catalog.models import Offer, OfferVersion


@dataclass(frozen=True, slots=True)
class PriceStep:
    """One price from one day. `amount_eur_ht` None: the line was taken away. `announced`: still to come."""

    plan: str
    label: str
    unit: str
    since: dt.date
    amount_eur_ht: Decimal | None
    announced: bool = False


# Codes of the formula and of the line.
Key = tuple[str, str]


def price_history(offer: Offer) -> list[PriceStep]:
    """Newest first; a line only when its price changed. Three queries whatever the number of versions."""
    shown = offer.online_versions.select_related("version").prefetch_related("version__plans__lines")
    steps: list[PriceStep] = []
    before: dict[Key, Component] = {}
    names: dict[Key, str] = {}
    for row in shown:
        day = timezone.localdate(row.from_at)
        prices = _prices(row.version)
        names |= {key: plan for key, (plan, _) in prices.items()}
        now = {key: component for key, (_, component) in prices.items()}
        steps += [_step(names[key], now[key], day) for key in now if _differs(before.get(key), now[key])]
        steps += [
            replace(_step(names[key], before[key], day), amount_eur_ht=None)
            for key in before
            if key not in now
        ]
        before = now
    steps += _announced(before, names)
    steps.sort(key=lambda step: step.since)
    return steps[::-1]


def _prices(version: OfferVersion) -> dict[Key, tuple[str, Component]]:
    return {
        (plan.code, line.code): (plan.name, line.component)
        for plan in version.plans.all()
        for line in plan.lines.all()
    }


def _differs(before: Component | None, now: Component) -> bool:
    return before is None or before.amount_eur_ht != now.amount_eur_ht


def _step(plan: str, price: Component, since: dt.date) -> PriceStep:
    unit = price_unit({"period": price.period, "kind": price.kind, "unit": price.unit})
    return PriceStep(plan, price.label, unit, since, price.amount_eur_ht)


def _announced(
    prices: dict[tuple[str, str], Component], names: dict[tuple[str, str], str]
) -> list[PriceStep]:
    today = timezone.localdate()
    return [
        replace(
            _step(names[key], price, price.next_from),
            amount_eur_ht=price.next_amount_eur_ht,
            announced=price.next_from > today,
        )
        for key, price in prices.items()
        if price.next_from is not None
    ]
