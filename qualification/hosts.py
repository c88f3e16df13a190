"""How many checks look at one host at a time, whichever workers run them. A site is not our bench.

A place is an advisory lock that PostgreSQL keeps for the session: given back when the look ends, and by
itself when the worker or its connection dies.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from qualification.doors import through
from qualification.fetcher import FetchResult, Limits, fetch

# Before work whose host is busy is claimed again, at the least.
BUSY_SECONDS = 3
# All the waiting of one piece of work for places, in seconds, and between two tries for one.
PATIENCE = 3.0
TRY_AGAIN = 0.1

# Of these numbers the first free one is taken; two hosts that share one only wait a little more.
_TAKE = """
SELECT hashtext(%s || ' ' || place) FROM generate_series(1, %s) AS place
WHERE pg_try_advisory_lock(hashtext('qualification.host'), hashtext(%s || ' ' || place)) LIMIT 1
"""
_GIVE_BACK = "SELECT pg_advisory_unlock(hashtext('qualification.host'), %s)"


class HostBusy(Exception):
    """`CHECKS_PER_HOST` looks are at this host already: come back later."""


@contextmanager
def place_at(host: str, *, patience: float = 0.0) -> Iterator[None]:
    """One look at `host`, two queries and one more for each tenth of a second waited, `patience` seconds at
    most; nothing for an empty host. Raises HostBusy. Outside a transaction, so that none stays open during
    the look. Who waits here holds no other place: see :class:`Looks`."""
    if not host:
        yield
        return
    taken = _taken(host, until=time.monotonic() + patience)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_BACK, [taken])


def _taken(host: str, *, until: float) -> int:
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, [host, settings.CHECKS_PER_HOST, host])
            row = cursor.fetchone()
        if row is not None:
            return int(row[0])
        if time.monotonic() >= until:
            raise HostBusy(host)
        time.sleep(TRY_AGAIN)


@dataclass(slots=True)
class Looks:
    """The places of one piece of work at several hosts, one at a time: each is given back before another is
    asked for, so two of them never wait for each other. ``patience``: seconds of waiting left. ``waits``: at
    the first host too; otherwise, nothing being done yet, the work comes back at once."""

    patience: float = PATIENCE
    waits: bool = True

    @contextmanager
    def place(self, host: str) -> Iterator[None]:
        """Raises HostBusy once the patience is spent: the whole work comes back later."""
        asked = time.monotonic()
        with place_at(host, patience=self.patience if self.waits else 0.0):
            self.patience = max(0.0, self.patience - (time.monotonic() - asked))
            self.waits = True
            yield

    def __call__(self, url: str, *, limits: Limits) -> FetchResult:
        """A fetch with a place at each host. Raises HostBusy."""
        with through(self.place):
            return fetch(url, limits=limits)
