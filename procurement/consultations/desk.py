"""Consultations on « Mon bureau »: secrets to take or to prove, questions to answer, sets to open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef

from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow
from procurement.consultations.clock import database_now
from procurement.consultations.enums import ConsultationState
from procurement.consultations.keys import REPLACING_STATES
from procurement.models import ConsultationQuestion, KeyHolder, KeyShare

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST = 50


def rows(actor: Actor) -> list[DeskRow]:
    """Three queries for a person of an administration, none for the others."""
    if not actor.is_buyer or actor.user is None or not actor.roles:
        return []
    return [*_of_holder(actor), *_of_questions(actor)]


def _of_holder(actor: Actor) -> list[DeskRow]:
    unproved = KeyShare.objects.filter(
        holder=OuterRef("pk"), key__proved_at=None, key__retired_at=None, rehearsed_at=None
    )
    held = KeyHolder.objects.current().filter(user=actor.user, consultation__organisation=actor.organisation)
    found = held.filter(consultation__state__in=[*REPLACING_STATES, ConsultationState.CLOSED]).select_related(
        "consultation"
    )
    made, now = [], database_now()
    for holder in found.annotate(to_rehearse=Exists(unproved)).order_by("named_at")[:MOST]:
        row, url = holder.consultation, holder.consultation.get_absolute_url()
        if row.phase_at(now) == ConsultationState.CLOSED:
            made.append(_row(row, f"{url}ouverture/", "Donner son secret pour l’ouverture", "Ouvrir"))
        elif not holder.has_secret:
            made.append(_row(row, f"{url}cle/", "Prendre son secret", "Prendre mon secret"))
        elif holder.to_rehearse:
            made.append(_row(row, f"{url}cle/", "Éprouver son secret", "Éprouver mon secret"))
    return made


def _of_questions(actor: Actor) -> list[DeskRow]:
    if not actor.has(Role.REQUESTER, Role.PURCHASING):
        return []
    waiting = ConsultationQuestion.objects.filter(
        consultation__organisation=actor.organisation,
        consultation__closes_at__gt=database_now(),
        consultation__state=ConsultationState.PUBLISHED,
        answered_at=None,
    ).select_related("consultation")
    return [
        DeskRow(
            object_label=f"Question, {one.consultation}",
            url=f"{one.consultation.get_absolute_url()}questions/{one.uuid}/",
            expected="Répondre à une question",
            due_on=one.consultation.answers_by,
            since=one.asked_at,
            button="Répondre",
        )
        for one in waiting.order_by("asked_at")[:MOST]
    ]


def _row(consultation: object, url: str, expected: str, button: str) -> DeskRow:
    since = getattr(consultation, "state_since", None)
    return DeskRow(object_label=str(consultation), url=url, expected=expected, since=since, button=button)
