"""Ten dossiers while workers, broker and PostgreSQL are killed with -9: every check ends with one result and
every dossier moves on once. The short form of `make drill`; real workers, real brokers, real database."""

from __future__ import annotations

import shutil

import pytest

from bench import drill

DOSSIERS = 10


@pytest.mark.broker
@pytest.mark.parametrize("broker", ["pgmq", pytest.param("redis", marks=pytest.mark.services)])
def test_nothing_is_lost_and_nothing_is_written_twice(broker: str) -> None:
    if broker == "redis" and shutil.which("redis-server") is None:
        pytest.skip("no redis-server to start and kill")
    with drill.ready(broker, check_seconds=0.15) as running:
        drill.run(running, dossiers=DOSSIERS, deaths=3, seconds=120)
        assert drill.verdict(running, dossiers=DOSSIERS) == []
        victims = {victim for victim, _ in running.killed}
        assert victims == ({"worker", "database"} if broker == "pgmq" else set(drill.VICTIMS))
