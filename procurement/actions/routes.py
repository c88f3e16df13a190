"""What the picker of routes finds in the database: vehicles open, amounts bought without competition."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum

from procurement.enums_orders import ENGAGED_STATES
from procurement.models import Order, PurchasingVehicle
from procurement.routes import VehicleSeen

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation

TWELVE_MONTHS = dt.timedelta(days=365)


def vehicles_seen(actor: Actor, *, on: dt.date) -> tuple[VehicleSeen, ...] | None:
    """Those of the actor's administration that are open on the day; None for anybody else. One query."""
    if actor.organisation is None or not actor.is_buyer:
        return None
    rows = PurchasingVehicle.objects.visible_to(actor).open_on(on).with_engaged(ENGAGED_STATES)
    return tuple(
        VehicleSeen(
            number=row.number,
            kind=row.kind,
            title=row.title,
            holder_name=row.holder_name,
            left_eur_ht=_left(row.maximum_eur_ht, row.engaged),  # type: ignore[attr-defined]  # annotated
        )
        for row in rows.order_by("title", "pk")
    )


def _left(maximum: Decimal | None, engaged: Decimal | None) -> Decimal | None:
    """What is left of a maximum that orders may have passed is nothing, never less."""
    return None if maximum is None else max(maximum - (engaged or 0), Decimal(0))


def bought_without_competition(organisation: Organisation, *, on: dt.date) -> Decimal:
    """Orders of this administration under the threshold, agreed in the twelve months before the day."""
    orders = Order.objects.filter(
        buyer=organisation,
        vehicle=None,
        state__in=ENGAGED_STATES,
        created_at__date__gt=on - TWELVE_MONTHS,
    )
    return orders.aggregate(total=Sum("total_eur_ht"))["total"] or Decimal(0)
