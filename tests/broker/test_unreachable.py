"""A broker that cannot be reached holds a writer a few seconds, alike on both; the row waits."""

import contextlib
import os
import socket
import subprocess
import sys

import pytest

from tests.broker.conftest import HOME

pytestmark = pytest.mark.broker

# About 5 s on pgmq and 6 s on Redis: two tries. The rest is for a busy machine.
MOST_SECONDS = 9.0
RING = """
import time, django
django.setup()
from qualification.tasks import judge_check
started = time.monotonic()
assert judge_check.ring_now(1) is False
print(time.monotonic() - started)
"""


@pytest.mark.parametrize("scheme", ["redis", "pgmq"])
def test_a_server_that_does_not_answer_holds_a_writer_a_few_seconds(scheme):
    """Its queue of connections is full: a new one gets no answer, as from a machine that is off."""
    with contextlib.ExitStack() as opened:
        server = opened.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        port = server.getsockname()[1]
        for _ in range(2):
            filling = opened.enter_context(socket.socket())
            filling.setblocking(False)
            filling.connect_ex(("127.0.0.1", port))
        address = f"{scheme}://nobody:nothing@127.0.0.1:{port}/0"
        environment = {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
            "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere",
            "CELERY_BROKER_URL": address,
        }
        command = [sys.executable, "-c", RING]
        run = subprocess.run(
            command, cwd=HOME, env=environment, capture_output=True, text=True, timeout=90, check=False
        )
    assert run.returncode == 0, run.stderr[-3000:]
    assert float(run.stdout.split()[-1]) < MOST_SECONDS
