"""What some tests need beyond PostgreSQL. Without it they are left out and the summary says so; under
REQUIRE_BROWSER, REQUIRE_SERVICES or REQUIRE_SHARED the run fails instead."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from marketplace.ui.testing import chromium_path

SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[3] / "shared"))


def _own_redis(url: str) -> str:
    """Each xdist process empties a database of its own, counted down from the one given: that one may be
    CELERY_BROKER_URL, where the workers of other tests take every message of their queues."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
    server, _, number = url.rpartition("/")
    if not (number.isdigit() and worker.isdigit()):
        return url
    return f"{server}/{(int(number) - 1 - int(worker)) % 16}"


REDIS_URL = _own_redis(os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15"))


def chromium() -> str | None:
    """CHROMIUM names it; otherwise the first found on PATH."""
    return os.environ.get("CHROMIUM") or chromium_path()


def redis_answers() -> bool:
    place = REDIS_URL.split("//", 1)[1].split("/", 1)[0].rsplit("@", 1)[-1]
    host, _, port = place.partition(":")
    try:
        with socket.create_connection((host, int(port or 6379)), timeout=2) as link:
            link.sendall(b"PING\r\n")
            return link.recv(16).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False


@dataclass(frozen=True)
class Need:
    marker: str
    variable: str
    missing: str
    met: Callable[[], bool]


NEEDS = (
    Need("browser", "REQUIRE_BROWSER", "no Chromium (apt-get install chromium)", lambda: bool(chromium())),
    Need("services", "REQUIRE_SERVICES", f"no Redis at {REDIS_URL}", redis_answers),
    Need("shared", "REQUIRE_SHARED", f"no shared reference folder at {SHARED}", SHARED.is_dir),
)


# Why a test that may not be left out cannot run; it fails at its setup, in whatever xdist process.
MISSING = pytest.StashKey[str]()


def leave_out_or_fail(items: list[pytest.Item]) -> None:
    for need in NEEDS:
        concerned = [item for item in items if item.get_closest_marker(need.marker)]
        if not concerned or need.met():
            continue
        compulsory = os.environ.get(need.variable) == "1"
        for item in concerned:
            if compulsory:
                item.stash[MISSING] = f"{need.variable}=1, but {need.missing}"
            else:
                item.add_marker(pytest.mark.skip(reason=need.missing))
