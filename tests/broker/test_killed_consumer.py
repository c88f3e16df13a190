"""An event is consumed once through a worker killed with -9 in the middle of the reaction."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from marketplace.devtools.postgres import OWNER, SEALER, SERVING, throwaway_cluster
from tests.broker.conftest import wait_for

pytestmark = pytest.mark.broker
HOME = Path(__file__).resolve().parents[2]


def environment(cluster):
    return {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
        "DATABASE_URL": cluster.url(SERVING),
        "DATABASE_OWNER_URL": cluster.url(OWNER),
        "AUDIT_SEALER_DATABASE_URL": cluster.url(SEALER),
        "CELERY_BROKER_URL": cluster.url(SERVING, scheme="pgmq"),
        "CELERY_VISIBILITY_TIMEOUT": "5",
    }


def run(cluster, *words):
    done = subprocess.run(
        [sys.executable, *words], cwd=HOME, env=environment(cluster), capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def start_worker(cluster, log, *, app="tests.broker.event_app", queues="events"):
    command = [
        sys.executable, "-m", "celery", "-A", app, "worker", "-B", "-l", "INFO",
        "-c", "1", "-Q", queues, "--without-gossip", "--without-mingle", "--without-heartbeat",
        "--schedule", str(log.with_suffix(".beat")),
    ]  # fmt: skip
    with log.open("ab") as file:
        return subprocess.Popen(
            command, cwd=HOME, env=environment(cluster), stdout=file, stderr=file, start_new_session=True
        )


def kill(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def delivery(cluster):
    with psycopg.connect(cluster.url(SERVING)) as connection:
        return connection.execute("SELECT lease_state, attempt FROM events_eventdelivery").fetchone()


def effects(cluster):
    with psycopg.connect(cluster.url(SERVING)) as connection:
        row = connection.execute(
            "SELECT count(*) FROM events_domainevent WHERE kind = 'drill.effect'"
        ).fetchone()
    return row[0]


def test_an_event_is_consumed_once_through_a_killed_worker(tmp_path):
    log = tmp_path / "worker.log"
    with throwaway_cluster() as cluster:
        run(cluster, "manage.py", "prepare_database")
        run(cluster, "-m", "tests.broker.event_app")
        worker = start_worker(cluster, log)
        try:
            wait_for(lambda: delivery(cluster) == ("running", 1), seconds=60, otherwise=log.read_text)
            kill(worker)
            assert effects(cluster) == 0, "the reaction died with its transaction"
            worker = start_worker(cluster, log)
            wait_for(lambda: delivery(cluster)[0] == "done", seconds=60, otherwise=log.read_text)
        finally:
            if worker.poll() is None:
                kill(worker)
        assert effects(cluster) == 1
        assert delivery(cluster)[1] >= 2
