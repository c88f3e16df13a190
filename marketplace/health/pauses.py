"""A queue is paused, drains, and starts again. What is paused is the bell: the rows wait where they are.

Workers leave what they hear of a paused queue and the sweepers do not ring for it; a check already begun ends
and writes its result. Once nothing runs any more the queue is drained. After the pause the first sweep rings
for every row: nothing was lost, nothing was tried meanwhile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.health.models import PausableQueue, QueuePause

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User

PAUSED_ALREADY = "Cette file est déjà en pause. Rechargez la page."
NOT_PAUSED = "Cette file n’est pas en pause. Rechargez la page."
NO_REASON = "Dites pourquoi cette file est mise en pause : ceux qui attendent le liront."
PERSON_NEEDED = "Un compte de service ne met pas une file en pause : une personne en répond."


def is_paused(queue: str) -> bool:
    """One query for a queue that may be paused, none for the others."""
    return queue in PausableQueue.values and QueuePause.objects.open().filter(queue=queue).exists()


def pause(queue: str, *, actor: Actor, reason: str) -> QueuePause:
    """Raises RuleBroken without a reason, MoveRefused (409) when it is paused already."""
    person = _person(actor)
    if not reason.strip():
        raise RuleBroken("reason_missing", NO_REASON, field="reason")
    try:
        with transaction.atomic():
            row = QueuePause.objects.create(
                queue=PausableQueue(queue), reason=reason.strip(), paused_by=person
            )
            record(row, "pause_queue", actor=actor, reason=reason.strip(), detail={"queue": queue})
    except IntegrityError:
        raise MoveRefused("queue_paused", PAUSED_ALREADY) from None
    return row


def resume(queue: str, *, actor: Actor) -> QueuePause:
    """Raises MoveRefused (409) when it is not paused."""
    person = _person(actor)
    with transaction.atomic():
        row = QueuePause.objects.open().select_for_update(of=("self",)).filter(queue=queue).first()
        if row is None:
            raise MoveRefused("queue_not_paused", NOT_PAUSED)
        row.resumed_by, row.resumed_at = person, timezone.now()
        row.save(update_fields=["resumed_by", "resumed_at"])
        record(row, "resume_queue", actor=actor, detail={"queue": queue})
    return row


def _person(actor: Actor) -> User:
    if actor.user is None:
        raise NotAllowed("person_needed", PERSON_NEEDED)
    return actor.user
