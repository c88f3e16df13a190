"""What the offer's online prices became since a draft copied them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from catalog.models import PriceLine

if TYPE_CHECKING:
    from procurement.models import Order


@dataclass(frozen=True, slots=True)
class PriceChange:
    """`after_eur_ht` None: the line no longer exists online."""

    label: str
    before_eur_ht: Decimal
    after_eur_ht: Decimal | None
    copied_on: dt.date
    changed_on: dt.date | None


def price_changes(order: Order) -> list[PriceChange]:
    """Changed lines among those ordered; two queries, none while the version is the one online."""
    live = order.offer.live_version
    if live is None or live.pk == order.offer_version_id:
        return []
    online = PriceLine.objects.filter(plan__version=live, plan__code=order.plan.code)
    prices = dict(online.values_list("code", "amount_eur_ht"))
    changed_on = timezone.localdate(live.frozen_at) if live.frozen_at else None
    changes = []
    for line in order.lines.select_related("price_line").order_by("position", "pk"):
        after = prices.get(line.price_line.code)
        if after != line.unit_price_eur_ht:
            copied_on = timezone.localdate(order.created_at)
            changes.append(PriceChange(line.label, line.unit_price_eur_ht, after, copied_on, changed_on))
    return changes
