"""Who records vehicles writes their discounts; who reads the vehicle reads them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts
from procurement.abilities_orders import vehicle_abilities, vehicles_abilities

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import VehicleDiscount


def discounts_abilities(actor: Actor) -> Verdicts:
    return {"create": vehicles_abilities(actor)["create"]}


def discount_abilities(actor: Actor, discount: VehicleDiscount) -> Verdicts:
    return {"end": vehicle_abilities(actor, discount.vehicle)["edit"]}
