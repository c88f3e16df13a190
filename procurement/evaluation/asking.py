"""Questions to one supplier about its response, and responses that are set aside."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.ui.typography import date_text
from procurement.consultations.telling import tell_buyers, tell_supplier
from procurement.evaluation.enums import ClarificationKind, EvaluationState, SetAsideGround
from procurement.evaluation.evaluating import refuse_not_opened, refuse_unless
from procurement.models import ClarificationRequest, Consultation, Evaluation, OpenedResponse, SetAside

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

RUNNING = (EvaluationState.MARKING, EvaluationState.CONSENSUS)


def ask(
    evaluation: Evaluation,
    *,
    actor: Actor,
    response: OpenedResponse,
    kind: str,
    text: str,
    answer_by: dt.date,
) -> ClarificationRequest:
    """Raises MoveRefused once the ranking is fixed, RuleBroken."""
    if not text.strip():
        raise RuleBroken("question_empty", "Écrivez ce que vous demandez.", field="text")
    if answer_by <= timezone.localdate():
        raise RuleBroken("answer_too_soon", "Laissez au moins un jour pour répondre.", field="answer_by")
    made: list[ClarificationRequest] = []

    def apply(row: Evaluation) -> None:
        refuse_unless(row, *RUNNING)
        made.append(
            ClarificationRequest.objects.create(
                response=response, kind=kind, text=text, answer_by=answer_by, asked_by=actor.user
            )
        )

    with transaction.atomic():
        evaluation.touch("clarify", actor=actor, apply=apply, detail={"kind": kind})
        record(made[0], "ask", actor=actor, reason=text)
        supplier = response.deposit.supplier
        label = ClarificationKind(kind).label.lower()
        body = f"{text}\n\nRépondez avant la fin du {date_text(answer_by)}."
        tell_supplier(evaluation.consultation, supplier, f"{label.capitalize()} demandée", body)
    return made[0]


def answer(request: ClarificationRequest, *, actor: Actor, text: str) -> ClarificationRequest:
    """By the supplier, once, until the end of its last day (Paris). Raises MoveRefused, RuleBroken."""
    if not text.strip():
        raise RuleBroken("answer_empty", "Écrivez votre réponse.", field="answer")
    with transaction.atomic():
        row = ClarificationRequest.objects.select_for_update(of=("self",)).for_pages().get(pk=request.pk)
        refuse_answered(row)
        refuse_not_opened(Consultation.objects.get(pk=row.response.deposit.consultation_id))
        row.answer, row.answered_at, row.answered_by = text, timezone.now(), actor.user
        row.save(update_fields=["answer", "answered_at", "answered_by"])
        record(row, "answer", actor=actor)
        supplier = row.response.deposit.supplier.name
        tell_buyers(row.response.deposit.consultation, f"Réponse de {supplier}", text)
    return row


def refuse_answered(row: ClarificationRequest) -> None:
    """Raises MoveRefused when its time is over."""
    if row.answered_at is not None:
        raise MoveRefused("answered_already", "Cette demande a déjà sa réponse.")
    if row.is_over:
        raise MoveRefused(
            "answer_late", f"La réponse était attendue avant la fin du {date_text(row.answer_by)}."
        )


def set_aside(
    evaluation: Evaluation,
    *,
    actor: Actor,
    response: OpenedResponse,
    ground: str,
    reason: str,
    expected_version: int | None = None,
) -> Evaluation:
    """It is not ranked. As abnormally low, only once the supplier was asked and answered or did not in time.

    Raises MoveRefused, RuleBroken.
    """
    if not reason.strip():
        raise RuleBroken("reason_missing", "Donnez le motif : le fournisseur le lira.", field="reason")

    def apply(row: Evaluation) -> None:
        refuse_unless(row, *RUNNING)
        if response.set_asides.filter(lifted_at__isnull=True).exists():
            raise MoveRefused("set_aside_already", "Cette réponse est déjà écartée.", about=row)
        if ground == SetAsideGround.ABNORMALLY_LOW:
            _refuse_unasked(response)
        SetAside.objects.create(response=response, ground=ground, reason=reason, decided_by=actor.user)

    detail = {"supplier": response.deposit.supplier.name, "ground": ground}
    return evaluation.touch(
        "set_aside",
        actor=actor,
        apply=apply,
        reason=reason,
        expected_version=expected_version,
        detail=detail,
    )


def _refuse_unasked(response: OpenedResponse) -> None:
    asked = list(response.clarifications.filter(kind=ClarificationKind.LOW_PRICE))
    if not any(one.is_over for one in asked):
        message = (
            "Une offre n’est rejetée comme anormalement basse qu’après avoir demandé au fournisseur de "
            "justifier son prix, et reçu sa réponse ou passé son délai (articles L. 2152-6 et R. 2152-3)."
        )
        raise RuleBroken("low_price_not_asked", message, field="ground")


def lift(
    evaluation: Evaluation,
    *,
    actor: Actor,
    response: OpenedResponse,
    reason: str,
    expected_version: int | None = None,
) -> Evaluation:
    """The response is judged again. Raises MoveRefused, RuleBroken."""
    if not reason.strip():
        raise RuleBroken("reason_missing", "Donnez le motif de cette reprise.", field="reason")

    def apply(row: Evaluation) -> None:
        refuse_unless(row, *RUNNING)
        aside = response.set_asides.filter(lifted_at__isnull=True).first()
        if aside is None:
            raise MoveRefused("not_set_aside", "Cette réponse n’est pas écartée.", about=row)
        aside.lifted_at, aside.lifted_reason = timezone.now(), reason
        aside.save(update_fields=["lifted_at", "lifted_reason"])

    detail = {"supplier": response.deposit.supplier.name}
    return evaluation.touch(
        "lift", actor=actor, apply=apply, reason=reason, expected_version=expected_version, detail=detail
    )
