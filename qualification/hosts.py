"""How many checks look at one host at a time, whichever workers run them. A site is not our bench.

A place is an advisory lock that PostgreSQL keeps for the session: given back when the look ends, and by
itself when the worker or its connection dies.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

# Of these numbers the first free one is taken; two hosts that share one only wait a little more.
_TAKE = """
SELECT hashtext(%s || ' ' || place) FROM generate_series(1, %s) AS place
WHERE pg_try_advisory_lock(hashtext('qualification.host'), hashtext(%s || ' ' || place)) LIMIT 1
"""
_GIVE_BACK = "SELECT pg_advisory_unlock(hashtext('qualification.host'), %s)"


class HostBusy(Exception):
    """`CHECKS_PER_HOST` looks are at this host already: come back later."""


def host_of(url: str) -> str:
    """Lower case, without the port; empty when the address has none or cannot be read."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


@contextmanager
def place_at(host: str) -> Iterator[None]:
    """One look at `host`, two queries; nothing for an empty one. Raises HostBusy. Outside a transaction, so
    that none stays open during the look."""
    if not host:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [host, settings.CHECKS_PER_HOST, host])
        taken = cursor.fetchone()
    if taken is None:
        raise HostBusy(host)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK, taken)
