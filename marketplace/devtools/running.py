"""What `make run` left for the other commands of this checkout: who runs, and the addresses to use."""

import fcntl
import json
import os
from dataclasses import dataclass
from typing import IO

from marketplace.devtools.places import VAR

RUN_FILE = VAR / "run.json"
LOCK_FILE = VAR / "run.lock"


@dataclass(slots=True)
class RunLock:
    """Held by the one `make run` of a checkout; the kernel lets go when its holder dies."""

    _file: "IO[str]"

    def release(self) -> None:
        RUN_FILE.unlink(missing_ok=True)
        self._file.close()


def take_run_lock() -> RunLock | None:
    """None when another process holds it."""
    VAR.mkdir(mode=0o700, exist_ok=True)
    file = LOCK_FILE.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        file.close()
        return None
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return RunLock(file)


def runner_pid() -> int | None:
    """The process that holds the lock now."""
    if not LOCK_FILE.exists():
        return None
    with LOCK_FILE.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return int(file.read() or 0) or None
    return None


def lend_environment() -> None:
    """Give a command typed in this checkout the addresses of the running demonstration, unless the
    environment already names a database."""
    if "DATABASE_URL" in os.environ or not RUN_FILE.exists():
        return
    for name, value in json.loads(RUN_FILE.read_text())["environment"].items():
        os.environ.setdefault(name, value)
