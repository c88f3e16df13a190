"""The price of a usage by which offers are ranged: the cheapest formula that prices all of it.

What leaving costs is not in it: few offers publish it, and whoever does would come after whoever keeps
silent. An offer of which no formula prices the whole usage has no price for it, never a partial one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.prices.cost import PricedPlan, Use, use
from catalog.prices.usage import Usage
from marketplace.money import LARGEST_TOTAL

NO_PRICE = "aucun prix structuré n’est publié"
OTHER_PRICES = "aucun prix publié ne porte sur cet usage"
TOO_LARGE = "le montant dépasse ce qu’une commande peut porter"


@dataclass(frozen=True, slots=True)
class UsagePrice:
    """`total_eur_ht` None: unknown, and `missing` says why, in words. `months`: those charged, a minimum
    commitment included. `plan`: the formula priced, or the one that lacks least."""

    total_eur_ht: Decimal | None
    plan: str = ""
    months: int = 0
    missing: tuple[str, ...] = ()


def usage_price(plans: Sequence[PricedPlan], *, usage: Usage) -> UsagePrice:
    """Of two formulas at one price, the first."""
    found = [_of_plan(plan, usage) for plan in plans]
    whole = [each for each in found if each.total_eur_ht is not None]
    if whole:
        return min(whole, key=lambda each: each.total_eur_ht or Decimal(0))
    return min(found, key=lambda each: len(each.missing), default=UsagePrice(None, missing=(NO_PRICE,)))


def _of_plan(plan: PricedPlan, usage: Usage) -> UsagePrice:
    try:
        used = use(plan, usage=usage)
    except ValueError:
        return UsagePrice(None, plan.name, missing=(TOO_LARGE,))
    if not used.is_whole:
        return UsagePrice(None, plan.name, len(used.monthly), _gaps(used))
    total = used.total_eur_ht
    if total > LARGEST_TOTAL:
        return UsagePrice(None, plan.name, len(used.monthly), (TOO_LARGE,))
    return UsagePrice(total, plan.name, len(used.monthly))


def _gaps(used: Use) -> tuple[str, ...]:
    uncounted = (
        f"la quantité à compter pour «\u00a0{label}\u00a0» ne se déduit pas de l’usage"
        for label in used.uncounted
    )
    missing = (f"{words} n’est pas publié" for words in used.missing)
    return (*missing, *uncounted) or (OTHER_PRICES,)
