"""Amendments of a contract: pages and API."""

from __future__ import annotations

from typing import Any

from procurement.models import Amendment
from tests.habits.matrix.api import INSIDE, moves, reading
from tests.habits.matrix.rows import OTHER_BUYER, Row, only
from tests.habits.matrix.world import World
from tests.procurement.amendments.builders import make_amendment

WRITERS, APPROVER = only("requester", "purchasing"), only("approver")


def amendment_of(world: World) -> Amendment:
    """Proposed on the world's contract, made when first asked."""
    found = Amendment.objects.filter(contract=world.contract).first()
    return found or make_amendment(world.contract, actor=world.actor("requester"))


def page(**more: Any) -> Any:
    return lambda world: {"number": amendment_of(world).number, **more}


def amendment(world: World) -> dict[str, Any]:
    return {"uuid": amendment_of(world).uuid}


ROWS: dict[str, Row] = {
    "GET procurement:amendment_write": Row(WRITERS, lambda world: {"number": world.contract.number}),
    "GET procurement:amendment": Row(INSIDE, page()),
    "GET procurement:amendment_move": Row(APPROVER, page(slug="approuver")),
    **reading("amendment", INSIDE, amendment),
    "POST api:amendment-list": Row(
        WRITERS | only(OTHER_BUYER),
        data=lambda world: {},
    ),
    "PATCH api:amendment-detail": Row(only("requester"), amendment),
    **moves("amendment", "approve refuse", APPROVER, amendment),
    **moves("amendment", "withdraw", WRITERS, amendment),
}
