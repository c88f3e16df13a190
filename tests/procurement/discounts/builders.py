"""Discounts for tests, recorded by the same action as real ones."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from marketplace.accounts.enums import Role
from procurement.discounts.recording import record_discount
from procurement.models import PurchasingVehicle, VehicleDiscount
from tests.builders import actor_for

if TYPE_CHECKING:
    from catalog.models import Supplier


def give(
    vehicle: PurchasingVehicle, percent: str = "12.5", *, supplier: Supplier | None = None, **days: Any
) -> VehicleDiscount:
    """From 1 January 2026, by the service achats of the vehicle's administration."""
    buyer = actor_for(Role.PURCHASING, organisation=vehicle.buyers.get())
    terms = {"starts_on": dt.date(2026, 1, 1), **days}
    return record_discount(vehicle, actor=buyer, percent=Decimal(percent), supplier=supplier, **terms)
