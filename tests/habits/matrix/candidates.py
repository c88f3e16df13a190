"""Candidates of a restricted procedure, pages and API: each supplier its own, the buyer after the term."""

from __future__ import annotations

from functools import cache
from typing import Any

from marketplace.accounts.enums import Role
from procurement.models import Candidate, Consultation
from tests.habits.matrix import api_consultations as rooms
from tests.habits.matrix.api import Kwargs, moves, reading
from tests.habits.matrix.rows import AUDITOR, BUYERS, OTHER_SUPPLIER, SUPPLIERS, Row, only
from tests.habits.matrix.world import World
from tests.procurement.candidates.builders import CALL, give, pass_term

INSIDE = BUYERS | AUDITOR
BUYER = only("purchasing")
APPLIES = only("supplier_manager", OTHER_SUPPLIER)
MANAGER = only("supplier_manager")


@cache
def called(world: World) -> Consultation:
    return rooms.room(world).published(**CALL)


@cache
def given(world: World) -> Candidate:
    """The world's supplier's, before the term."""
    return give(called(world), world.actor(Role.SUPPLIER_MANAGER))


def new_read(world: World) -> Candidate:
    made = rooms.room(world).published(**CALL)
    one = give(made, world.actor(Role.SUPPLIER_MANAGER))
    pass_term(made)
    return one


@cache
def read(world: World) -> Candidate:
    """After the term, not chosen."""
    return new_read(world)


def at_call(world: World) -> dict[str, Any]:
    return {"number": called(world).number}


def at(make: Any, **more: Any) -> Kwargs:
    return lambda world: {"number": make(world).number, **more}


def of(make: Any) -> Kwargs:
    return lambda world: {"uuid": make(world).uuid}


def paper(world: World) -> dict[str, Any]:
    made = read(world)
    return {"number": made.number, "uuid": made.papers.get().uuid}


PAGES: dict[str, Row] = {
    "GET procurement:candidates": Row(INSIDE, at_call),
    "GET procurement:candidate_apply": Row(APPLIES, at_call),
    "GET procurement:candidate": Row(INSIDE | SUPPLIERS, at(read)),
    "GET procurement:candidate_paper": Row(INSIDE | SUPPLIERS, paper),
    "GET procurement:candidate_act": Row(BUYER, at(read, words="retenir")),
}
API: dict[str, Row] = {
    **reading("candidate", INSIDE | SUPPLIERS, of(read)),
    "POST api:candidate-list": Row(APPLIES, data=lambda world: {"consultation": "x"}),
    "POST api:candidate-add-paper": Row(MANAGER, of(given)),
    **moves("candidate", "select reject", BUYER, of(read)),
    **moves("candidate", "withdraw", MANAGER, of(given)),
    **moves("consultation", "invite", BUYER, of(lambda world: read(world).consultation)),
}
ROWS: dict[str, Row] = {**PAGES, **API}
