"""Loading dated reference data, and asking which edition holds on a day."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from django.db import transaction
from django.utils import timezone

from marketplace.audit.journal import canonical
from marketplace.reference.models import ReferenceRelease


def load_release(
    name: str,
    *,
    edition: str,
    payload: Any,
    in_force_from: dt.date,
    source: str = "",
    read_on: dt.date | None = None,
) -> tuple[ReferenceRelease, bool]:
    """Keep one edition; safe to run twice. True when it is new (same content: same sha256)."""
    sha256 = hashlib.sha256(canonical({"payload": payload})).hexdigest()
    with transaction.atomic():
        return ReferenceRelease.objects.get_or_create(
            name=name,
            edition=edition,
            sha256=sha256,
            defaults={
                "payload": payload,
                "in_force_from": in_force_from,
                "source": source,
                "read_on": read_on,
            },
        )


def current_release(name: str, *, on: dt.date | None = None) -> ReferenceRelease | None:
    """The edition in force on a day (default today); None when none was loaded. One query."""
    return ReferenceRelease.objects.in_force(name, on or timezone.localdate()).first()
