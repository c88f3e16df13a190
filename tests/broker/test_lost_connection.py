"""A task that runs while the broker goes away: the worker connects again and takes the next task."""

import shutil
import time

import psycopg
import pytest
import redis

from bench.drill import Redis
from bench.server import free_port
from tests.broker.conftest import Workers, sender, wait_for

pytestmark = pytest.mark.broker

OUTAGE_SECONDS = 1.5


def count(record, word):
    return record.read_text().splitlines().count(word) if record.exists() else 0


def goes_on(workers, worker, send, record):
    """A task sent now is done, by this very worker."""
    send(record, 0.0, task="tests.patient")
    wait_for(lambda: count(record, "end") >= 1, seconds=40, otherwise=workers.log.read_text)
    assert worker.poll() is None, workers.log.read_text()


def cut(broker_url):
    """Every connection to the broker, which lives on and keeps its messages."""
    if broker_url.startswith("redis"):
        with redis.Redis.from_url(broker_url) as client:
            number = str(client.connection_pool.connection_kwargs.get("db", 0))
            mine = client.client_id()
            for each in client.client_list():
                if each["db"] == number and int(each["id"]) != mine:
                    client.client_kill_filter(_id=each["id"])
        return
    with psycopg.connect(broker_url.replace("pgmq:", "postgresql:")) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE pid <> pg_backend_pid() AND usename = current_user"
        )


def test_a_worker_outlives_the_connection_its_task_came_by(workers, send, broker_url, tmp_path):
    record = tmp_path / "before"
    worker = workers.start()
    send(record, 2.0, task="tests.patient")
    wait_for(lambda: count(record, "start") == 1, seconds=60, otherwise=workers.log.read_text)
    cut(broker_url)
    wait_for(lambda: count(record, "end") >= 1, seconds=30, otherwise=workers.log.read_text)
    goes_on(workers, worker, send, tmp_path / "after")


@pytest.fixture
def mortal(tmp_path):
    """A Redis of the test's own, that keeps nothing."""
    if shutil.which("redis-server") is None:
        pytest.skip("no redis-server to start and kill")
    server = Redis(tmp_path, free_port())
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize("seconds", [OUTAGE_SECONDS / 3, OUTAGE_SECONDS * 2])
@pytest.mark.parametrize("tasks", [1, 6], ids=["the worker waits for more", "its hands are full"])
def test_a_worker_outlives_its_redis(mortal, tmp_path, seconds, tasks):
    """kombu 5.7 ended the worker of the first case (marketplace.redis_transport)."""
    workers, send, record = Workers(mortal.url, tmp_path / "log"), sender(mortal.url), tmp_path / "before"
    wait_for(lambda: answers(mortal), seconds=10, otherwise=lambda: "no Redis")
    worker = workers.start()
    try:
        for _ in range(tasks):
            send(record, seconds, task="tests.patient")
        wait_for(lambda: count(record, "start") >= 1, seconds=60, otherwise=workers.log.read_text)
        time.sleep(0.2)
        mortal.kill()
        time.sleep(OUTAGE_SECONDS)
        mortal.start()
        wait_for(lambda: count(record, "end") >= 1, seconds=30, otherwise=workers.log.read_text)
        wait_for(lambda: answers(mortal), seconds=10, otherwise=lambda: "no Redis")
        goes_on(workers, worker, send, tmp_path / "after")
    finally:
        if worker.poll() is None:
            workers.kill(worker)


def answers(server):
    try:
        with redis.Redis.from_url(server.url) as client:
            return client.ping()
    except redis.exceptions.ConnectionError:
        return False
