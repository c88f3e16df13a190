"""Runs a verification in a process of its own, under limits of processor time, memory and clock."""

from __future__ import annotations

import base64
import dataclasses
import datetime as dt
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from qualification.gaiax.child import CREDENTIAL, RELEASE
from qualification.gaiax.material import Material
from qualification.gaiax.release import BadRelease
from qualification.gaiax.release.reading import Files
from qualification.gaiax.report import interrupted
from qualification.gaiax.rulebook import Rulebook

logger = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
CLOCK_SECONDS = 20.0
LARGEST_ANSWER = 1_000_000
RELEASE_CLOCK_SECONDS = 180.0
LARGEST_RELEASE = 40_000_000
TOO_LONG = (
    "La version n’a pas pu être lue dans nos limites de temps et de mémoire. Rien n’en a été gardé. "
    "Ne gardez que les contextes, les formes et les ancres, puis recommencez."
)


class Stopped(RuntimeError):
    """The child reached a limit, or died."""


def verify_apart(text: str, material: Material, *, now: dt.datetime) -> dict[str, Any]:
    """The report as a dict; all unknown when a limit was reached. A child process, no network."""
    request = {"text": text, "material": dataclasses.asdict(material), "now": now.isoformat()}
    try:
        return _ask(request)
    except Stopped as stopped:
        logger.warning("a Gaia-X verification was stopped: %s", stopped)
        book = Rulebook.of(material.release)
        return interrupted(material.origin, release=book.name if book else None).as_dict()


def needs_apart(text: str) -> tuple[list[str], list[str]]:
    """The DIDs and the status lists that the verification will need; none when a limit was reached."""
    try:
        found = _ask({"needs": text})
    except Stopped:
        return [], []
    return list(found["dids"]), list(found["lists"])


def read_release_apart(*, archive: bytes | None = None, files: Files | None = None) -> dict[str, Any]:
    """The content of a release, of an archive or of the files of a folder. Raises BadRelease. A child."""
    request: dict[str, Any] = {}
    if archive is not None:
        request["archive"] = base64.b64encode(archive).decode()
    else:
        request["files"] = {name: base64.b64encode(one).decode() for name, one in (files or {}).items()}
    try:
        found = _ask(request, kind=RELEASE, clock=RELEASE_CLOCK_SECONDS, largest=LARGEST_RELEASE)
    except Stopped as stopped:
        logger.warning("the reading of a Gaia-X release was stopped: %s", stopped)
        raise BadRelease(TOO_LONG) from None
    if "refused" in found:
        raise BadRelease(found["refused"])
    return dict(found["content"])


def _ask(
    request: dict[str, Any],
    *,
    kind: str = CREDENTIAL,
    clock: float | None = None,
    largest: int = LARGEST_ANSWER,
) -> dict[str, Any]:
    """Raises Stopped."""
    command = [sys.executable, "-m", "qualification.gaiax.child", kind]
    # Nothing of ours is inherited: no secret key, no database address.
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter and module, no shell
            command,
            input=json.dumps(request).encode(),
            capture_output=True,
            cwd=ROOT,
            env=environment,
            timeout=clock or CLOCK_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Stopped("clock") from None
    if done.returncode != 0 or len(done.stdout) > largest:
        raise Stopped(f"status {done.returncode}: {done.stderr[-500:].decode(errors='replace')}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
