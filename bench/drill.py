"""Workers, broker and database killed with -9 while dossiers are checked, and an oracle that counts.

`make drill` runs it with 200 dossiers on both brokers; test_pipeline_faults runs it with ten. Everything is
real: the product's tasks, Celery workers, an embedded PostgreSQL with fsync on, a Redis of its own that keeps
nothing (so that its death loses every message: only rows are left to tell what is to be done).

    python -m bench.drill --dossiers 200 --broker redis --broker pgmq
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from bench.server import cluster as durable_cluster
from bench.server import free_port
from marketplace.devtools.postgres import OWNER, SEALER, SERVING, Cluster

HOME = Path(__file__).resolve().parents[1]
WORKERS = 2
VICTIMS = ("worker", "broker", "database")

# Written by PostgreSQL itself at each effect on a row: what no later state of the row could hide.
WITNESS = """
CREATE TABLE IF NOT EXISTS drill_witness (what text, row_id bigint, at timestamptz DEFAULT clock_timestamp());
CREATE OR REPLACE FUNCTION drill_saw_result() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN INSERT INTO public.drill_witness (what, row_id) VALUES ('result', NEW.id); RETURN NEW; END $$;
CREATE OR REPLACE FUNCTION drill_saw_move() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN INSERT INTO public.drill_witness (what, row_id) VALUES ('move', NEW.id); RETURN NEW; END $$;
CREATE TRIGGER drill_result AFTER UPDATE ON qualification_checkrun FOR EACH ROW
  WHEN (OLD.verdict IS DISTINCT FROM NEW.verdict) EXECUTE FUNCTION drill_saw_result();
CREATE TRIGGER drill_move AFTER UPDATE ON qualification_dossier FOR EACH ROW
  WHEN (OLD.state = 'checking' AND NEW.state <> 'checking') EXECUTE FUNCTION drill_saw_move();
"""


@dataclass
class Redis:
    """A server of its own, without persistence, on a free port."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        command = ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        command += ["--appendonly", "no", "--dir", str(self.folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


@dataclass
class Drill:
    """One run. ``killed`` tells the deaths, in order, with how many results were written by then; ``ended``
    counts the workers that ended by themselves, and were started again as production does."""

    cluster: Cluster
    log: Path
    redis: Redis | None
    check_seconds: float
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    killed: list[tuple[str, int]] = field(default_factory=list)
    ended: int = 0

    @property
    def environment(self) -> dict[str, str]:
        broker = self.redis.url if self.redis else self.cluster.url(SERVING, scheme="pgmq")
        return {
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.test",
            "DATABASE_URL": self.cluster.url(SERVING),
            "DATABASE_OWNER_URL": self.cluster.url(OWNER),
            "AUDIT_SEALER_DATABASE_URL": self.cluster.url(SEALER),
            "CELERY_BROKER_URL": broker,
            "CELERY_VISIBILITY_TIMEOUT": "5",
            "DRILL_CHECK_SECONDS": str(self.check_seconds),
        }

    def run_python(self, *words: str) -> None:
        """Raises SystemExit with what the program said."""
        command, env = [sys.executable, *words], self.environment
        done = subprocess.run(command, cwd=HOME, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{' '.join(words)}:\n{done.stderr[-3000:]}")

    def start_worker(self, number: int) -> subprocess.Popen[bytes]:
        """The first one also carries the sweeper's clock."""
        beat = ["-B", "--schedule", str(self.log.with_suffix(".beat"))] if number == 0 else []
        command = [
            sys.executable, "-m", "celery", "-A", "tests.qualification.drill_app", "worker", *beat,
            "-l", "WARNING", "-c", "2", "-n", f"drill{number}@%h", "-Q", "checks,fetch,events",
            "--without-gossip", "--without-mingle", "--without-heartbeat",
        ]  # fmt: skip
        with self.log.open("ab") as file:
            return subprocess.Popen(
                command, cwd=HOME, env=self.environment, stdout=file, stderr=file, start_new_session=True
            )

    # -- deaths

    def kill(self, victim: str) -> None:
        self.killed.append((victim, self.done()))
        if victim == "worker":
            number = len(self.killed) % WORKERS
            end(self.workers[number])
            self.workers[number] = self.start_worker(number)
        elif victim == "broker" and self.redis is not None:
            self.redis.kill()
            # Sent while nobody can be rung: the sweeper is the only one left to know.
            self.run_python("-m", "tests.qualification.drill_app", "--submit-drafts")
            self.redis.start()
        else:
            assert self.cluster.process is not None
            self.cluster.process.kill()
            self.cluster.process.wait()
            time.sleep(1)
            self.cluster.start()

    def keep_alive(self) -> None:
        """``restart: unless-stopped`` of docker-compose.yml, and the supervisor of `make run`."""
        for number, worker in enumerate(self.workers):
            if worker.poll() is not None:
                self.ended += 1
                self.workers[number] = self.start_worker(number)

    def stop(self) -> None:
        for worker in self.workers:
            if worker.poll() is None:
                end(worker)

    # -- what PostgreSQL says

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with self.cluster.connect() as connection:
            return list(connection.execute(sql).fetchall())

    def done(self) -> int:
        found = self.rows("SELECT count(*) FROM qualification_checkrun WHERE lease_state = 'done'")
        return int(str(found[0][0]))

    def total(self) -> int:
        """Checks of every dossier, those not sent yet included."""
        sent = self.rows("SELECT count(*), count(DISTINCT dossier_id) FROM qualification_checkrun")[0]
        everything = self.rows("SELECT count(*) FROM qualification_dossier")[0][0]
        runs, dossiers = int(str(sent[0])), int(str(sent[1]))
        return runs * int(str(everything)) // dossiers

    def wait(self, condition: Callable[[], bool], *, seconds: float) -> None:
        """Raises SystemExit with the end of the workers' log."""
        deadline = time.monotonic() + seconds
        while True:
            self.keep_alive()
            with contextlib.suppress(psycopg.OperationalError):
                if condition():
                    return
            if time.monotonic() > deadline:
                raise SystemExit(f"still {self.done()} of {self.total()}:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.1)


def end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@contextlib.contextmanager
def ready(broker: str, *, check_seconds: float) -> Iterator[Drill]:
    """A database with the product's tables and the witness, a broker, no worker yet."""
    with durable_cluster() as cluster, tempfile.TemporaryDirectory() as folder:
        redis = Redis(Path(folder), free_port()) if broker == "redis" else None
        if redis is not None:
            redis.start()
        drill = Drill(cluster, Path(folder) / "workers.log", redis, check_seconds)
        try:
            drill.run_python("manage.py", "prepare_database")
            with cluster.connect() as connection:
                connection.execute(WITNESS)
            yield drill
        finally:
            drill.stop()
            if redis is not None:
                redis.kill()


def run(drill: Drill, *, dossiers: int, deaths: int, seconds: float) -> None:
    """Send, check, kill ``deaths`` times at even shares of the work, wait for the end."""
    late = max(1, dossiers // 10) if drill.redis is not None else 0
    drill.run_python("-m", "tests.qualification.drill_app", str(dossiers), str(late))
    drill.workers = [drill.start_worker(number) for number in range(WORKERS)]
    total = drill.total()
    # Without a Redis the broker is the database: one death kills both.
    victims = VICTIMS if drill.redis is not None else ("worker", "database")
    for number in range(deaths):
        share = total * (number + 1) // (deaths + 2)
        drill.wait(lambda share=share: drill.done() >= share, seconds=seconds)
        drill.kill(victims[number % len(victims)])
    if late and "broker" not in [victim for victim, _ in drill.killed]:
        drill.run_python("-m", "tests.qualification.drill_app", "--submit-drafts")
    drill.wait(lambda: drill.done() >= drill.total(), seconds=seconds)
    moved = "SELECT DISTINCT state FROM qualification_dossier"
    drill.wait(lambda: drill.rows(moved) == [("instruction",)], seconds=60)


def verdict(drill: Drill, *, dossiers: int) -> list[str]:
    """What went wrong, each in a sentence; empty: nothing lost, nothing twice."""
    found: list[str] = []

    def expect(what: str, got: object, wanted: object) -> None:
        if got != wanted:
            found.append(f"{what}: {got}, expected {wanted}")

    runs = drill.rows("SELECT dossier_id, check_code, lease_state, verdict <> '' FROM qualification_checkrun")
    codes = {row[1] for row in runs}
    per_pair = Counter((row[0], row[1]) for row in runs)
    expect("dossiers with checks", len({row[0] for row in runs}), dossiers)
    expect("runs", len(runs), dossiers * len(codes))
    expect("runs of one check in one dossier", set(per_pair.values()), {1})
    expect("states of runs", {row[2] for row in runs}, {"done"})
    expect("runs without a verdict", sum(1 for row in runs if not row[3]), 0)
    seen = Counter((what, row_id) for what, row_id in drill.rows("SELECT what, row_id FROM drill_witness"))
    results = [count for (what, _), count in seen.items() if what == "result"]
    moves = [count for (what, _), count in seen.items() if what == "move"]
    expect("results written, by PostgreSQL's own witness", Counter(results), Counter({1: len(runs)}))
    expect("dossiers moved on, by the witness", Counter(moves), Counter({1: dossiers}))
    journal = drill.rows("SELECT count(*) FROM audit_auditevent WHERE what = 'end_checks' GROUP BY object_id")
    expect("journal lines of the end of checks", Counter(row[0] for row in journal), Counter({1: dossiers}))
    again = drill.rows("SELECT count(*) FROM qualification_checkrun WHERE attempt > 1")
    if again == [(0,)]:
        found.append("no run was ever taken again: the deaths hit nothing")
    return found


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dossiers", type=int, default=200)
    parser.add_argument("--broker", action="append", choices=("redis", "pgmq"))
    parser.add_argument("--deaths", type=int, default=12)
    parser.add_argument("--check-seconds", type=float, default=0.05)
    options = parser.parse_args(words)
    brokers = options.broker or (["redis", "pgmq"] if shutil.which("redis-server") else ["pgmq"])
    failed = 0
    for broker in brokers:
        started = time.monotonic()
        with ready(broker, check_seconds=options.check_seconds) as drill:
            run(drill, dossiers=options.dossiers, deaths=options.deaths, seconds=1800)
            faults = verdict(drill, dossiers=options.dossiers)
            total = drill.total()
        told = ", ".join(f"{victim} at {done}" for victim, done in drill.killed)
        print(f"{broker}: {options.dossiers} dossiers, {total} checks, {time.monotonic() - started:.0f} s")
        print(f"  killed -9: {told}; ended by themselves: {drill.ended}")
        for fault in faults:
            print(f"  FAULT {fault}")
        print("  FAILED" if faults else "  nothing lost, nothing written twice")
        failed += bool(faults)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
