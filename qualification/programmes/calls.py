"""Calls: written, published, postponed, cancelled; and the one clock that says whether a call is open."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import connection, transaction

from marketplace.accounts.abilities import require
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.numbering import next_number
from marketplace.ui.typography import datetime_text
from qualification.programmes import tell
from qualification.programmes.abilities import call_abilities, calls_abilities
from qualification.programmes.enums import CallState
from qualification.programmes.facts import programmes
from qualification.programmes.models import ProgrammeCall

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

PARIS = "heure de Paris"
READ = "SELECT clock_timestamp(), state, opens_at, closes_at FROM qualification_programmecall WHERE id = %s"
# Nobody postpones or cancels the call until the transaction ends; other senders do not wait.
READ_AND_HOLD = f"{READ} FOR SHARE"


def create_call(
    *,
    actor: Actor,
    programme: str,
    title: str,
    opens_at: dt.datetime,
    closes_at: dt.datetime,
    source: str,
    source_url: str = "",
    description: str = "",
) -> ProgrammeCall:
    """A draft. Raises RuleBroken (unknown programme, seconds, closing before opening)."""
    require(calls_abilities(actor), "create")
    if programme not in programmes():
        raise RuleBroken("programme_unknown", "Ce programme n’existe pas.", field="programme")
    _check_times(opens_at, closes_at)
    with transaction.atomic():
        call = ProgrammeCall.objects.create(
            number=next_number("APC"),
            programme_code=programme,
            title=title,
            description=description,
            opens_at=opens_at,
            closes_at=closes_at,
            source=source,
            source_url=source_url,
            created_by=actor.user,
        )
        call.journal_creation(actor=actor, detail={"closes_at": closes_at.isoformat()})
    return call


def publish_call(call: ProgrammeCall, *, actor: Actor, expected_version: int | None = None) -> ProgrammeCall:
    """Raises RuleBroken when its cut-off has passed already."""
    with transaction.atomic():
        call.publish(actor=actor, expected_version=expected_version)
        require(call_abilities(actor, call), "publish")
        if read_clock(call)[0] >= call.closes_at:
            raise RuleBroken(
                "call_over", "La clôture est déjà passée : reportez-la d’abord.", field="closes_at"
            )
    return call


def cancel_call(
    call: ProgrammeCall, *, actor: Actor, reason: str, expected_version: int | None = None
) -> ProgrammeCall:
    with transaction.atomic():
        call.cancel(actor=actor, reason=reason, expected_version=expected_version)
        require(call_abilities(actor, call), "cancel")
        tell.call_changed(call, what=f"L’appel {call.number} est annulé", body=f"Motif : {reason}")
    return call


def postpone_call(
    call: ProgrammeCall,
    *,
    actor: Actor,
    closes_at: dt.datetime,
    reason: str,
    expected_version: int | None = None,
) -> ProgrammeCall:
    """Later only: what was promised to applicants is never shortened. Raises RuleBroken, MoveRefused."""
    _check_times(call.opens_at, closes_at)

    def apply(row: ProgrammeCall) -> None:
        require(call_abilities(actor, row), "postpone")
        _check_later(row, closes_at)
        row.closes_at = closes_at

    with transaction.atomic():
        detail = {"from": call.closes_at.isoformat(), "to": closes_at.isoformat()}
        call.touch(
            "postpone",
            actor=actor,
            apply=apply,
            reason=reason,
            expected_version=expected_version,
            detail=detail,
        )
        tell.call_changed(
            call,
            what=f"Clôture de {call.number} reportée",
            body=f"Nouvelle clôture : {datetime_text(closes_at)} ({PARIS}). Motif : {reason}",
        )
    return call


def _check_later(row: ProgrammeCall, closes_at: dt.datetime) -> None:
    if row.state == CallState.CANCELLED:
        raise MoveRefused(
            "call_cancelled", "Cet appel est annulé : sa clôture ne se reporte plus.", about=row
        )
    if closes_at <= row.closes_at:
        words = f"donnez une date après le {datetime_text(row.closes_at)}."
        raise RuleBroken("closing_sooner", f"Une clôture ne s’avance pas : {words}", field="closes_at")


def _check_times(opens_at: dt.datetime, closes_at: dt.datetime) -> None:
    if closes_at.second or closes_at.microsecond:
        raise RuleBroken("not_a_minute", "Donnez une clôture à la minute, sans secondes.", field="closes_at")
    if closes_at <= opens_at:
        raise RuleBroken("closes_before", "La clôture suit l’ouverture.", field="closes_at")


def refuse_unless_open(call: ProgrammeCall) -> dt.datetime:
    """The database's now, when the call is open at it. The call cannot be postponed meanwhile.

    Raises MoveRefused: before the opening, at the cut-off's minute or later, cancelled.
    """
    now, state, opens_at, closes_at = read_clock(call, share=connection.in_atomic_block)
    if state != CallState.PUBLISHED:
        raise MoveRefused("call_not_published", "Cet appel n’est pas ouvert.", about=call)
    if now < opens_at:
        raise MoveRefused(
            "call_upcoming", f"Cet appel ouvre le {datetime_text(opens_at)} ({PARIS}).", about=call
        )
    if now >= closes_at:
        raise MoveRefused(
            "call_closed",
            f"Cet appel a clos le {datetime_text(closes_at)} ({PARIS}). Rien n’a été envoyé ; "
            "votre brouillon est gardé.",
            about=call,
        )
    return now


def read_clock(
    call: ProgrammeCall, *, share: bool = False
) -> tuple[dt.datetime, str, dt.datetime, dt.datetime]:
    """The database's clock beside the call's own times, read together. One query."""
    with connection.cursor() as cursor:
        cursor.execute(READ_AND_HOLD if share else READ, [call.pk])
        return tuple(cursor.fetchone())
