"""Projects, analyses, orders, contracts: the ministry's people, the supplier once sent, the auditor."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from procurement.models import ContractReview
from tests.habits.matrix.rows import (
    BUYERS,
    EVERYBODY,
    OTHER_BUYER,
    SIGNED_IN,
    SUPPLIERS,
    Row,
    only,
)
from tests.habits.matrix.world import World

Kwargs = Callable[[World], dict[str, Any]]
INSIDE = BUYERS | only("auditor")
BOTH_SIDES = INSIDE | SUPPLIERS
REQUESTER, AUTHORITY = only("requester"), only("qualified_authority")


def sheet(world: World) -> dict[str, Any]:
    return {"number": world.offer.number, "slug": world.offer.slug}


def used_sheet(world: World) -> dict[str, Any]:
    """On which the ministry has a contract."""
    assert world.contract
    return sheet(world)


def said(**more: Any) -> Kwargs:
    return lambda world: {"uuid": world.user_review.uuid, **more}


def agreed(world: World) -> dict[str, Any]:
    return {"uuid": world.peer_consent.uuid}


def asked(**more: Any) -> Kwargs:
    return lambda world: {"uuid": world.peer_message.uuid, **more}


def vehicle(world: World) -> dict[str, Any]:
    from tests.procurement.order_builders import make_vehicle

    return {"number": make_vehicle(world.ministry, kind="framework").number}


def vehicle_lot(world: World) -> dict[str, Any]:
    return {**vehicle(world), "lot": 1}


def project(**more: Any) -> Kwargs:
    return lambda world: {"number": world.project.number, **more}


def analysis(**more: Any) -> Kwargs:
    return lambda world: {"number": world.analysis.project.number, **more}


def decided(**more: Any) -> Kwargs:
    return lambda world: {"number": world.decided_project.number, **more}


def order(state: str, **more: Any) -> Kwargs:
    return lambda world: {"number": world.order(state).number, **more}


def draft(**more: Any) -> Kwargs:
    def kwargs(world: World) -> dict[str, Any]:
        found = world.order("draft")
        return {"number": found.project.number, "order_number": found.number, **more}

    return kwargs


def contract(**more: Any) -> Kwargs:
    return lambda world: {"number": world.contract.number, **more}


def review(world: World) -> dict[str, Any]:
    found = ContractReview.objects.create(
        contract=world.contract,
        event_uuid=uuid.uuid4(),
        kind="review",
        scheme="secnumcloud",
        status="suspended",
        opened_on=timezone.localdate(),
    )
    return {"number": world.contract.number, "uuid": found.uuid}


PROJECTS: dict[str, Row] = {
    "GET procurement:try_doctrine": Row(EVERYBODY),
    "GET procurement:routes": Row(EVERYBODY),
    "GET procurement:projects": Row(SIGNED_IN),
    "GET procurement:project_create": Row(REQUESTER | only(OTHER_BUYER)),
    "GET procurement:add_offers": Row(
        REQUESTER | only(OTHER_BUYER), query=lambda world: f"?offre={world.offer.number}"
    ),
    "GET procurement:project": Row(INSIDE, project()),
    "GET procurement:project_edit": Row(REQUESTER, project()),
    "GET procurement:project_authors": Row(REQUESTER, project()),
    "GET procurement:project_abandon": Row(REQUESTER, project()),
    "POST procurement:project_move": Row(REQUESTER, decided(name="source")),
    "GET procurement:project_assessment": Row(INSIDE, analysis()),
    "POST procurement:assessment_ask": Row(REQUESTER, project()),
    "POST procurement:assessment_resume": Row(REQUESTER, analysis()),
    "POST procurement:assessment_restart": Row(REQUESTER, decided()),
    "GET procurement:assessment_advise": Row(only("security_officer"), analysis(kind="rssi")),
    "GET procurement:assessment_decide": Row(AUTHORITY, analysis()),
    "GET procurement:assessment_send_back": Row(AUTHORITY, analysis()),
    "GET procurement:project_offers": Row(INSIDE, decided()),
    "POST procurement:project_keep": Row(
        REQUESTER, decided(), data=lambda world: {"offre": str(world.offer.number)}
    ),
    "GET procurement:project_shortlist": Row(INSIDE, decided()),
    "GET procurement:project_freeze": Row(REQUESTER, decided()),
}


def derogation(**more: Any) -> Kwargs:
    return lambda world: {"number": world.derogation.project.number, **more}


def chosen(world: World) -> dict[str, Any]:
    return {"number": world.route_choice.project.number}


def asked_route(world: World) -> dict[str, str]:
    assert world.decided_project
    return {"route": "dispense", "value_eur_ht": "45000", "homogeneous_eur_ht": "0"}


DEROGATIONS: dict[str, Row] = {
    "GET procurement:project_route": Row(INSIDE, chosen),
    "POST procurement:route_choose": Row(REQUESTER, decided(), data=asked_route),
    "GET procurement:route_confirm": Row(only("purchasing"), chosen),
    "GET procurement:route_refuse": Row(only("purchasing"), chosen),
    "GET procurement:project_need": Row(REQUESTER, decided()),
    "GET procurement:derogation": Row(INSIDE, derogation()),
    "GET procurement:derogation_ask": Row(REQUESTER, lambda world: {"number": world.engaged_project.number}),
    "GET procurement:derogation_act": Row(AUTHORITY | only("dnum"), derogation(words="signer")),
    "GET procurement:derogation_document": Row(
        INSIDE,
        lambda world: {"number": world.derogation.project.number, "uuid": world.derogation.acts.get().uuid},
    ),
}
ORDERS: dict[str, Row] = {
    "GET procurement:offer_reviews": Row(EVERYBODY, sheet),
    "GET procurement:review_write": Row(BUYERS, used_sheet),
    "GET procurement:user_review": Row(EVERYBODY, said()),
    "GET procurement:review_revise": Row(BUYERS, said()),
    "GET procurement:review_act": Row(only("curator"), said(words="masquer")),
    "GET procurement:moderated_reviews": Row(only("curator", "decision_maker", "auditor")),
    "GET procurement:peers": Row(INSIDE | only(OTHER_BUYER)),
    "GET procurement:peer_consent": Row(only("requester", "purchasing", "organisation_admin"), used_sheet),
    "GET procurement:peer_write": Row(only(OTHER_BUYER), agreed),
    "GET procurement:peer_withdraw": Row(only("requester", "organisation_admin"), agreed),
    "GET procurement:peer_message": Row(only("requester", OTHER_BUYER, "auditor"), asked()),
    "GET procurement:peer_message_act": Row(REQUESTER, asked(words="repondre")),
    "GET procurement:orders": Row(SIGNED_IN),
    "GET procurement:order": Row(INSIDE, order("awaiting_approval")),
    "GET procurement:order_document": Row(BOTH_SIDES, order("sent")),
    "GET procurement:order_ubl": Row(BOTH_SIDES, order("sent")),
    "GET procurement:order_message": Row(BOTH_SIDES, order("sent")),
    "GET procurement:order_opinion": Row(only("data_officer"), order("awaiting_opinions", kind="dpo")),
    "GET procurement:order_move": Row(only("approver"), order("awaiting_approval", slug="approuver")),
    "GET procurement:order_create": Row(REQUESTER, lambda world: {"number": world.purchase.project.number}),
    "GET procurement:order_reprice": Row(REQUESTER, draft()),
    "GET procurement:order_step": Row(REQUESTER, draft(slug="periode")),
    "GET procurement:contracts": Row(SIGNED_IN),
    "GET procurement:contract": Row(BOTH_SIDES, contract()),
    "GET procurement:contract_move": Row(only("purchasing", "requester"), contract(slug="terminer")),
    "GET procurement:contract_review": Row(only("purchasing", "requester"), review),
    "GET procurement:vehicles": Row(BUYERS | only(OTHER_BUYER)),
    "GET procurement:vehicle": Row(INSIDE, vehicle),
    "GET procurement:vehicle_lot_add": Row(only("organisation_admin", "purchasing"), vehicle),
    "GET procurement:vehicle_lot_edit": Row(only("organisation_admin", "purchasing"), vehicle_lot),
    "GET procurement:vehicle_edit": Row(only("organisation_admin", "purchasing"), vehicle),
    "GET procurement:vehicle_create": Row(only("organisation_admin", "purchasing", OTHER_BUYER)),
}
ROWS: dict[str, Row] = {**PROJECTS, **DEROGATIONS, **ORDERS}
