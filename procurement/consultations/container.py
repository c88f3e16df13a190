"""The plain response as one byte string, before it is sealed and after it is opened. Pure.

``PMR1`` · length of the head (4 bytes) · head as JSON (answers, files with their lengths) · files.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from typing import Any

MAGIC = b"PMR1"
_LENGTH = struct.Struct("!I")


class NotAResponse(ValueError):
    """Bytes that `pack` did not make."""


@dataclass(frozen=True, slots=True)
class PlainFile:
    name: str
    content: bytes


def pack(answers: dict[str, Any], files: list[PlainFile]) -> bytes:
    listed = [{"name": one.name, "size": len(one.content)} for one in files]
    head = json.dumps({"answers": answers, "files": listed}, ensure_ascii=False, sort_keys=True).encode()
    return b"".join((MAGIC, _LENGTH.pack(len(head)), head, *(one.content for one in files)))


def unpack(data: bytes) -> tuple[dict[str, Any], list[PlainFile]]:
    """Raises NotAResponse."""
    start = len(MAGIC) + _LENGTH.size
    if not data.startswith(MAGIC) or len(data) < start:
        raise NotAResponse("no head")
    (length,) = _LENGTH.unpack(data[len(MAGIC) : start])
    try:
        head = json.loads(data[start : start + length])
        place, files = start + length, []
        for listed in head["files"]:
            files.append(PlainFile(str(listed["name"]), data[place : place + listed["size"]]))
            place += listed["size"]
        answers = head["answers"]
    except (ValueError, KeyError, TypeError) as error:
        raise NotAResponse("broken head") from error
    if place != len(data):
        raise NotAResponse("cut, or too long")
    return answers, files
