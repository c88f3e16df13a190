"""Exit plans, the cost of moving and the security checklist: pages and API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from procurement.models import ExitPlan
from tests.habits.matrix.api import BOTH_SIDES, HOLDERS, INSIDE, contract_review, moves, reading
from tests.habits.matrix.procurement import review as review_of
from tests.habits.matrix.rows import OTHER_BUYER, Row, only
from tests.habits.matrix.world import World
from tests.procurement.exit.builders import make_exit, make_running_contract

SECURERS = only("requester", "security_officer")


def plan_of(world: World, state: str = "running") -> ExitPlan:
    """On a contract of its own, made when first asked."""
    name = f"an_exit_{state}"
    if name not in world.__dict__:
        world.__dict__[name] = make_exit(world.purchase, make_running_contract(world.purchase), state=state)
    found: ExitPlan = world.__dict__[name]
    return found


def page(state: str, **more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"number": plan_of(world, state).number, **more}


def of(state: str) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"uuid": plan_of(world, state).uuid}


def awaited(world: World) -> dict[str, Any]:
    plan = plan_of(world)
    export = plan.exports.filter(received_on__isnull=True).first()
    assert export is not None
    return {"number": plan.number, "uuid": export.uuid}


def contract(world: World, **more: Any) -> dict[str, Any]:
    return {"number": world.contract.number, **more}


def contract_id(world: World) -> dict[str, Any]:
    return {"uuid": world.contract.uuid}


ROWS: dict[str, Row] = {
    "GET procurement:exits": Row(BOTH_SIDES, contract),
    "GET procurement:exit_open": Row(HOLDERS, contract),
    "GET procurement:exit_plan": Row(BOTH_SIDES, page("running")),
    "GET procurement:exit_act": Row(HOLDERS, page("running", slug="exporter")),
    "GET procurement:exit_receive": Row(HOLDERS, awaited),
    "GET procurement:exit_certificate": Row(BOTH_SIDES, page("closed")),
    "GET procurement:review_moving": Row(INSIDE, review_of),
    "GET procurement:security_checklist": Row(INSIDE, contract),
    "GET procurement:security_check": Row(SECURERS, lambda world: contract(world, code="comptes")),
    **reading("exit-plan", BOTH_SIDES, of("running")),
    "GET api:exit-plan-certificate": Row(BOTH_SIDES, of("closed")),
    "POST api:exit-plan-list": Row(HOLDERS | only(OTHER_BUYER)),
    **moves("exit-plan", "give-notice", HOLDERS, of("preparing")),
    **moves(
        "exit-plan",
        "close abandon rehearse request-export receive-export record-erasure",
        HOLDERS,
        of("running"),
    ),
    "GET api:contract-security": Row(INSIDE, contract_id),
    "GET api:contract-waiting": Row(BOTH_SIDES, contract_id),
    "POST api:contract-answer-security": Row(SECURERS, contract_id),
    "GET api:contract-review-moving": Row(INSIDE, contract_review),
}
