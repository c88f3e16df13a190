"""Usage statements and their service fait: pages and API."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from procurement.models import Contract, UsageStatement
from procurement.statements.writing import UsageFile
from tests.habits.matrix.api import BOTH_SIDES, moves, reading
from tests.habits.matrix.rows import OTHER_SUPPLIER, SUPPLIERS, Row, only
from tests.habits.matrix.world import World
from tests.procurement.statements.builders import make_statement, make_used_contract

USAGE = b"composant;quantite\nposte;10\n"
REQUESTER, FINANCE = only("requester"), only("finance")


def used_contract(world: World) -> Contract:
    """Of this year, made when first asked."""
    if "a_used_contract" not in world.__dict__:
        world.__dict__["a_used_contract"] = make_used_contract(world.purchase)
    found: Contract = world.__dict__["a_used_contract"]
    return found


def statement_of(world: World, state: str = "submitted") -> UsageStatement:
    """On a contract of its own state, made when first asked; `filed`: submitted, from a file."""
    name = f"a_statement_{state}"
    if name not in world.__dict__:
        contract = make_used_contract(world.purchase)
        values = {"rows": (), "file": UsageFile("janvier.csv", io.BytesIO(USAGE))} if state == "filed" else {}
        state = "submitted" if values else state
        world.__dict__[name] = make_statement(world.purchase, contract, state=state, **values)
    found: UsageStatement = world.__dict__[name]
    return found


def page(state: str, **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"number": statement_of(world, state).number, **more}


def of(state: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"uuid": statement_of(world, state).uuid}


def contract(world: World) -> dict[str, Any]:
    return {"number": used_contract(world).number}


ROWS: dict[str, Row] = {
    "GET procurement:statements": Row(BOTH_SIDES, contract),
    "GET procurement:statement_write": Row(SUPPLIERS, contract),
    "GET procurement:statement": Row(BOTH_SIDES, page("submitted")),
    "GET procurement:statement_edit": Row(SUPPLIERS, page("draft")),
    "GET procurement:statement_file": Row(SUPPLIERS, page("draft")),
    "GET procurement:statement_correct": Row(SUPPLIERS, page("draft")),
    "GET procurement:statement_document": Row(BOTH_SIDES, page("filed")),
    "GET procurement:statement_move": Row(REQUESTER, page("submitted", slug="attester")),
    **reading("usage-statement", BOTH_SIDES, of("submitted")),
    "POST api:usage-statement-list": Row(SUPPLIERS | only(OTHER_SUPPLIER)),
    "GET api:usage-statement-document": Row(BOTH_SIDES, of("filed")),
    **moves("usage-statement", "rows file corrections submit withdraw", SUPPLIERS, of("draft")),
    **moves("usage-statement", "attest refuse", REQUESTER, of("submitted")),
    **moves("usage-statement", "certify send-back", FINANCE, of("attested")),
}
