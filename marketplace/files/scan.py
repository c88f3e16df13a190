"""Scanning a file: FILE_SCANNER, else ClamAV's INSTREAM when CLAMAV_ADDRESS is set, else nobody."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.conf import settings
from django.utils.module_loading import import_string

from marketplace.files.models import ScanState

_CHUNK = 65_536
_ANSWER = 4096
_SECONDS = 30


class Verdict(NamedTuple):
    """Clean or infected; `finding`: what was found, as the scanner names it."""

    state: ScanState
    finding: str = ""


Scanner = Callable[[Iterable[bytes]], Verdict]


class ScannerAway(OSError):
    """No verdict: unreachable, silent, or an answer that is not one. Unknown is not clean."""


def scanner() -> Scanner | None:
    """The function that judges a file, given in pieces: clean or infected, else it raises OSError.

    None: nobody scans here."""
    if settings.FILE_SCANNER:
        found: Scanner = import_string(settings.FILE_SCANNER)
        return found
    return clamav if settings.CLAMAV_ADDRESS else None


def clamav(content: Iterable[bytes]) -> Verdict:
    """One INSTREAM exchange with clamd. Raises OSError (ScannerAway on what is not a verdict)."""
    host, _, port = settings.CLAMAV_ADDRESS.rpartition(":")
    answer = _instream(content, host.strip("[]"), int(port))
    if answer.endswith(b": OK"):
        return Verdict(ScanState.CLEAN)
    if answer.endswith(b" FOUND"):
        found = answer.removesuffix(b" FOUND").rpartition(b": ")[2]
        return Verdict(ScanState.INFECTED, _printable(found))
    raise ScannerAway(answer[:200].decode("utf-8", "replace") or "no answer")


def _printable(name: bytes) -> str:
    return "".join(c for c in name.decode("utf-8", "replace") if c.isprintable())[:200]


def _instream(content: Iterable[bytes], host: str, port: int) -> bytes:
    with socket.create_connection((host, port), timeout=_SECONDS) as connection:
        connection.sendall(b"zINSTREAM\0")
        for piece in content:
            for start in range(0, len(piece), _CHUNK):
                chunk = piece[start : start + _CHUNK]
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
