"""The API of budgets and commitments."""

from __future__ import annotations

from typing import Any

from procurement.models import Commitment
from tests.habits.matrix.api import INSIDE, moves, reading
from tests.habits.matrix.pages_budgets import WRITERS, line_of
from tests.habits.matrix.rows import OTHER_BUYER, Row, only
from tests.habits.matrix.world import World


def budget(world: World) -> dict[str, Any]:
    return {"uuid": line_of(world).uuid}


def commitment(world: World) -> dict[str, Any]:
    world.order("approved")
    return {"uuid": Commitment.objects.latest("pk").uuid}


ROWS: dict[str, Row] = {
    **reading("budget", INSIDE, budget),
    "POST api:budget-list": Row(WRITERS | only(OTHER_BUYER)),
    "PATCH api:budget-detail": Row(WRITERS, budget),
    **moves("budget", "close reopen", WRITERS, budget),
    **reading("commitment", INSIDE, commitment),
}
