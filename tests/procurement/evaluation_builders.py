"""Evaluations for tests, from an opened consultation of two suppliers, made by the same actions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from marketplace.accounts.actors import Actor
from procurement.awards import deciding
from procurement.evaluation import agreeing, evaluating
from procurement.evaluation.evaluating import MarkGiven
from procurement.evaluation.sheet import judged_criteria, judged_responses
from procurement.models import Award, Consultation, Evaluation, OpenedResponse
from tests.procurement.consultation_builders import Room, make_deposit, make_supplier


def opened(
    room: Room, prices: dict[str, str], consultation: Consultation | None = None, **content: Any
) -> Consultation:
    """`prices`: unit price by supplier's name. `consultation`: one that is opened already."""
    if consultation is not None:
        return consultation
    made = room.published(**content)
    for name, price in prices.items():
        make_deposit(made, make_supplier(name=name)[1], price=price)
    return room.open(room.closed(made))


def begun(room: Room, prices: dict[str, str], *people: Actor, **content: Any) -> Evaluation:
    """The requester and the purchasing person evaluate, unless others are given."""
    named = [actor.user for actor in people or (room.requester, room.purchasing)]
    found = opened(room, prices, **content)
    return whole(evaluating.begin(found, actor=room.purchasing, people=named))


def whole(evaluation: Evaluation) -> Evaluation:
    return Evaluation.objects.with_sheet().get(pk=evaluation.pk)


def response_of(evaluation: Evaluation, supplier: str) -> OpenedResponse:
    return OpenedResponse.objects.for_pages().get(
        deposit__consultation=evaluation.consultation, deposit__supplier__name=supplier
    )


def free(evaluation: Evaluation, actor: Actor) -> None:
    """Without any link."""
    evaluating.declare_interest(evaluation, actor=actor, has_interest=False)


def marks(evaluation: Evaluation, value: str) -> list[MarkGiven]:
    """The same mark for every response judged."""
    rows = judged_responses(whole(evaluation))
    return [MarkGiven(one.response, Decimal(value), f"Vaut {value}.") for one in rows]


def mark_all(evaluation: Evaluation, actor: Actor, value: str = "12") -> None:
    """Declared, marked and given."""
    free(evaluation, actor)
    for criterion in judged_criteria(whole(evaluation)):
        evaluating.save_marks(evaluation, actor=actor, criterion=criterion, marks=marks(evaluation, value))
    evaluating.give(evaluation, actor=actor)


def agree_all(evaluation: Evaluation, actor: Actor, value: str = "12") -> None:
    for criterion in judged_criteria(whole(evaluation)):
        agreeing.agree(evaluation, actor=actor, criterion=criterion, marks=marks(evaluation, value))


def shared(room: Room, prices: dict[str, str], **content: Any) -> Evaluation:
    """All gave; the consensus is open."""
    made = begun(room, prices, **content)
    for actor in (room.requester, room.purchasing):
        mark_all(made, actor)
    return agreeing.open_consensus(made, actor=room.purchasing)


def concluded(room: Room, prices: dict[str, str], **content: Any) -> Evaluation:
    made = shared(room, prices, **content)
    agree_all(made, room.purchasing)
    return agreeing.conclude(made, actor=room.purchasing)


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def certificate(kind: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(f"{kind}.txt", f"Certificat {kind} d’essai.".encode())


def proposed(room: Room, prices: dict[str, str], **content: Any) -> Award:
    """To the best ranked; no certificate yet."""
    made = concluded(room, prices, **content)
    return propose(room, made)


def propose(room: Room, evaluation: Evaluation, *, rank: int = 0) -> Award:
    lot = evaluation.consultation.lots.get(number=1)
    row = evaluation.standings[0]["responses"][rank]
    response = response_of(evaluation, row["supplier"])
    made = deciding.propose(
        whole(evaluation), actor=room.purchasing, lot=lot, response=response, reason="La mieux classée."
    )
    return found_award(made)


def found_award(award: Award) -> Award:
    return Award.objects.for_pages().get(pk=award.pk)


def certified(room: Room, award: Award) -> Award:
    for kind in ("tax", "social"):
        deciding.add_certificate(award, actor=room.purchasing, kind=kind, file=certificate(kind))
    return found_award(award)


def decided(room: Room, prices: dict[str, str], **content: Any) -> Award:
    made = certified(room, proposed(room, prices, **content))
    return found_award(deciding.decide(made, actor=room.purchasing, checked=True))
