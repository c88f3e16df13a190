"""What « ready » means: the database answers, no migration is missing, a worker ran the probe lately."""

import datetime as dt
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from marketplace.health.models import WorkerProbe

PROBE_AGE = dt.timedelta(seconds=15)


def readiness() -> dict[str, str]:
    """Return what is wrong, by part; empty when ready. One to three queries."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"database": "unreachable"}
    if missing_migrations():
        return {"migrations": "missing"}
    if not WorkerProbe.objects.all().is_fresh(within=PROBE_AGE):
        return {"worker": "no probe executed in the last 15 seconds"}
    return {}


def missing_migrations() -> bool:
    """True when the database lacks a migration of this code."""
    applied = set(MigrationRecorder(connection).applied_migrations())
    return not _known_migrations() <= applied


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """From the files, once a process: they do not change under a running server."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    replaced = {old for migration in loader.disk_migrations.values() for old in migration.replaces}
    return frozenset(loader.disk_migrations) - replaced
