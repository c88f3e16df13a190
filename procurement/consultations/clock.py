"""The one clock of a consultation, the database's, and the lock that deposits share."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from procurement.models import Consultation

# Between the deadline and the closing: a deposit whose last byte came in time takes its lock meanwhile.
SETTLING = dt.timedelta(seconds=10)


def database_now() -> dt.datetime:
    """The instant itself, not the transaction's start."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    now: dt.datetime = row[0]
    return now


def lock_shared(pk: int) -> Consultation:
    """The row as it is, held with the other deposits until the end of the transaction: who closes,
    extends or changes the key waits for all of them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procurement_consultation WHERE id = %s FOR SHARE", [pk])
    return Consultation.objects.select_related("organisation").get(pk=pk)
