"""Scanning a file: FILE_SCANNER, else ClamAV's INSTREAM when CLAMAV_ADDRESS is set, else nobody."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.files.models import ScanState

Scanner = Callable[[bytes], ScanState]
_CHUNK = 65_536
_ANSWER = 4096
_SECONDS = 30


class ScannerAway(OSError):
    """No verdict: unreachable, silent, or an answer that is not one. Unknown is not clean."""


def scanner() -> Scanner | None:
    """The function that judges bytes: clean or infected, else it raises OSError. None: nobody scans here."""
    if settings.FILE_SCANNER:
        found: Scanner = import_string(settings.FILE_SCANNER)
        return found
    return clamav if settings.CLAMAV_ADDRESS else None


def clamav(content: bytes) -> ScanState:
    """One INSTREAM exchange with clamd. Raises OSError (ScannerAway on what is not a verdict)."""
    host, _, port = settings.CLAMAV_ADDRESS.rpartition(":")
    answer = _instream(content, host.strip("[]"), int(port))
    if answer.endswith(b": OK"):
        return ScanState.CLEAN
    if answer.endswith(b" FOUND"):
        return ScanState.INFECTED
    raise ScannerAway(answer[:200].decode("utf-8", "replace") or "no answer")


def _instream(content: bytes, host: str, port: int) -> bytes:
    with socket.create_connection((host, port), timeout=_SECONDS) as connection:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
        return _read_answer(connection)


def _read_answer(connection: socket.socket) -> bytes:
    """Up to the NUL that ends it: a reply may come in several pieces."""
    answer = b""
    while b"\0" not in answer and len(answer) < _ANSWER:
        piece = connection.recv(_ANSWER)
        if not piece:
            break
        answer += piece
    return answer.partition(b"\0")[0].strip()
