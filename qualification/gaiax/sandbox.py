"""Runs a verification in a process of its own, under limits of processor time, memory and clock."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from qualification.gaiax.report import interrupted
from qualification.gaiax.verify import Material

logger = logging.getLogger(__name__)
ROOT = Path(__file__).resolve().parents[2]
CLOCK_SECONDS = 20.0
LARGEST_ANSWER = 1_000_000


class Stopped(RuntimeError):
    """The child reached a limit, or died."""


def verify_apart(text: str, material: Material, *, now: dt.datetime) -> dict[str, Any]:
    """The report as a dict; all unknown when a limit was reached. A child process, no network."""
    request = {"text": text, "material": dataclasses.asdict(material), "now": now.isoformat()}
    try:
        return _ask(request)
    except Stopped as stopped:
        logger.warning("a Gaia-X verification was stopped: %s", stopped)
        return interrupted(material.origin).as_dict()


def needs_apart(text: str) -> tuple[list[str], list[str]]:
    """The DIDs and the status lists that the verification will need; none when a limit was reached."""
    try:
        found = _ask({"needs": text})
    except Stopped:
        return [], []
    return list(found["dids"]), list(found["lists"])


def _ask(request: dict[str, Any]) -> dict[str, Any]:
    """Raises Stopped."""
    command = [sys.executable, "-m", "qualification.gaiax.child"]
    # Nothing of ours is inherited: no secret key, no database address.
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(  # noqa: S603 -- our own interpreter and module, no shell
            command,
            input=json.dumps(request).encode(),
            capture_output=True,
            cwd=ROOT,
            env=environment,
            timeout=CLOCK_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise Stopped("clock") from None
    if done.returncode != 0 or len(done.stdout) > LARGEST_ANSWER:
        raise Stopped(f"status {done.returncode}: {done.stderr[-500:].decode(errors='replace')}")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
