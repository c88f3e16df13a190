"""A PostgreSQL that keeps its promises (fsync on), and gunicorn as production runs it."""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from marketplace.devtools.places import find_place
from marketplace.devtools.postgres import OWNER, SEALER, SERVING, Cluster

ROOT = Path(__file__).resolve().parents[1]
HOST = "banc.example"


@contextlib.contextmanager
def cluster() -> Iterator[Cluster]:
    found = Cluster(find_place(), name=f"bench-{os.getpid()}", durable=True)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(found.home, ignore_errors=True)
        found.log.unlink(missing_ok=True)


def environment(database: Cluster) -> dict[str, str]:
    """Production's settings with secrets made for this run."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "marketplace.settings.prod",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HOST,
        "CSRF_TRUSTED_ORIGINS": f"https://{HOST}",
        "SITE_URL": f"https://{HOST}",
        "EMAIL_URL": "dummymail://",
        "PROXY_COUNT": "1",
        "DATABASE_URL": database.url(SERVING),
        "DATABASE_OWNER_URL": database.url(OWNER),
        "AUDIT_SEALER_DATABASE_URL": database.url(SEALER),
        "CELERY_BROKER_URL": database.url(SERVING, scheme="pgmq"),
        "MASTER_KEYS": f"banc:{key}",
        "AUDIT_SIGNING_KEY": key,
        "STATIC_ROOT": str(database.place.folder / "bench-static"),
    }


def manage(*words: str, env: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", *words], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
    )


@contextlib.contextmanager
def gunicorn(application: str, *, env: dict[str, str], path: str) -> Iterator[tuple[int, int]]:
    """(pid of the master, port), once `path` answers."""
    port = free_port()
    words = [sys.executable, "-m", "gunicorn", application, "--bind", f"127.0.0.1:{port}", "--workers=2"]
    words += [
        "--worker-class=marketplace.web_worker.Worker",
        "--threads=4",
        "--preload",
        "--log-level=warning",
        "--no-control-socket",
    ]
    process = subprocess.Popen(words, cwd=ROOT, env=env)
    try:
        wait_for(port, path)
        yield process.pid, port
    finally:
        process.terminate()
        process.wait(timeout=20)


@contextlib.contextmanager
def worker(*, env: dict[str, str]) -> Iterator[int]:
    """A Celery worker with one child that has had time to take tasks; the pid of the parent."""
    words = [sys.executable, "-m", "celery", "-A", "marketplace.celery", "worker", "-c", "1", "-l", "WARNING"]
    words += ["--without-gossip", "--without-mingle", "-Q", "events,mail,checks"]
    process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        manage("shell", "-c", SEND, env=env)
        time.sleep(5)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


# The sweeper reads every table of leased rows: a task that loads what the others load.
SEND = (
    "from marketplace.celery import app; app.loader.import_default_modules(); "
    "[app.send_task(name) for name in app.tasks if 'sweep' in name]"
)


def wait_for(port: int, path: str) -> None:
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=HEADERS)
    for _ in range(300):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(request, timeout=5).close()
            return
        time.sleep(0.1)
    raise TimeoutError(f"no answer at {path}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


# What the proxy in front says in production.
HEADERS = {"Host": HOST, "X-Forwarded-Proto": "https"}
