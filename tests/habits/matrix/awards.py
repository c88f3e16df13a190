"""Awards and letters, pages and API: who decides, who gives certificates, who reads."""

from __future__ import annotations

from functools import cache
from typing import Any

from marketplace.accounts.enums import Role
from procurement.awards import deciding, ending
from procurement.models import Award, LotOutcome, RejectionLetter
from tests.habits.matrix import api_consultations as rooms
from tests.habits.matrix import evaluation as evaluations
from tests.habits.matrix.api import Kwargs, moves, reading
from tests.habits.matrix.rows import (
    AUDITOR,
    BUYERS,
    EVERYBODY,
    OTHER_BUYER,
    OTHER_SUPPLIER,
    SUPPLIERS,
    Row,
    only,
)
from tests.habits.matrix.world import World
from tests.procurement.consultation_builders import make_deposit
from tests.procurement.evaluation_builders import certified, found_award, proposed

INSIDE = BUYERS | AUDITOR
BUYER = only("purchasing")
GIVES = only("purchasing", "supplier_manager")


@cache
def award(world: World, state: str) -> Award:
    return new(world, state)


def new(world: World, state: str = "proposed") -> Award:
    """The world's supplier is chosen, the other one is not."""
    room = rooms.room(world)
    consultation = room.published()
    for who, price in ((Role.SUPPLIER_MANAGER, "10.00"), (OTHER_SUPPLIER, "12.00")):
        make_deposit(consultation, world.actor(who), price=price)
    room.open(room.closed(consultation))
    made = proposed(room, {}, consultation=consultation)
    if state == "proposed":
        return made
    made = certified(room, made)
    if state != "certified":
        deciding.decide(made, actor=room.purchasing, checked=True)
    if state in ("letters_sent", "signed"):
        deciding.send_letters(found_award(made), actor=room.purchasing)
    if state == "signed":
        deciding.sign(found_award(made), actor=room.purchasing)
    return found_award(made)


def letter(world: World) -> RejectionLetter:
    return award(world, "letters_sent").letters.get()


@cache
def outcome(world: World) -> LotOutcome:
    found = rooms.new(world, "opened")
    lot = found.lots.get(number=1)
    return ending.end_lot(
        found, actor=rooms.room(world).purchasing, lot=lot, kind="sans_suite", reason="Essai."
    )


def of_outcome(world: World) -> dict[str, Any]:
    return {"uuid": outcome(world).uuid}


def numbered(state: str, **more: Any) -> Kwargs:
    return lambda world: {"number": award(world, state).number, **more}


def of(state: str) -> Kwargs:
    return lambda world: {"uuid": award(world, state).uuid}


def of_letter(world: World) -> dict[str, Any]:
    return {"uuid": letter(world).uuid}


def page_of_letter(world: World) -> dict[str, Any]:
    return {"number": letter(world).award.consultation.number, "uuid": letter(world).uuid}


def of_certificate(world: World) -> dict[str, Any]:
    made = award(world, "certified")
    return {"number": made.number, "uuid": made.certificates.all()[0].uuid}


PAGES: dict[str, Row] = {
    "GET procurement:awards": Row(INSIDE, evaluations.at("evaluated")),
    "GET procurement:award_propose": Row(BUYER, evaluations.at("evaluated", lot=1)),
    "GET procurement:lot_end": Row(BUYER, rooms.numbered("opened", lot=1)),
    "GET procurement:rejection_letter": Row(INSIDE | only(OTHER_SUPPLIER), page_of_letter),
    "GET procurement:award": Row(INSIDE | SUPPLIERS, numbered("proposed")),
    "GET procurement:award_add_certificate": Row(GIVES, numbered("proposed")),
    "GET procurement:award_certificate": Row(INSIDE | SUPPLIERS, of_certificate),
    "GET procurement:award_act": Row(BUYER, numbered("certified", words="decider")),
}
API: dict[str, Row] = {
    **reading("award", INSIDE | SUPPLIERS, of("proposed")),
    "POST api:award-list": Row(BUYER | only(OTHER_BUYER), data=lambda world: {"consultation": "x"}),
    "POST api:award-add-certificate": Row(GIVES, of("proposed")),
    **moves("award", "decide", BUYER, of("certified")),
    **moves("award", "send-letters", BUYER, of("decided")),
    **moves("award", "sign", BUYER, of("letters_sent")),
    **moves("award", "notify", BUYER, of("signed")),
    **moves("award", "drop", BUYER, of("proposed")),
    **reading("lot-outcome", EVERYBODY, of_outcome, lists=EVERYBODY),
    "POST api:lot-outcome-list": Row(BUYER | only(OTHER_BUYER), data=lambda world: {"consultation": "x"}),
    **reading("rejection-letter", INSIDE | only(OTHER_SUPPLIER), of_letter),
    "GET api:rejection-letter-pdf": Row(INSIDE | only(OTHER_SUPPLIER), of_letter),
}
ROWS: dict[str, Row] = {**PAGES, **API}
