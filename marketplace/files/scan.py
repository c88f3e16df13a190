"""Scanning an upload: ClamAV's INSTREAM when CLAMAV_ADDRESS is set, else « non analysé », said so."""

from __future__ import annotations

import logging
import socket
import struct

from django.conf import settings

from marketplace.files.models import ScanState

logger = logging.getLogger(__name__)
_CHUNK = 65_536


def scan(content: bytes) -> str:
    """A ScanState. A scanner that does not answer leaves the file unscanned: unknown is not clean."""
    address = settings.CLAMAV_ADDRESS
    if not address:
        return ScanState.UNSCANNED
    host, _, port = address.rpartition(":")
    try:
        answer = _instream(content, host, int(port))
    except OSError as error:
        logger.warning("scanner unreachable: %s", error)
        return ScanState.UNSCANNED
    if answer.endswith(b"OK"):
        return ScanState.CLEAN
    return ScanState.INFECTED if answer.endswith(b"FOUND") else ScanState.UNSCANNED


def _instream(content: bytes, host: str, port: int) -> bytes:
    with socket.create_connection((host, port), timeout=30) as connection:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), _CHUNK):
            chunk = content[start : start + _CHUNK]
            connection.sendall(struct.pack("!I", len(chunk)) + chunk)
        connection.sendall(struct.pack("!I", 0))
        return connection.recv(4096).rstrip(b"\0\n")
