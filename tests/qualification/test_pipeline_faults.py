"""The worker, then PostgreSQL, killed with -9 in the middle of the checks of several dossiers: every
check ends with one result and every dossier moves on once. Real worker, real broker, real database."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from marketplace.devtools.postgres import OWNER, SEALER, SERVING, throwaway_cluster

pytestmark = pytest.mark.broker

HOME = Path(__file__).resolve().parents[2]
DOSSIERS = 5
CHECKS = 6


@pytest.fixture(scope="module")
def cluster():
    with throwaway_cluster() as running:
        run_manage(running, "prepare_database")
        yield running


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


def run_manage(cluster, command):
    done = subprocess.run(
        [sys.executable, "manage.py", command],
        cwd=HOME,
        env=environment(cluster),
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]


def start_worker(cluster, log):
    command = [
        sys.executable, "-m", "celery", "-A", "tests.qualification.drill_app", "worker", "-B", "-l", "INFO",
        "-c", "2", "-Q", "checks,fetch,events", "--without-gossip", "--without-mingle", "--without-heartbeat",
        "--schedule", str(log.with_suffix(".beat")),
    ]  # fmt: skip
    with log.open("ab") as file:
        return subprocess.Popen(
            command, cwd=HOME, env=environment(cluster), stdout=file, stderr=file, start_new_session=True
        )


def kill(process):
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def rows(cluster, sql):
    with cluster.connect() as connection:
        return connection.execute(sql).fetchall()


def states(cluster):
    return dict(rows(cluster, "SELECT lease_state, count(*) FROM qualification_checkrun GROUP BY 1"))


def wait_until(condition, log, *, seconds):
    deadline = time.monotonic() + seconds
    while True:
        try:
            if condition():
                return
        except psycopg.OperationalError:
            pass
        assert time.monotonic() < deadline, log.read_text()[-4000:]
        time.sleep(0.1)


def test_nothing_is_lost_and_nothing_is_written_twice(cluster, tmp_path):
    log = tmp_path / "worker.log"
    sent = subprocess.run(
        [sys.executable, "-m", "tests.qualification.drill_app", str(DOSSIERS)],
        cwd=HOME, env=environment(cluster), capture_output=True, text=True,
    )  # fmt: skip
    assert sent.stdout == str(DOSSIERS), sent.stderr[-3000:]
    worker = start_worker(cluster, log)
    try:
        wait_until(lambda: states(cluster).get("done", 0) >= 4, log, seconds=60)
        kill(worker)
        assert states(cluster).get("done", 0) < DOSSIERS * CHECKS, "killed in the middle"
        worker = start_worker(cluster, log)
        wait_until(lambda: states(cluster).get("done", 0) >= 10, log, seconds=60)
        cluster.process.kill()
        cluster.process.wait()
        time.sleep(1)
        cluster.start()
        wait_until(lambda: states(cluster) == {"done": DOSSIERS * CHECKS}, log, seconds=60)
        wait_until(
            lambda: rows(cluster, "SELECT DISTINCT state FROM qualification_dossier") == [("instruction",)],
            log,
            seconds=20,
        )
    finally:
        if worker.poll() is None:
            kill(worker)
    written = "FROM qualification_checkrun WHERE verdict <> '' GROUP BY dossier_id, check_code"
    counts = [count for (count,) in rows(cluster, f"SELECT count(*) {written}")]
    assert counts == [1] * DOSSIERS * CHECKS
    moved = rows(
        cluster, "SELECT count(*) FROM audit_auditevent WHERE what = 'end_checks' GROUP BY object_id"
    )
    assert moved == [(1,)] * DOSSIERS
    attempts = rows(cluster, "SELECT max(attempt) FROM qualification_checkrun")
    assert attempts[0][0] >= 2, "a run was taken again after a death"
