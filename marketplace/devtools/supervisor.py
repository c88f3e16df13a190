"""Children kept alive: each in a session of its own, restarted with a growing delay, its lines written
to ``var/log`` and the worrying ones shown."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from marketplace.devtools.places import VAR
from marketplace.devtools.postgres import dies_with_parent

LONGEST_DELAY = 30.0
STEADY_SECONDS = 30.0
STOP_SECONDS = 15.0
LOG_BYTES = 5_000_000
SHOWN = 200
WORRYING = re.compile(r"WARNING|ERROR|CRITICAL|^[\w.]*(Error|Exception)\b")


@dataclass(slots=True)
class Child:
    name: str
    command: list[str]
    environment: dict[str, str]
    descriptors: tuple[int, ...] = ()
    process: "subprocess.Popen[str] | None" = None
    _delay: float = 1.0
    _started: float = 0.0
    _next_start: float = 0.0
    _relay: threading.Thread | None = field(default=None, repr=False)

    @property
    def log(self) -> Path:
        return VAR / "log" / f"{self.name}.log"

    def start(self) -> None:
        self.log.parent.mkdir(mode=0o700, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        self._started = time.monotonic()
        # A session of its own: the terminal's Ctrl-C must not hit it before we stop in order.
        self.process = subprocess.Popen(
            self.command, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
            preexec_fn=dies_with_parent(signal.SIGTERM), pass_fds=self.descriptors,
        )  # fmt: skip
        self._relay = threading.Thread(target=self._copy_lines, args=(self.process.stdout,), daemon=True)
        self._relay.start()

    def keep_alive(self) -> None:
        """Called again and again: notices a death, restarts when its delay is over."""
        now = time.monotonic()
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            if now - self._started > STEADY_SECONDS:
                self._delay = 1.0
            say(f"{self.name} ended ({code}), again in {self._delay:.0f} s; see {self.log}")
            self.process, self._next_start = None, now + self._delay
            self._delay = min(self._delay * 2, LONGEST_DELAY)
        elif now >= self._next_start:
            self.start()

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait_stopped(self, deadline: float) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            say(f"{self.name} does not stop: killed")
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        if self._relay is not None:
            self._relay.join(1)
        self.process = None

    def _copy_lines(self, lines: "IO[str]") -> None:
        with lines, open(self.log, "a", opener=lambda path, flags: os.open(path, flags, 0o600)) as log:
            for line in lines:
                log.write(line)
                log.flush()
                if WORRYING.search(line):
                    say(f"{self.name:<6}| {line.rstrip()[:SHOWN]}")


def stop_all(children: list[Child]) -> None:
    """Together, so that the slowest sets the time."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.wait_stopped(deadline)


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
