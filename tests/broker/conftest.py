import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
import redis
from celery import Celery

from marketplace.devtools.grants import open_broker
from marketplace.devtools.postgres import OWNER, SERVING, throwaway_cluster
from marketplace.devtools.queues import make_queues
from tests.support.needs import REDIS_URL

HOME = Path(__file__).resolve().parents[2]
VISIBILITY_SECONDS = 4


@pytest.fixture(scope="module", params=["pgmq", pytest.param("redis", marks=pytest.mark.services)])
def broker_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Queues made by the owner, used by the serving login; or an emptied Redis database."""
    if request.param == "redis":
        with redis.Redis.from_url(REDIS_URL) as client:
            client.flushdb()
            yield REDIS_URL
            client.flushdb()
        return
    with throwaway_cluster() as cluster:
        with psycopg.connect(cluster.url(OWNER)) as connection:
            make_queues(connection)
            make_queues(connection)
            open_broker(connection, login=SERVING)
        yield cluster.url(SERVING, scheme="pgmq")


def waiting_readers(client: redis.Redis) -> list[dict[str, str]]:
    """The connections blocked on a queue (BRPOP) of the database this client uses."""
    number = str(client.connection_pool.connection_kwargs.get("db", 0))
    return [each for each in client.client_list() if each["db"] == number and "b" in each["flags"]]


@dataclass
class Workers:
    broker_url: str
    log: Path
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self) -> "subprocess.Popen[bytes]":
        command = [
            sys.executable, "-m", "celery", "-A", "tests.broker.worker_app", "worker", "-l", "INFO",
            "-c", "1", "-Q", "checks", "--without-gossip", "--without-mingle", "--without-heartbeat",
        ]  # fmt: skip
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
            "CELERY_BROKER_URL": self.broker_url,
            "CELERY_VISIBILITY_TIMEOUT": str(VISIBILITY_SECONDS),
        }
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                command, cwd=HOME, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        self.processes.append(process)
        return process

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """Kill the group, and let go of the broker: Redis would hand the next message to a dead reader.

        A child keeps its parent's connections until it is dead too, a moment after its parent.
        """
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if self.broker_url.startswith("redis"):
            with redis.Redis.from_url(self.broker_url) as client:
                wait_for(
                    lambda: not waiting_readers(client),
                    seconds=20,
                    otherwise=lambda: repr(client.client_list()),
                )


@pytest.fixture
def workers(broker_url: str, tmp_path: Path) -> Iterator[Workers]:
    started = Workers(broker_url, tmp_path / "worker.log")
    yield started
    for process in started.processes:
        if process.poll() is None:
            started.kill(process)


@pytest.fixture
def send(broker_url: str) -> Callable[..., None]:
    return sender(broker_url)


def sender(broker_url: str) -> Callable[..., None]:
    """Sends a task, the survivor's by default, as a web process would, on a connection of its own."""
    options: dict[str, object] = {"visibility_timeout": VISIBILITY_SECONDS}
    if broker_url.startswith("pgmq"):
        options |= {"init_extension": False, "conn_string": f"postgresql:{broker_url.removeprefix('pgmq:')}"}

    def send_task(record: Path, *args: object, task: str = "tests.survivor") -> None:
        app = Celery("sender", set_as_current=False)
        # The address is given to the connection: CELERY_BROKER_URL would win over the configuration.
        app.conf.update(broker_transport_options=options, task_ignore_result=True)
        with app.connection_for_write(broker_url) as connection:
            app.send_task(task, (str(record), *args), queue="checks", connection=connection)
        app.close()

    return send_task


def wait_for(condition: Callable[[], bool], *, seconds: float, otherwise: Callable[[], str]) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, otherwise()
        time.sleep(0.1)
