"""What the web server refuses by itself: a request line too long, in French, whichever way it is started."""

from __future__ import annotations

import logging
import re
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from gunicorn.http.errors import InvalidRequestMethod, LimitRequestLine

from marketplace.web_worker import LONGEST, Worker

HOME = Path(__file__).resolve().parents[2]


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


def test_what_else_is_refused_is_left_to_the_web_server() -> None:
    head, _ = answer_to(InvalidRequestMethod("get!"))
    assert head.startswith("HTTP/1.1 400 ")


@pytest.mark.parametrize("path", ["Dockerfile", "marketplace/devtools/run.py"])
def test_both_ways_of_starting_it_name_it(path: str) -> None:
    text = (HOME / path).read_text()
    assert "marketplace.web_worker.Worker" in text
    assert "limit-request-line" in text
    assert str(LONGEST) in text or "LONGEST" in text
