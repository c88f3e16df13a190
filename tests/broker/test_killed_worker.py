"""A task survives the death of whoever runs it, on both brokers, with real workers."""

import os
import signal
import time

import pytest

from tests.broker.conftest import VISIBILITY_SECONDS, wait_for

pytestmark = pytest.mark.broker


def lines_of(record):
    return record.read_text().splitlines() if record.exists() else []


def test_a_task_survives_its_worker_killed_by_9(workers, send, tmp_path):
    record = tmp_path / "record"
    first = workers.start()
    send(record)
    wait_for(lambda: len(lines_of(record)) == 1, seconds=40, otherwise=workers.log.read_text)
    workers.kill(first)
    # Redis looks for lost messages when a worker starts, then seldom: the next one starts after the timeout.
    time.sleep(VISIBILITY_SECONDS + 1)
    workers.start()
    wait_for(lambda: "end" in lines_of(record), seconds=60, otherwise=workers.log.read_text)
    starts = [line for line in lines_of(record) if line.startswith("start")]
    assert len(starts) == 2
    assert len(set(starts)) == 2, "two processes"


def test_a_task_survives_the_child_that_runs_it(workers, send, tmp_path):
    record = tmp_path / "record"
    worker = workers.start()
    send(record)
    wait_for(lambda: len(lines_of(record)) == 1, seconds=40, otherwise=workers.log.read_text)
    os.kill(int(lines_of(record)[0].split()[1]), signal.SIGKILL)
    wait_for(lambda: "end" in lines_of(record), seconds=60, otherwise=workers.log.read_text)
    assert worker.poll() is None, "the worker itself went on"


def test_a_message_sent_while_no_worker_runs_is_kept(workers, send, tmp_path):
    record = tmp_path / "record"
    record.touch()
    send(record)
    workers.start()
    wait_for(lambda: "end" in lines_of(record), seconds=40, otherwise=workers.log.read_text)


def test_a_worker_asked_to_stop_ends_well(workers):
    worker = workers.start()
    wait_for(lambda: " ready." in workers.log.read_text(), seconds=40, otherwise=workers.log.read_text)
    worker.terminate()
    assert worker.wait(20) == 0
