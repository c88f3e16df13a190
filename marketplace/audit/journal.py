"""Writing a line of the journal, in the transaction of what it tells."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from marketplace.audit.models import AuditEvent, AuditSide

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def canonical(value: Mapping[str, Any]) -> bytes:
    """One byte string for one value: sorted keys, no spaces, UTF-8."""
    text = json.dumps(value, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def side_commitment(*, salt: str, actor_label: str, ip: str, reason: str, detail: Mapping[str, Any]) -> str:
    """SHA-256 over the salt and the side row: tells nothing once the row and its salt are gone."""
    body = {"salt": salt, "actor_label": actor_label, "ip": ip, "reason": reason, "detail": detail}
    return hashlib.sha256(canonical(body)).hexdigest()


def record(
    obj: models.Model,
    what: str,
    *,
    actor: Actor,
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Append one event about ``obj``. Call it inside the transaction that makes it true.

    ``reason`` and ``detail`` may hold names and free text: they go to the erasable side row. An
    object may say who else reads its lines with ``audit_organisation_ids() -> list[int]``.
    """
    # Round trip: what is hashed must equal what the database gives back (dates, Decimals as text).
    stored = json.loads(canonical(detail or {}))
    salt, label = secrets.token_hex(16), actor.label[:200]
    organisation = actor.organisation
    event = AuditEvent.objects.create(
        what=what,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        object_number=str(getattr(obj, "number", "") or ""),
        from_state=from_state,
        to_state=to_state,
        actor_kind=_kind(actor),
        user_id=actor.user.pk if actor.user else None,
        organisation_id=organisation.pk if organisation else None,
        concerned_ids=_concerned(obj, organisation.pk if organisation else None),
        side_commitment=side_commitment(
            salt=salt, actor_label=label, ip=actor.ip, reason=reason, detail=stored
        ),
    )
    AuditSide.objects.create(
        event=event, salt=salt, actor_label=label, ip=actor.ip, reason=reason, detail=stored
    )
    return event


def _kind(actor: Actor) -> str:
    if actor.service_account is not None:
        return "service_account"
    return "person" if actor.user is not None else "system" if actor.system else "visitor"


def _concerned(obj: models.Model, organisation_id: int | None) -> list[int]:
    of_object = getattr(obj, "audit_organisation_ids", None)
    ids = set(of_object()) if callable(of_object) else set()
    return sorted(ids | ({organisation_id} if organisation_id else set()))
