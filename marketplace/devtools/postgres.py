"""The zero-install PostgreSQL: initdb, start, stop, roles. No Django here: it runs before the settings.

Survives a stale pid file, kill -9 of the server or of its parent, and a second checkout at the same time.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psycopg
from psycopg import sql

from marketplace.devtools.places import NOBODY, VAR, Place, find_place

DATABASE = "marketplace"
OWNER, SERVING, SEALER, SUPERUSER = "market_owner", "market_serving", "market_sealer", "postgres"
LOGINS = (OWNER, SERVING, SEALER)
START_SECONDS = 30
PR_SET_PDEATHSIG = 1


class ClusterFailed(Exception):
    """PostgreSQL did not start; the message holds the end of its log."""


def dies_with_parent(how: signal.Signals) -> Callable[[], None]:
    """For ``preexec_fn``: the kernel sends ``how`` when the starter dies, even by kill -9."""
    libc = ctypes.CDLL(None)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(how))

    return ask


@dataclass(slots=True)
class Cluster:
    """One data folder. ``durable`` False drops every fsync: tests only."""

    place: Place
    name: str = "dev"
    durable: bool = True
    port: int = 0
    process: "subprocess.Popen[bytes] | None" = None
    _lock: "IO[str] | None" = field(default=None, repr=False)

    @property
    def home(self) -> Path:
        return self.place.folder / self.name

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def sockets(self) -> Path:
        """Short: a socket's address holds 107 bytes."""
        mark = hashlib.sha256(str(self.home).encode()).hexdigest()[:10]
        return Path("/tmp") / f"pdm-{os.geteuid()}-{mark}"  # noqa: S108 - owner and mode checked below

    @property
    def log(self) -> Path:
        return VAR / "log" / f"postgres-{self.name}.log"

    def url(self, role: str, *, scheme: str = "postgresql", database: str = DATABASE) -> str:
        password = quote(self._passwords()[role], safe="")
        return f"{scheme}://{role}:{password}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Raises ClusterFailed. The port is chosen once: a restart keeps it."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        if self.place.runs_as is not None:
            self.home.chmod(0o711)
        self._hold_lock()
        if not (self.data / "PG_VERSION").exists():
            self._make_data()
        self._end_leftover()
        self._make_sockets()
        self.port = self.port or _free_port()
        deadline = time.monotonic() + START_SECONDS
        while not self._try_start(deadline):
            # After kill -9 the old backends still hold the shared memory for an instant.
            if time.monotonic() > deadline:
                raise ClusterFailed(f"PostgreSQL does not start; {self.log} ends with:\n{_tail(self.log)}")
            time.sleep(0.3)
        self._make_logins()

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process = None
        shutil.rmtree(self.sockets, ignore_errors=True)
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def connect(self, *, database: str = DATABASE) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(self.url(SUPERUSER, database=database), autocommit=True, connect_timeout=5)

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def _hold_lock(self) -> None:
        if self._lock is not None:
            return
        lock = (self.home / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise ClusterFailed(f"Another process runs the database in {self.home}.") from error
        self._lock = lock

    def _passwords(self) -> dict[str, str]:
        loaded: dict[str, str] = json.loads((self.home / "passwords.json").read_text())
        return loaded

    def _make_data(self) -> None:
        """initdb in a folder of its own, renamed when complete: a killed initdb leaves nothing behind."""
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        passwords = {role: secrets.token_urlsafe(24) for role in (SUPERUSER, *LOGINS)}
        write_private(self.home / "passwords.json", json.dumps(passwords))
        pwfile = self.home / "pwfile"
        write_private(pwfile, passwords[SUPERUSER])
        # initdb wants a name for its uid, the server does not: nobody makes the files, then gives them up.
        maker = None if self.place.runs_as is None else NOBODY
        if maker is not None:
            os.chown(fresh, maker, maker)
            os.chown(pwfile, maker, maker)
        command = [
            self.place.program("initdb"), "-D", str(fresh), "-U", SUPERUSER, "--pwfile", str(pwfile),
            "-A", "scram-sha-256", "--locale-provider=builtin", "--locale=C.UTF-8", "--encoding=UTF8",
            *([] if self.durable else ["--no-sync"]),
        ]  # fmt: skip
        try:
            made = subprocess.run(command, **_identity(maker), capture_output=True, text=True, check=False)
        finally:
            pwfile.unlink()
        if made.returncode:
            raise ClusterFailed(f"initdb failed:\n{made.stderr}")
        if self.place.runs_as is not None:
            for path in (fresh, *fresh.rglob("*")):
                os.chown(path, self.place.runs_as, self.place.runs_as, follow_symlinks=False)
        fresh.rename(self.data)

    def _make_sockets(self) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)
        try:
            self.sockets.mkdir(mode=0o700)
        except FileExistsError as error:
            raise ClusterFailed(f"{self.sockets} belongs to somebody else: delete it.") from error
        if self.place.runs_as is not None:
            os.chown(self.sockets, self.place.runs_as, self.place.runs_as)

    def _end_leftover(self) -> None:
        """We hold the lock, so a server on these data is an orphan; another program under the recorded
        pid (after a reboot) would make PostgreSQL refuse for ever."""
        record = self.data / "postmaster.pid"
        if not record.exists():
            return
        pid = int(record.read_text().split("\n", 1)[0] or 0)
        if not _runs(pid):
            return
        if str(self.data) not in _command_line(pid):
            record.unlink()
            return
        os.kill(pid, signal.SIGINT)
        deadline = time.monotonic() + 15
        while _runs(pid) and time.monotonic() < deadline:
            time.sleep(0.1)

    def _try_start(self, deadline: float) -> bool:
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        settings = {
            "listen_addresses": "127.0.0.1", "port": self.port, "unix_socket_directories": self.sockets,
            "unix_socket_permissions": "0700", "max_connections": 100, "log_timezone": "UTC",
            "timezone": "UTC", "jit": "off",
        }  # fmt: skip
        if not self.durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        command = [self.place.program("postgres"), "-D", str(self.data)]
        command += [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with open(self.log, "ab", opener=_private) as log:
            self.process = subprocess.Popen(
                command, **_identity(self.place.runs_as), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                start_new_session=True, preexec_fn=dies_with_parent(signal.SIGINT),
            )  # fmt: skip
        while time.monotonic() < deadline and self.process.poll() is None:
            with contextlib.suppress(psycopg.OperationalError):
                self.connect(database="postgres").close()
                return True
            time.sleep(0.05)
        return False

    def _make_logins(self) -> None:
        """Three logins: one owns and migrates, one serves, one seals the journal. Safe to run twice."""
        passwords = self._passwords()
        with self.connect(database="postgres") as connection:
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
            for login in LOGINS:
                if login not in known:
                    statement = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
                    connection.execute(statement.format(sql.Identifier(login), sql.Literal(passwords[login])))
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                make_database(connection, name=DATABASE)


def make_database(connection: "psycopg.Connection[tuple[object, ...]]", *, name: str) -> None:
    database, owner = sql.Identifier(name), sql.Identifier(OWNER)
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, owner))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))
    logins = sql.SQL(", ").join(sql.Identifier(login) for login in LOGINS)
    connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(database, logins))


@contextlib.contextmanager
def throwaway_cluster() -> Iterator[Cluster]:
    """A cluster for one test run, without fsync, deleted at the end."""
    place = find_place()
    _sweep_dead_clusters(place)
    cluster = Cluster(place, name=f"test-{os.getpid()}-{secrets.token_hex(2)}", durable=False)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.home, ignore_errors=True)
        cluster.log.unlink(missing_ok=True)


def _sweep_dead_clusters(place: Place) -> None:
    for home in place.folder.glob("test-*"):
        # A living run holds the lock of its cluster.
        with contextlib.suppress(OSError), (home / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(Cluster(place, name=home.name).sockets, ignore_errors=True)
            shutil.rmtree(home, ignore_errors=True)


def write_private(path: Path, text: str) -> None:
    """Whole or not at all, readable by its owner only."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    with open(fresh, "w", opener=_private) as file:
        file.write(text)
    fresh.replace(path)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _identity(uid: int | None) -> dict[str, Any]:
    """``cwd`` is "/": the caller's may be a folder that the server's uid cannot enter."""
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "HOME": "/"}
    identity: dict[str, Any] = {"cwd": "/", "env": environment}
    if uid is not None:
        identity |= {"user": uid, "group": uid, "extra_groups": []}
    return identity


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[-1].split()[0]
    return state != "Z"


def _command_line(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _tail(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
