"""Consultations on « Mon bureau »: secrets to take or to prove, questions to answer, sets to open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from catalog.models.change import ClockTimestamp
from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from procurement.consultations.enums import ConsultationState
from procurement.consultations.keys import REPLACING_STATES
from procurement.models import Consultation, ConsultationQuestion, KeyHolder, KeyShare

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST = 50
# Until the deadline to respond, or to apply.
ANSWERABLE = Q(
    consultation__state=ConsultationState.PUBLISHED, consultation__closes_at__gt=ClockTimestamp()
) | Q(
    consultation__state=ConsultationState.CANDIDATURES,
    consultation__candidatures_until__gt=ClockTimestamp(),
)


def rows(actor: Actor) -> list[Rows]:
    """One reading for a person of an administration, none for the others."""
    if not actor.is_buyer or actor.user is None or not actor.roles:
        return []
    found = [_of_holder(actor)]
    if actor.has(Role.PURCHASING):
        found.append(_of_candidates(actor))
    return [*found, _of_questions(actor)] if actor.has(Role.REQUESTER, Role.PURCHASING) else found


def _of_holder(actor: Actor) -> Rows:
    unproved = KeyShare.objects.filter(
        holder=OuterRef("pk"), key__proved_at=None, key__retired_at=None, rehearsed_at=None
    )
    held = KeyHolder.objects.current().filter(user=actor.user, consultation__organisation=actor.organisation)
    found = held.filter(consultation__state__in=[*REPLACING_STATES, ConsultationState.CLOSED]).select_related(
        "consultation"
    )
    found = found.annotate(to_rehearse=Exists(unproved), read_at=ClockTimestamp())
    return one_row_each(found.order_by("named_at")[:MOST], _row_of_holder)


def _row_of_holder(holder: Any) -> DeskRow | None:
    """`to_rehearse` and `read_at` are annotated."""
    row, url = holder.consultation, holder.consultation.get_absolute_url()
    if row.phase_at(holder.read_at) == ConsultationState.CLOSED:
        return _row(row, f"{url}ouverture/", "Donner son secret pour l’ouverture", "Ouvrir")
    if not holder.has_secret:
        return _row(row, f"{url}cle/", "Prendre son secret", "Prendre mon secret")
    if holder.to_rehearse:
        return _row(row, f"{url}cle/", "Éprouver son secret", "Éprouver mon secret")
    return None


def _of_candidates(actor: Actor) -> Rows:
    """Candidatures that may be read now, and nobody invited yet."""
    waiting = Consultation.objects.filter(
        organisation=actor.organisation,
        state=ConsultationState.CANDIDATURES,
        candidatures_until__lte=ClockTimestamp(),
    )
    return one_row_each(
        waiting.order_by("candidatures_until")[:MOST],
        lambda row: DeskRow(
            object_label=str(row),
            url=f"{row.get_absolute_url()}candidatures/",
            expected="Choisir les candidats à inviter",
            since=row.candidatures_until,
            button="Lire les candidatures",
        ),
    )


def _of_questions(actor: Actor) -> Rows:
    waiting = ConsultationQuestion.objects.filter(
        ANSWERABLE,
        consultation__organisation=actor.organisation,
        answered_at=None,
    ).select_related("consultation")
    return one_row_each(
        waiting.order_by("asked_at")[:MOST],
        lambda one: DeskRow(
            object_label=f"Question, {one.consultation}",
            url=f"{one.consultation.get_absolute_url()}questions/{one.uuid}/",
            expected="Répondre à une question",
            due_on=one.consultation.answers_by,
            since=one.asked_at,
            button="Répondre",
        ),
    )


def _row(consultation: object, url: str, expected: str, button: str) -> DeskRow:
    since = getattr(consultation, "state_since", None)
    return DeskRow(object_label=str(consultation), url=url, expected=expected, since=since, button=button)
