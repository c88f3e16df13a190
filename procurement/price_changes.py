"""What the offer's online prices became since a draft copied them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from catalog.models import PriceLine

if TYPE_CHECKING:
    from catalog.prices.components import Component
    from procurement.models import Order


@dataclass(frozen=True, slots=True)
class PriceChange:
    """`after_eur_ht` None: the line no longer exists online."""

    label: str
    before_eur_ht: Decimal
    after_eur_ht: Decimal | None
    copied_on: dt.date
    changed_on: dt.date | None

    @property
    def is_same_amount(self) -> bool:
        """Only the tiers, the volumes or the announced price changed."""
        return self.before_eur_ht == self.after_eur_ht


def price_changes(order: Order) -> list[PriceChange]:
    """Changed lines among those ordered; two queries, none while the version is the one online."""
    live = order.offer.live_version
    if live is None or live.pk == order.offer_version_id:
        return []
    online = PriceLine.objects.filter(plan__version=live, plan__code=order.plan.code)
    prices = {line.code: line.component for line in online}
    changed_on = timezone.localdate(live.frozen_at) if live.frozen_at else None
    copied_on = timezone.localdate(order.created_at)
    starts_on = order.starts_on or timezone.localdate()
    changes = []
    for line in order.lines.filter(band=0).select_related("price_line").order_by("position", "pk"):
        before, after = line.price_line.component, prices.get(line.price_line.code)
        if after is None or charged_otherwise(before, after):
            new = after.amount_on(starts_on) if after else None
            changes.append(PriceChange(line.label, before.amount_on(starts_on), new, copied_on, changed_on))
    return changes


def charged_otherwise(before: Component, after: Component) -> bool:
    """Another amount, or the same under other tiers, volumes or announced price."""
    return replace(before, label="", unit="", meter=after.meter) != replace(after, label="", unit="")
