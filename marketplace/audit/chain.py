"""The chain: one link per event, appended by one process at a time, under the sealing role alone.

Events commit with the moves they tell, in any order. The chainer gives them their place afterwards,
so no move ever waits for another one's journal line.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import connections, transaction
from django.db.models import QuerySet

from marketplace.audit.journal import canonical
from marketplace.audit.models import AuditEvent, AuditSeal

GENESIS = "0" * 64
LOCK_KEY = 7_301_202_611
BATCH = 2_000
# A transaction that began before the last sealed event and commits after it is not a day long.
LATE_COMMIT = dt.timedelta(days=1)


def event_body(event: AuditEvent) -> dict[str, Any]:
    """What a link covers: every column of the event."""
    return {
        "uuid": str(event.uuid),
        "at": event.at.astimezone(dt.UTC).isoformat(timespec="microseconds"),
        "what": event.what,
        "object_type": event.object_type,
        "object_id": event.object_id,
        "object_number": event.object_number,
        "from_state": event.from_state,
        "to_state": event.to_state,
        "actor_kind": event.actor_kind,
        "user_id": event.user_id,
        "organisation_id": event.organisation_id,
        "concerned_ids": event.concerned_ids,
        "side_commitment": event.side_commitment,
    }


def link_hash(event: AuditEvent, *, seq: int, prev_hash: str) -> str:
    return hashlib.sha256(
        canonical({"seq": seq, "prev_hash": prev_hash, "event": event_body(event)})
    ).hexdigest()


def seal_events(*, batch: int = BATCH) -> int:
    """Append a link for up to ``batch`` committed events; how many. 0 when another process is at it.

    Takes a transaction's advisory lock. Safe to run twice, from anywhere.
    """
    alias = settings.AUDIT_SEALER_ALIAS
    with transaction.atomic(using=alias):
        if not _lock(alias):
            return 0
        last = AuditSeal.objects.using(alias).select_related("event").order_by("-seq").first()
        seals = list(_links(_unsealed(alias, last=last)[:batch], last=last))
        AuditSeal.objects.using(alias).bulk_create(seals)
    return len(seals)


def _lock(alias: str) -> bool:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK_KEY])
        return bool(cursor.fetchone()[0])


def _unsealed(alias: str, *, last: AuditSeal | None) -> QuerySet[AuditEvent]:
    events = AuditEvent.objects.using(alias).filter(seal__isnull=True).order_by("pk")
    if last is None:
        return events
    # Keeps the search on the recent end of the index; verify_audit looks at the whole table.
    return events.filter(at__gte=last.event.at - LATE_COMMIT)


def _links(events: Iterable[AuditEvent], *, last: AuditSeal | None) -> Iterable[AuditSeal]:
    seq, prev_hash = (last.seq, last.hash) if last is not None else (0, GENESIS)
    for event in events:
        seq += 1
        found = link_hash(event, seq=seq, prev_hash=prev_hash)
        yield AuditSeal(seq=seq, event=event, prev_hash=prev_hash, hash=found)
        prev_hash = found
