"""What the web server refuses by itself: a request line too long, in French, whichever way it is started."""

from __future__ import annotations

import json
import logging
import os
import re
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.http.errors import InvalidRequestMethod, LimitRequestLine
from gunicorn.workers.gthread import TConn

from marketplace.rest.errors import problem
from marketplace.web_worker import LONGEST, MOST_WAITED_FOR, PATIENCE, Worker

HOME = Path(__file__).resolve().parents[2]


def test_a_connection_goes_to_the_worker_that_holds_the_fewest(monkeypatch: pytest.MonkeyPatch) -> None:
    busy, free = holding(2), holding(0)
    waited: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)

        def meanwhile(seconds: float) -> None:
            """What the other one does while this one waits."""
            waited.append(seconds)
            free.accept(listener)

        monkeypatch.setattr("marketplace.web_worker.time.sleep", meanwhile)
        with socket.create_connection(listener.getsockname()):
            busy.accept(listener)
        assert (len(busy.taken), len(free.taken), waited) == (0, 1, [2 * PATIENCE])
        # Nobody else takes it: whoever holds some does.
        monkeypatch.setattr("marketplace.web_worker.time.sleep", waited.append)
        busy.nr_conns = 50
        with socket.create_connection(listener.getsockname()):
            busy.accept(listener)
        assert (busy.nr_conns, waited[1:]) == (51, [MOST_WAITED_FOR * PATIENCE])
    for conn in (*busy.taken, *free.taken):
        conn.sock.close()


def holding(connections: int) -> Any:
    """A worker that holds so many, and keeps what it takes in `taken`."""
    worker: Any = Worker.__new__(Worker)
    worker.cfg, worker.nr_conns, worker.taken = Config(), connections, []
    worker.enqueue_req = worker.taken.append
    return worker


def answer_to(error: Exception) -> tuple[str, str]:
    """(head, body) of what the client reads."""
    ours, theirs = socket.socketpair()
    worker: Any = Worker.__new__(Worker)
    worker.log, worker.cfg = logging.getLogger("tests"), SimpleNamespace()
    with ours, theirs:
        worker.handle_error(None, ours, ("192.0.2.1", 1), error)
        ours.shutdown(socket.SHUT_WR)
        read = b"".join(iter(lambda: theirs.recv(65536), b"")).decode()
    head, _, body = read.partition("\r\n\r\n")
    return head, body


def test_an_address_too_long_is_said_in_french_with_its_remedy(caplog: pytest.LogCaptureFixture) -> None:
    head, body = answer_to(LimitRequestLine(10_000, LONGEST))
    assert head.startswith("HTTP/1.1 414 ")
    assert int(re.findall(r"Content-Length: (\d+)", head)[0]) == len(body.encode())
    assert '<html lang="fr"' in body and "Adresse trop longue" in body
    assert "8190 caractères" in body.replace("\u202f", "").replace("\u00a0", " ") and "filtres" in body
    assert "192.0.2.1" in caplog.text


def asked_for(line: bytes) -> tuple[str, str]:
    """What a client reads that sends this request line, through gunicorn's own parser."""
    theirs, ours = socket.socketpair()
    worker: Any = Worker.__new__(Worker)
    worker.cfg = Config()
    worker.cfg.set("limit_request_line", LONGEST)
    worker.log = logging.getLogger("tests")
    with theirs, ours:
        theirs.sendall(line)
        worker.handle(TConn(worker.cfg, ours, ("192.0.2.1", 1), ("192.0.2.2", 1)))
        ours.close()
        read = b"".join(iter(lambda: theirs.recv(65536), b"")).decode()
    head, _, body = read.partition("\r\n\r\n")
    return head, body


@pytest.mark.parametrize(
    "line", [b"GET /api/v1/offers/?q=%s HTTP/1.1", b"GET https://place.example/api/v1/?q=%s"]
)
def test_a_client_of_the_api_is_told_in_the_api_s_own_form(line: bytes) -> None:
    head, body = asked_for(line % (b"a" * 9000) + b"\r\nHost: place.example\r\n\r\n")
    assert head.startswith("HTTP/1.1 414 ") and "Content-Type: application/problem+json" in head
    assert int(re.findall(r"Content-Length: (\d+)", head)[0]) == len(body.encode())
    told = json.loads(body)
    assert (told["status"], told["code"], told["errors"]) == (414, "address_too_long", [])
    assert set(told) == set(problem(414)) and "8190 caractères" in told["detail"]


@pytest.mark.parametrize("path", [b"/offres/?q=%s", b"/apiculture/?q=%s", b"/offres/api/?q=%s"])
def test_the_others_read_the_page(path: bytes) -> None:
    head, body = asked_for(b"GET " + path % (b"a" * 9000) + b" HTTP/1.1\r\nHost: place.example\r\n\r\n")
    assert head.startswith("HTTP/1.1 414 ") and "text/html" in head and "Adresse trop longue" in body


def test_what_else_is_refused_is_left_to_the_web_server() -> None:
    head, _ = answer_to(InvalidRequestMethod("get!"))
    assert head.startswith("HTTP/1.1 400 ")


@pytest.mark.parametrize("path", ["Dockerfile", "marketplace/devtools/run.py"])
def test_both_ways_of_starting_it_name_it(path: str) -> None:
    text = (HOME / path).read_text()
    assert "marketplace.web_worker.Worker" in text
    assert "limit-request-line" in text
    assert str(LONGEST) in text or "LONGEST" in text


def test_what_a_worker_was_born_with_is_never_looked_at_for_garbage() -> None:
    asked = "import gc, marketplace.wsgi; print(gc.get_freeze_count(), gc.isenabled())"
    settings = {"DJANGO_SETTINGS_MODULE": "marketplace.settings.test"}
    read = subprocess.run(
        [sys.executable, "-c", asked], cwd=HOME, env=os.environ | settings, capture_output=True, check=True
    )
    frozen, looks = read.stdout.split()[-2:]
    assert int(frozen) > 100_000 and looks == b"True"
