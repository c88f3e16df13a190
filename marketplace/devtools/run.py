"""`make run`, `make stop`, `make reset`: the whole product on one machine, nothing installed but this
checkout. PORT picks the port of the pages, BIND the interface."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from marketplace.devtools.dns_zones import DEMO_BROKEN, DEMO_SIGNED, DEMO_ZONES, DnsZones
from marketplace.devtools.gaiax_identities import ANCHORS, identities
from marketplace.devtools.places import CHECKOUT, VAR, find_place, forget_place
from marketplace.devtools.postgres import OWNER, SEALER, SERVING, Cluster, ClusterFailed, write_private
from marketplace.devtools.running import RUN_FILE, runner_pid, take_run_lock
from marketplace.devtools.supervisor import Child, say, stop_all
from marketplace.devtools.tls_sites import TlsSites, demo_sites
from marketplace.web_worker import LONGEST

READY_SECONDS = 90
FIRST_PORT, LAST_PORT = 8000, 8049
GAIAX = VAR / "tls" / "gaiax"
# Workers talk to the broker only: pgmq has no way to carry their talk between themselves.
ALONE = ["--without-gossip", "--without-mingle", "--without-heartbeat"]


class Stopped(Exception):
    """SIGINT, SIGTERM or SIGHUP arrived."""


def main(arguments: list[str]) -> int:
    actions: dict[str, Callable[[], int]] = {"run": run, "stop": stop, "reset": reset, "running": running}
    os.umask(0o077)
    try:
        return actions[arguments[0] if arguments else "run"]()
    except ClusterFailed as error:
        say(str(error))
        return 1


def run() -> int:
    lock = take_run_lock()
    if lock is None:
        say(f"Already running in this checkout (pid {runner_pid()}): « make stop » ends it.")
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stopped)
    demonstration = Demonstration()
    try:
        demonstration.start()
        demonstration.keep_alive()
    except Stopped:
        say("\nStopping.")
    except subprocess.CalledProcessError as error:
        say(f"« {' '.join(map(str, error.cmd[1:]))} » failed: nothing is left running.")
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        demonstration.stop()
        lock.release()
    return 0


def stop() -> int:
    pid = runner_pid()
    if pid is None:
        say("Nothing runs in this checkout.")
        return 0
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + 40
    while runner_pid() is not None and time.monotonic() < deadline:
        time.sleep(0.1)
    return 0 if runner_pid() is None else 1


def running() -> int:
    """For the commands that need the demonstration: 0 when it is ready, silently."""
    if "DATABASE_URL" in os.environ:
        return 0
    if runner_pid() is None or not RUN_FILE.exists():
        sys.stderr.write("Nothing runs in this checkout: start « make run » in another terminal first.\n")
        return 1
    if not json.loads(RUN_FILE.read_text())["ready"]:
        sys.stderr.write("« make run » is still starting: wait until it says « Ready ».\n")
        return 1
    return 0


def reset() -> int:
    """Delete the database and everything people left; the next `make run` loads the demonstration."""
    if stop():
        return 1
    lock = take_run_lock()
    if lock is None:
        return 1
    forget_place()
    for name in ("files", "mail", "audit-heads", "beat"):
        subprocess.run(["rm", "-rf", "--", str(VAR / name)], check=True)
    lock.release()
    say("Everything is deleted; « make run » starts afresh.")
    return 0


class Demonstration:
    """PostgreSQL, the demonstration's sites and names, web, workers, beat: started and stopped so."""

    def __init__(self) -> None:
        self.cluster = Cluster(find_place())
        self.sites: TlsSites | None = None
        self.names: DnsZones | None = None
        self.children: list[Child] = []
        self.door: socket.socket | None = None

    def start(self) -> None:
        begun = time.monotonic()
        self.door = _open_door()
        port = self.door.getsockname()[1]
        self.cluster.start()
        folder = VAR / "tls"
        folder.mkdir(mode=0o700, exist_ok=True)
        self.sites = TlsSites(demo_sites(identities(GAIAX)), folder=folder).start()
        self.names = DnsZones(DEMO_ZONES, signed=DEMO_SIGNED, broken=DEMO_BROKEN).start()
        url = f"http://localhost:{port}/"
        environment = self._addresses(url)
        note: dict[str, object] = {"pid": os.getpid(), "url": url, "environment": environment}
        write_private(RUN_FILE, json.dumps({**note, "ready": False}))
        self._prepare({**os.environ, **environment})
        self._spawn({**os.environ, **environment}, self.door)
        accounts = subprocess.Popen(
            [sys.executable, "manage.py", "demo_accounts"], env={**os.environ, **environment}, cwd=CHECKOUT,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        self._wait_ready(port)
        write_private(RUN_FILE, json.dumps({**note, "ready": True}))
        listed, trouble = accounts.communicate()
        say(listed if accounts.returncode == 0 else f"demo_accounts: {trouble.strip().splitlines()[-1:]}")
        say(f"Ready in {time.monotonic() - begun:.1f} s: {url}  (Ctrl-C stops everything; logs in var/log)")

    def keep_alive(self) -> None:
        while True:
            if not self.cluster.is_alive():
                say(f"PostgreSQL ended: started again; see {self.cluster.log}")
                self.cluster.start()
            for child in self.children:
                child.keep_alive()
            time.sleep(0.2)

    def stop(self) -> None:
        stop_all(self.children)
        if self.sites is not None:
            self.sites.stop()
        if self.names is not None:
            self.names.stop()
        self.cluster.stop()
        if self.door is not None:
            self.door.close()

    def _addresses(self, url: str) -> dict[str, str]:
        assert self.sites is not None and self.names is not None
        return {
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.dev",
            # What mails, feeds and open data say of us: the port that was free, not 8000 whatever happens.
            "SITE_URL": os.environ.get("SITE_URL") or url.rstrip("/"),
            "DATABASE_URL": self.cluster.url(SERVING),
            "DATABASE_OWNER_URL": self.cluster.url(OWNER),
            "AUDIT_SEALER_DATABASE_URL": self.cluster.url(SEALER),
            "CELERY_BROKER_URL": self.cluster.url(SERVING, scheme="pgmq"),
            **self.sites.environment(),
            **self.names.environment(),
            # One's own, where it is set: the demonstration's presentation is then left out.
            "GAIAX_ANCHORS_FILE": os.environ.get("GAIAX_ANCHORS_FILE")
            or str(VAR / "tls" / "gaiax" / ANCHORS),
        }

    def _prepare(self, environment: dict[str, str]) -> None:
        """Migrations at each start; data once per database, again if the first time was cut short."""
        loaded = self.cluster.home / "loaded"
        if not loaded.exists():
            say("First start: migrations, reference data, demonstration (under four minutes)…")
        _manage("prepare_database", environment)
        if not loaded.exists():
            _manage("load_everything", environment)
            loaded.touch(mode=0o600)

    def _spawn(self, environment: dict[str, str], door: socket.socket) -> None:
        from marketplace.settings.broker import QUICK_QUEUES, SLOW_QUEUES

        beat = VAR / "beat"
        beat.mkdir(mode=0o700, exist_ok=True)
        celery = ["-m", "celery", "-A", "marketplace.celery"]
        worker = [*celery, "worker", "--loglevel=INFO", *ALONE]
        commands = {
            "web": ["-m", "gunicorn", "marketplace.wsgi:application", "--bind", f"fd://{door.fileno()}",
                    "--workers=2", "--worker-class=marketplace.web_worker.Worker", "--threads=4", "--preload",
                    f"--limit-request-line={LONGEST}",
                    "--graceful-timeout=5", "--no-control-socket"],
            "quick": [*worker, "-n", "quick@%h", "-c", "1", "-Q", ",".join(QUICK_QUEUES)],
            "slow": [*worker, "-n", "slow@%h", "-c", "2", "-Q", ",".join(SLOW_QUEUES)],
            "beat": [*celery, "beat", "--loglevel=INFO", "--pidfile=", f"--schedule={beat / 'schedule'}"],
        }  # fmt: skip
        os.chdir(CHECKOUT)
        self.children = [
            Child(name, [sys.executable, *rest], environment, (door.fileno(),) if name == "web" else ())
            for name, rest in commands.items()
        ]
        for child in self.children:
            child.start()

    def _wait_ready(self, port: int) -> None:
        deadline = time.monotonic() + READY_SECONDS
        state = ""
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5):
                    return
            except urllib.error.HTTPError as error:
                state = error.read().decode(errors="replace")[:200]
            except OSError as error:
                state = str(error)
            for child in self.children:
                child.keep_alive()
            time.sleep(0.2)
        say(f"Not ready after {READY_SECONDS} s: {state}. The logs are in {Path('var/log')}.")


def _open_door() -> socket.socket:
    """Listens from now on and for good: a first start lasts minutes, and another checkout that starts
    meanwhile must take another port. The web server gets this very socket, at each of its restarts."""
    asked = os.environ.get("PORT")
    for port in [int(asked)] if asked else range(FIRST_PORT, LAST_PORT + 1):
        door = socket.socket()
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((os.environ.get("BIND", "127.0.0.1"), port))
            door.listen(256)
        except OSError:
            door.close()
            continue
        return door
    raise ClusterFailed(f"Port {asked or f'{FIRST_PORT}-{LAST_PORT}'} is taken: « make run PORT=8090 ».")


def _manage(command: str, environment: dict[str, str]) -> None:
    subprocess.run(
        [sys.executable, "manage.py", command, "--verbosity=0"], env=environment, cwd=CHECKOUT, check=True
    )


def _raise_stopped(_number: int, _frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
