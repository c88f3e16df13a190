"""Evaluations on « Mon bureau »: marks to give, questions to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from procurement.consultations.enums import ConsultationState
from procurement.evaluation.enums import EvaluationState
from procurement.models import ClarificationRequest, Evaluator

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST = 50


def rows(actor: Actor) -> list[Rows]:
    """One reading for a person of an administration or who signs for a supplier."""
    if actor.user is None or not actor.roles:
        return []
    if actor.is_buyer:
        return [_of_evaluator(actor)]
    return [_of_supplier(actor)] if actor.is_supplier and actor.has(Role.SUPPLIER_MANAGER) else []


def _of_evaluator(actor: Actor) -> Rows:
    found = Evaluator.objects.filter(
        user=actor.user,
        given_at=None,
        evaluation__state=EvaluationState.MARKING,
        evaluation__consultation__state=ConsultationState.OPENED,
        evaluation__consultation__organisation=actor.organisation,
    ).exclude(has_interest=True)
    return one_row_each(
        found.select_related("evaluation__consultation").order_by("named_at")[:MOST],
        lambda one: DeskRow(
            object_label=str(one.evaluation),
            url=one.evaluation.get_absolute_url(),
            expected="Noter les réponses" if one.counts else "Déclarer ses liens, puis noter",
            since=one.named_at,
            button="Évaluer",
        ),
    )


def _of_supplier(actor: Actor) -> Rows:
    waiting = ClarificationRequest.objects.visible_to(actor).for_pages()
    found = waiting.filter(answered_at=None, answer_by__gte=timezone.localdate())
    return one_row_each(
        found.order_by("answer_by")[:MOST],
        lambda one: DeskRow(
            object_label=str(one.response.deposit.consultation),
            url=one.get_absolute_url(),
            expected="Répondre à une demande de précision",
            due_on=one.answer_by,
            since=one.asked_at,
            button="Répondre",
        ),
    )
