"""Drills of the security contact: their pages, their API, and the link of the contact."""

from __future__ import annotations

from typing import Any

from qualification.drills.models import SecurityDrill
from tests.habits.matrix.api import moves, reading
from tests.habits.matrix.rows import EVERYBODY, OTHER_SUPPLIER, SUPPLIERS, Row, only
from tests.habits.matrix.world import World
from tests.qualification.drill_builders import give_contact, make_drill, send

HOLDERS = only("supplier_manager", "qualification_officer")
READERS = SUPPLIERS | only("qualification_officer", "decision_maker", "curator", "auditor")


def drill(world: World, state: str = "announced") -> SecurityDrill:
    """Of an offer of the world's supplier, announced by its manager."""
    return make_drill(world.dossier("draft").offer, world.actor("supplier_manager"), state=state)


def number(world: World) -> dict[str, Any]:
    return {"number": drill(world).number}


def uuid(world: World) -> dict[str, Any]:
    return {"uuid": drill(world).uuid}


def of_offer(world: World) -> dict[str, Any]:
    return {"number": world.draft.number}


def token(world: World) -> dict[str, Any]:
    return {"token": send(drill(world))}


def announcing(world: World) -> dict[str, str]:
    return {"offer": str(give_contact(world.draft).uuid)}


ROWS: dict[str, Row] = {
    "GET qualification:security_drills": Row(READERS, of_offer),
    "GET qualification:announce_drill": Row(HOLDERS, of_offer),
    "GET qualification:security_drill": Row(READERS, number),
    "GET qualification:cancel_drill": Row(HOLDERS, number),
    "GET qualification:answer_drill": Row(EVERYBODY, token),
    **reading("security-drill", READERS, uuid),
    "POST api:security-drill-list": Row(HOLDERS | only(OTHER_SUPPLIER), data=announcing),
    **moves("security-drill", "cancel", HOLDERS, uuid),
}
