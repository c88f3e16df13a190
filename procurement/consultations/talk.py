"""Questions without a name, answered to all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.actors import system_actor
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken, TooManyTries
from marketplace.ui.typography import datetime_text
from procurement.consultations.clock import database_now
from procurement.consultations.gather import eligibility_of, supplier_of
from procurement.consultations.publishing import refuse_unchangeable
from procurement.consultations.telling import tell_all, tell_buyers
from procurement.models import Consultation, ConsultationQuestion

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

# Who asked is written nowhere in the journal.
NOBODY = system_actor("consultations")
MOST_WAITING = 20


def ask(consultation: Consultation, *, actor: Actor, text: str) -> ConsultationQuestion:
    """Raises NotAllowed with the condition that is not met, MoveRefused after the last hour for questions."""
    now = database_now()
    refuse_unchangeable(consultation, now=now)
    if consultation.questions_until is not None and now >= consultation.questions_until:
        raise MoveRefused(
            "questions_over",
            f"Les questions étaient reçues jusqu’au {datetime_text(consultation.questions_until)} "
            "(heure de Paris).",
            about=consultation,
        )
    result, supplier = eligibility_of(consultation, actor), supplier_of(actor)
    if not result.may_respond or supplier is None:
        raise NotAllowed("not_eligible", result.refusal)
    waiting = consultation.questions.filter(supplier=supplier, answered_at__isnull=True)
    if waiting.count() >= MOST_WAITING:
        raise TooManyTries("too_many_questions", f"{MOST_WAITING} questions attendent déjà.", field="text")
    with transaction.atomic():
        made = ConsultationQuestion.objects.create(consultation=consultation, supplier=supplier, text=text)
        record(consultation, "put_question", actor=NOBODY, detail={"question": made.pk})
        tell_buyers(consultation, "Question reçue", text)
    return made


def answer(question: ConsultationQuestion, *, actor: Actor, text: str) -> ConsultationQuestion:
    """To all, before the deadline to apply or to respond. Raises MoveRefused once answered or over,
    RuleBroken on an empty text."""
    if not text.strip():
        raise RuleBroken("answer_empty", "Écrivez la réponse.", field="answer")
    with transaction.atomic():
        rows = ConsultationQuestion.objects.select_for_update(of=("self",)).select_related("consultation")
        row = rows.get(pk=question.pk)
        if row.answered_at is not None:
            raise MoveRefused("answered_already", "Cette question a déjà sa réponse.")
        refuse_unchangeable(row.consultation, now=database_now())
        row.answer, row.answered_at, row.answered_by = text, timezone.now(), actor.user
        row.save(update_fields=["answer", "answered_at", "answered_by"])
        record(row.consultation, "answer_question", actor=actor, detail={"question": row.pk})
        tell_all(row.consultation, "Réponse à une question", f"{row.text}\n\n{text}")
    return row
