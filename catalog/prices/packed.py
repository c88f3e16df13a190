"""The price lists of an offer as one value beside what the search reads of it.

`{"vat_regime": "…", "plans": [{"name", "commitment", "lines": [{"label", "kind", "period", "meter",
"amount", "included", "minimum", "mode", "tiers": [{"above", "amount_eur_ht"}], "next", "from", "prorata",
"step"}]}]}`: amounts and quantities are decimals as text, `next` and `from` null without an announced price;
`prorata` and `step` absent from what was written before they were declared.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from catalog.enums import Meter, PriceKind, PricePeriod, Prorata, TierMode
from catalog.prices.components import Component, Tier
from catalog.prices.cost import PricedPlan

Packed = Mapping[str, Any]


def packed(plans: Iterable[PricedPlan], *, vat_regime: str = "") -> dict[str, Any]:
    return {
        "vat_regime": vat_regime,
        "plans": [
            {
                "name": plan.name,
                "commitment": plan.commitment_months,
                "lines": [_line(component) for component in plan.components],
            }
            for plan in plans
        ],
    }


def _line(component: Component) -> dict[str, Any]:
    announced = component.next_amount_eur_ht
    return {
        "label": component.label,
        "kind": component.kind.value,
        "period": component.period.value,
        "meter": component.meter.value,
        "amount": str(component.amount_eur_ht),
        "included": str(component.included_quantity),
        "minimum": str(component.minimum_quantity),
        "mode": component.tier_mode.value,
        "tiers": [
            {"above": str(tier.above), "amount_eur_ht": str(tier.amount_eur_ht)} for tier in component.tiers
        ],
        "next": None if announced is None else str(announced),
        "from": component.next_from.isoformat() if component.next_from else None,
        "prorata": component.prorata.value,
        "step": str(component.usage_step),
    }


def unpacked(prices: Packed) -> tuple[PricedPlan, ...]:
    """The plans in their order, without codes."""
    return tuple(
        PricedPlan("", plan["name"], tuple(map(_component, plan["lines"])), plan["commitment"])
        for plan in prices.get("plans", ())
    )


def _component(line: Mapping[str, Any]) -> Component:
    return Component(
        code="",
        label=line["label"],
        kind=PriceKind(line["kind"]),
        period=PricePeriod(line["period"]),
        amount_eur_ht=Decimal(line["amount"]),
        meter=Meter(line["meter"]),
        included_quantity=Decimal(line["included"]),
        minimum_quantity=Decimal(line["minimum"]),
        tier_mode=TierMode(line["mode"]),
        tiers=tuple(Tier(Decimal(row["above"]), Decimal(row["amount_eur_ht"])) for row in line["tiers"]),
        next_amount_eur_ht=None if line["next"] is None else Decimal(line["next"]),
        next_from=dt.date.fromisoformat(line["from"]) if line["from"] else None,
        prorata=Prorata(line.get("prorata", Prorata.NONE)),
        usage_step=Decimal(line.get("step", 0)),
    )
