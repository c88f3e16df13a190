"""Evaluations, pages and API: who names, who marks, who agrees, who is asked."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Any

from django.utils import timezone

from marketplace.accounts.enums import Role
from procurement.evaluation import agreeing, asking, evaluating
from procurement.models import ClarificationRequest, Evaluation, OpenedResponse
from tests.habits.matrix import api_consultations as rooms
from tests.habits.matrix.api import Kwargs, moves, reading
from tests.habits.matrix.rows import AUDITOR, BUYERS, OTHER_BUYER, SUPPLIERS, Row, only
from tests.habits.matrix.world import World
from tests.procurement.evaluation_builders import agree_all, free, mark_all, whole

INSIDE = BUYERS | AUDITOR
BUYER, EVALUATOR, SIGNS = only("purchasing"), only("requester"), only("supplier_manager")


@cache
def evaluation(world: World, state: str) -> Evaluation:
    return new(world, state)


def new(world: World, state: str = "marking") -> Evaluation:
    """The requester evaluates; in « marking » they declared no link."""
    buyer, requester = world.actor(Role.PURCHASING), world.actor(Role.REQUESTER)
    consultation = rooms.new(world, "opened")
    made = evaluating.begin(consultation, actor=buyer, people=[requester.user])
    if state == "marking":
        free(made, requester)
        return made
    mark_all(made, requester)
    agreeing.open_consensus(made, actor=buyer)
    if state == "evaluated":
        agree_all(made, buyer)
        agreeing.conclude(made, actor=buyer)
    return made


def response(world: World, state: str = "marking") -> OpenedResponse:
    return evaluation(world, state).consultation.deposits.get().opened


@cache
def clarification(world: World) -> ClarificationRequest:
    return ask(world)


def ask(world: World) -> ClarificationRequest:
    return asking.ask(
        whole(evaluation(world, "marking")),
        actor=world.actor(Role.PURCHASING),
        response=OpenedResponse.objects.for_pages().get(pk=response(world).pk),
        kind="clarification",
        text="Où est le site ?",
        answer_by=timezone.localdate() + dt.timedelta(days=3),
    )


def at(state: str = "marking", **more: Any) -> Kwargs:
    return lambda world: {"number": evaluation(world, state).consultation.number, **more}


def of(state: str = "marking") -> Kwargs:
    return lambda world: {"uuid": evaluation(world, state).uuid}


def opened(world: World) -> dict[str, Any]:
    return {"number": rooms.consultation(world, "opened").number}


def one_response(world: World) -> dict[str, Any]:
    return {"number": evaluation(world, "marking").consultation.number, "uuid": response(world).uuid}


def asked(world: World) -> dict[str, Any]:
    return {"number": evaluation(world, "marking").consultation.number, "uuid": clarification(world).uuid}


def uuid_of_asked(world: World) -> dict[str, Any]:
    return {"uuid": clarification(world).uuid}


PAGES: dict[str, Row] = {
    "GET procurement:evaluation": Row(INSIDE, at()),
    "GET procurement:evaluation_begin": Row(BUYER, opened),
    "GET procurement:evaluation_compare": Row(INSIDE, at()),
    "GET procurement:evaluation_people": Row(BUYER, at()),
    "GET procurement:evaluation_interest": Row(EVALUATOR, at()),
    "GET procurement:evaluation_mark": Row(EVALUATOR, at(position=2)),
    "GET procurement:evaluation_agree": Row(BUYER, at("consensus", position=2)),
    "GET procurement:evaluation_clarify": Row(BUYER, one_response),
    "GET procurement:evaluation_set_aside": Row(BUYER, one_response),
    "GET procurement:evaluation_act": Row(BUYER, at("consensus", words="classement")),
    "GET procurement:clarification": Row(INSIDE | SUPPLIERS, asked),
}
API: dict[str, Row] = {
    **reading("evaluation", INSIDE, of()),
    "POST api:evaluation-list": Row(
        BUYER | only(OTHER_BUYER), data=lambda world: {"consultation": "x", "people": []}
    ),
    **moves("evaluation", "name-evaluators open-consensus set-aside lift", BUYER, of()),
    **moves("evaluation", "declare-interest mark give", EVALUATOR, of()),
    **moves("evaluation", "agree conclude", BUYER, of("consensus")),
    **moves("evaluation", "resume", BUYER, of("evaluated")),
    **reading("clarification-request", INSIDE | SUPPLIERS, uuid_of_asked),
    "POST api:clarification-request-list": Row(
        BUYER | only(OTHER_BUYER), data=lambda world: {"response": "x"}
    ),
    **moves("clarification-request", "answer", SIGNS, uuid_of_asked),
}
ROWS: dict[str, Row] = {**PAGES, **API}
