"""Discounts of the purchasing vehicles."""

from __future__ import annotations

from typing import Any

from procurement.models import VehicleDiscount
from tests.habits.matrix.api import INSIDE, OTHER_BUYER, reading
from tests.habits.matrix.procurement import vehicle
from tests.habits.matrix.rows import Row, only
from tests.habits.matrix.world import World
from tests.procurement.discounts.builders import give
from tests.procurement.order_builders import make_vehicle


def discount_of(world: World) -> VehicleDiscount:
    """Of a vehicle of the world's ministry, made when first asked."""
    return VehicleDiscount.objects.for_pages().first() or give(make_vehicle(world.ministry))


def discount(world: World) -> dict[str, Any]:
    return {"uuid": discount_of(world).uuid}


def of_vehicle(world: World) -> dict[str, Any]:
    found = discount_of(world)
    return {"number": found.vehicle.number, "uuid": found.uuid}


WRITERS = only("organisation_admin", "purchasing")
ROWS: dict[str, Row] = {
    "GET procurement:discount_add": Row(WRITERS, vehicle),
    "GET procurement:discount_end": Row(WRITERS, of_vehicle),
    **reading("vehicle-discount", INSIDE, discount),
    "POST api:vehicle-discount-list": Row(WRITERS | only(OTHER_BUYER), data=lambda world: {"vehicle": "x"}),
    "POST api:vehicle-discount-end": Row(WRITERS, discount),
}
