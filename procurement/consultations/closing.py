"""The closing: by the clock, alone with the lock, it fixes the set of deposits and says nothing of it."""

from __future__ import annotations

import datetime as dt
import secrets
from typing import Any

from django.db import transaction

from marketplace.accounts.actors import system_actor
from marketplace.errors import MoveRefused
from procurement.consultations.clock import SETTLING, database_now
from procurement.consultations.drafts import purge
from procurement.consultations.enums import ConsultationState
from procurement.consultations.sealing.contexts import commitment
from procurement.models import Consultation, SealedDeposit

CLOCK = system_actor("consultations")
AT_ONCE = 100


def entries_of(consultation: Consultation) -> list[dict[str, Any]]:
    """Every deposit of the register, in one order; what the commitment is made of. One query."""
    rows = SealedDeposit.objects.filter(consultation=consultation).for_pages()
    return [
        {
            "deposit": str(row.uuid),
            "lot": row.lot.number,
            "supplier": str(row.supplier.uuid),
            "sequence": row.sequence,
            "received_at": row.received_at.astimezone(dt.UTC).isoformat(),
            "sha256": row.ciphertext_sha256,
            "key": row.key.fingerprint,
        }
        for row in rows.order_by("uuid")
    ]


def close(consultation: Consultation) -> Consultation:
    """Raises MoveRefused before the deadline and the time that late locks may take."""
    salt = secrets.token_hex(16)
    with transaction.atomic():
        # Waits for the deposits that hold the lock: all that came in time are in the register then.
        row = Consultation.objects.select_for_update(of=("self",)).get(pk=consultation.pk)
        row.check_move("close")
        now = database_now()
        if row.closes_at is None or now < row.closes_at + SETTLING:
            raise MoveRefused("not_over", "La clôture n’est pas encore passée.", about=row)
        fixed = commitment(entries_of(row), salt=salt)

        def apply(locked: Consultation) -> None:
            locked.closed_at, locked.commitment, locked.commitment_salt = now, fixed, salt

        row.perform("close", actor=CLOCK, apply=apply, detail={"commitment": fixed})
        purge(row, actor=CLOCK)
    consultation.refresh_from_db()
    return consultation


def close_if_due(consultation: Consultation) -> Consultation:
    """For who comes before the beat did."""
    due = consultation.state == ConsultationState.PUBLISHED and consultation.closes_at is not None
    if due and consultation.closes_at is not None and database_now() >= consultation.closes_at + SETTLING:
        return close(consultation)
    return consultation


def close_due() -> int:
    """All those whose deadline has passed. Safe to run twice. Returns how many were closed."""
    closed = 0
    for row in Consultation.objects.to_close(database_now() - SETTLING).order_by("closes_at")[:AT_ONCE]:
        try:
            close(row)
        except MoveRefused:  # another process did, or it was extended meanwhile
            continue
        closed += 1
    return closed
