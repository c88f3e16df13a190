"""OCDS releases as they leave, one after the other whatever they are about."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection

from procurement.models import Consultation, Publication, PublicationRelease
from procurement.publication import ocds

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

# Releases are numbered in the order of their commits: whoever reads them by number misses none.
RELEASE_LOCK = 0x0CD5_0115


def one_at_a_time() -> None:
    """Until the end of the transaction. Before any row lock, so that two acts never wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RELEASE_LOCK])


def ocid_of(number: str) -> str:
    """Of the process known here by this number; kept once given, for the prefix may change."""
    return f"{settings.OCDS_PREFIX}-{number}"


def issue(ocid: str, before: PublicationRelease | None, *, at: dt.datetime, lot: int = 1) -> ocds.Issue:
    """The next release of a process. Call under `one_at_a_time`."""
    rank = 1 if before is None else before.rank + 1
    moment = at.astimezone(dt.UTC).replace(microsecond=0)
    return ocds.Issue(ocid, rank, moment, settings.OCDS_SIRET_SCHEME, lot)


def add(
    issue: ocds.Issue,
    written: dict[str, Any],
    *,
    actor: Actor,
    publication: Publication | None = None,
    consultation: Consultation | None = None,
    modification: dict[str, Any] | None = None,
) -> PublicationRelease:
    """Of one of both sources."""
    return PublicationRelease.objects.create(
        ocid=issue.ocid,
        publication=publication,
        consultation=consultation,
        rank=issue.rank,
        ocds=written,
        modification=modification,
        released_by=actor.user,
    )
