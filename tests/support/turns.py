"""Tests that need the transactions of the whole server to have ended.

A snapshot's xmin stops at the oldest transaction of the cluster, whatever its database: a test of another
xdist process holds it back. Such tests are marked `alone`: they wait until no other test runs, and none
begins while they run. The turnstile keeps them from waiting for ever.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


@contextlib.contextmanager
def turn(item: pytest.Item) -> Iterator[None]:
    """Held while a test runs. Nothing to wait for without xdist."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        yield
        return
    place = Path(tempfile.gettempdir())
    kind = fcntl.LOCK_EX if item.get_closest_marker("alone") else fcntl.LOCK_SH
    with (
        (place / f"market-tests-{run}.turnstile").open("w") as turnstile,
        (place / f"market-tests-{run}.lock").open("w") as lock,
    ):
        fcntl.flock(turnstile, kind)
        fcntl.flock(lock, kind)
        fcntl.flock(turnstile, fcntl.LOCK_UN)
        yield


def forget_turns() -> None:
    """By the process that began the run."""
    if os.environ.get("PYTEST_XDIST_WORKER") is None:
        for file in Path(tempfile.gettempdir()).glob("market-tests-*.[tl]*"):
            if file.stat().st_uid == os.getuid() and run_is_over(file):
                file.unlink(missing_ok=True)


def run_is_over(file: Path) -> bool:
    """Nobody holds it."""
    with file.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
