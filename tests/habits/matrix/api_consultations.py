"""Consultations, pages and API: who writes, who buys, who holds a share, who answers, who reads."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.accounts.enums import Role
from procurement.consultations import talk, writing
from procurement.models import Consultation, ConsultationQuestion, ResponseDraft, SealedDeposit
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
from tests.procurement.consultation_builders import Room, make_deposit, make_draft, make_supplier

INSIDE = BUYERS | AUDITOR
WRITERS, BUYER = only("requester", "purchasing"), only("purchasing")
HOLDERS = only("finance", "dnum", "qualified_authority")
ANSWERING = SUPPLIERS | only(OTHER_SUPPLIER)
SIGNS = only("supplier_manager")


@cache
def room(world: World) -> Room:
    """The ministry's; both suppliers have their sheets."""
    for who in (Role.SUPPLIER_MANAGER, OTHER_SUPPLIER):
        make_supplier(world.the(who).organisation)
    return Room(
        world.ministry,
        requester=world.actor(Role.REQUESTER),
        purchasing=world.actor(Role.PURCHASING),
        holders=[world.actor(role) for role in (Role.FINANCE, Role.DNUM, Role.QUALIFIED_AUTHORITY)],
    )


@cache
def consultation(world: World, state: str) -> Consultation:
    return new(world, state)


def new(world: World, state: str) -> Consultation:
    own = room(world)
    if state == "draft":
        made = own.draft()
        upload = SimpleUploadedFile("cahier.txt", b"Cahier des charges.")
        writing.add_document(made, actor=own.requester, title="Cahier des charges", file=upload)
        return made
    if state == "named":
        return own.name(own.draft())
    if state in ("keyed", "proved", "published"):
        return getattr(own, state)()
    made = own.published()
    make_deposit(made, world.actor(Role.SUPPLIER_MANAGER), files=1)
    own.closed(made)
    return own.open(made) if state == "opened" else made


@cache
def draft(world: World) -> ResponseDraft:
    return make_draft(consultation(world, "published"), world.actor(Role.SUPPLIER_MANAGER), files=1)


@cache
def deposit(world: World) -> SealedDeposit:
    return make_deposit(consultation(world, "published"), world.actor(Role.SUPPLIER_MANAGER))


@cache
def question(world: World) -> ConsultationQuestion:
    published = consultation(world, "published")
    return talk.ask(published, actor=world.actor(Role.SUPPLIER_MANAGER), text="Combien de postes ?")


@cache
def answered(world: World) -> ConsultationQuestion:
    return talk.answer(question(world), actor=world.actor(Role.PURCHASING), text="Cent.")


def numbered(state: str, **more: Any) -> Kwargs:
    return lambda world: {"number": consultation(world, state).number, **more}


def of_draft(**more: Any) -> Kwargs:
    return lambda world: {"number": draft(world).consultation.number, "lot": 1, **more}


def of(state: str) -> Kwargs:
    return lambda world: {"uuid": consultation(world, state).uuid}


def uuid_of(make: Callable[[World], Any]) -> Kwargs:
    return lambda world: {"uuid": make(world).uuid}


def document(world: World) -> dict[str, Any]:
    found = consultation(world, "draft")
    return {"number": found.number, "uuid": found.documents.get().uuid}


def asked(world: World) -> dict[str, Any]:
    return {"number": consultation(world, "published").number, "uuid": question(world).uuid}


def received(world: World) -> dict[str, Any]:
    return {"number": consultation(world, "published").number, "uuid": deposit(world).uuid}


def opened(world: World) -> Any:
    return consultation(world, "opened").deposits.get().opened


def opened_response(world: World) -> dict[str, Any]:
    return {"number": consultation(world, "opened").number, "uuid": opened(world).uuid}


def opened_file(world: World) -> dict[str, Any]:
    kept = opened(world).files.get().file
    return {"number": consultation(world, "opened").number, "uuid": kept.uuid}


def routed(world: World) -> dict[str, Any]:
    return {"number": room(world).routed_project().number}


PAGES: dict[str, Row] = {
    "GET procurement:consultations": Row(EVERYBODY),
    "GET procurement:consultation": Row(EVERYBODY, numbered("published")),
    "GET procurement:consultation_document": Row(INSIDE, document),
    "GET procurement:consultation_begin": Row(WRITERS, routed),
    "GET procurement:consultation_edit": Row(WRITERS, numbered("draft")),
    "GET procurement:consultation_criteria": Row(WRITERS, numbered("draft")),
    "GET procurement:consultation_lots": Row(WRITERS, numbered("draft")),
    "GET procurement:consultation_prices": Row(WRITERS, numbered("draft", lot=1)),
    "GET procurement:consultation_notice": Row(WRITERS, numbered("draft")),
    "GET procurement:consultation_notice_record": Row(WRITERS, numbered("draft")),
    "GET procurement:consultation_notice_content": Row(WRITERS, numbered("draft", form="json")),
    "GET procurement:consultation_invited": Row(WRITERS, numbered("draft")),
    "GET procurement:consultation_add_document": Row(WRITERS, numbered("draft")),
    "GET procurement:consultation_key": Row(INSIDE, numbered("named")),
    "GET procurement:consultation_holders": Row(BUYER, numbered("draft")),
    "POST procurement:consultation_secret": Row(HOLDERS, numbered("named")),
    "GET procurement:consultation_rehearse": Row(HOLDERS, numbered("keyed")),
    "GET procurement:consultation_replace": Row(BUYER, numbered("keyed", position=1)),
    "GET procurement:consultation_ask": Row(ANSWERING, numbered("published")),
    "GET procurement:consultation_answer": Row(WRITERS, asked),
    "GET procurement:consultation_responses": Row(ANSWERING, numbered("published")),
    "GET procurement:response_edit": Row(SUPPLIERS, of_draft()),
    "POST procurement:response_begin": Row(ANSWERING, numbered("published", lot=1)),
    "POST procurement:response_add_file": Row(SUPPLIERS, of_draft()),
    "POST procurement:response_remove_file": Row(SUPPLIERS, of_draft(file="inconnu")),
    "GET procurement:response_deposit": Row(SIGNS, of_draft()),
    "GET procurement:response_drop": Row(SUPPLIERS, of_draft()),
    "GET procurement:deposit_receipt": Row(SUPPLIERS, received),
    "GET procurement:consultation_opening": Row(INSIDE, numbered("closed")),
    "GET procurement:opening_record": Row(INSIDE, numbered("opened")),
    "GET procurement:opened_response": Row(INSIDE, opened_response),
    "GET procurement:opened_file": Row(INSIDE, opened_file),
    "GET procurement:consultation_act": Row(BUYER, numbered("published", words="reporter")),
}
API: dict[str, Row] = {
    **reading("consultation", EVERYBODY, of("published"), lists=EVERYBODY),
    "POST api:consultation-list": Row(
        WRITERS | only(OTHER_BUYER),
        data=lambda world: {"project": "x"},
    ),
    "PATCH api:consultation-detail": Row(WRITERS, of("draft")),
    **moves("consultation", "publish", BUYER, of("proved")),
    **moves("consultation", "withdraw", BUYER, of("draft")),
    **moves("consultation", "declare-sans-suite", BUYER, of("published")),
    **moves("consultation", "declare-infructueux", BUYER, of("opened")),
    **moves("consultation", "name-holders", BUYER, of("draft")),
    **moves("consultation", "replace-holder", BUYER, of("keyed")),
    **moves("consultation", "take-secret", HOLDERS, of("named")),
    **moves("consultation", "rehearse", HOLDERS, of("keyed")),
    **moves("consultation", "give-secret", HOLDERS, of("closed")),
    **moves("consultation", "extend", BUYER, of("published")),
    **moves("consultation", "announce", WRITERS, of("published")),
    "GET api:consultation-eligibility": Row(ANSWERING, of("published")),
    "POST api:consultation-record-sending": Row(WRITERS, of("draft")),
    "GET api:consultation-notice": Row(WRITERS, of("draft")),
    "POST api:consultation-add-document": Row(WRITERS, of("draft")),
    "GET api:consultation-document": Row(
        INSIDE,
        lambda world: {
            "uuid": consultation(world, "draft").uuid,
            "document": consultation(world, "draft").documents.get().uuid,
        },
    ),
    "GET api:consultation-opening-record": Row(INSIDE, of("opened")),
    **reading("consultation-question", EVERYBODY, uuid_of(answered), lists=EVERYBODY),
    "POST api:consultation-question-list": Row(
        ANSWERING, data=lambda world: {"consultation": str(consultation(world, "published").uuid)}
    ),
    "POST api:consultation-question-answer-all": Row(WRITERS, uuid_of(question)),
    **reading("response-draft", SUPPLIERS, uuid_of(draft)),
    "POST api:response-draft-list": Row(
        ANSWERING,
        data=lambda world: {"consultation": str(consultation(world, "published").uuid), "lot": 1},
    ),
    "PATCH api:response-draft-detail": Row(SUPPLIERS, uuid_of(draft)),
    **moves("response-draft", "add-file remove-file drop", SUPPLIERS, uuid_of(draft)),
    **moves("response-draft", "deposit", SIGNS, uuid_of(draft)),
    **reading("sealed-deposit", SUPPLIERS, uuid_of(deposit)),
    **reading("opened-response", INSIDE | SUPPLIERS, uuid_of(opened)),
    "GET api:opened-response-file": Row(
        INSIDE | SUPPLIERS,
        lambda world: {"uuid": opened(world).uuid, "file": opened(world).files.get().file.uuid},
    ),
}
ROWS: dict[str, Row] = {**PAGES, **API}
