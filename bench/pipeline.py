"""`make bench-pipeline`: what our steps cost beside bare Celery, whether history weighs, and a re-check of
thousands of offers with a worker killed on the way.

One run, same broker, same worker, same queue:
(a) bare no-op tasks; (b) our steps with checks that do nothing; (c) whole dossiers of every local check.
The worker is stopped (SIGSTOP) while the queue is filled, so that what is timed is the worker alone. CPU is
that of the worker's tree and of PostgreSQL's, from /proc. `--recheck N`: N offers looked at through the
product's own fetcher on local TLS sites (200 ms, 2 % that never answer), 2 workers × 16 threads, one killed.

Goals that fall short are printed and fail the run; nothing is kept from one run to the next.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import redis

from bench import processes, server
from bench.drill import WITNESS
from bench.empty_checks import EMPTY_CODES
from marketplace.devtools.postgres import Cluster
from marketplace.devtools.tls_sites import Behaviour, Site, TlsSites, answer_page, hang

ROOT = Path(__file__).resolve().parents[1]
REDIS_URL = os.environ.get("BENCH_REDIS_URL", "redis://127.0.0.1:6379/14")
QUEUE = "checks"
LEAST_RATIO, MOST_GROWTH = 0.25, 1.2
RECHECK_MINUTES, FETCH_THREADS, FETCH_WORKERS, HOSTS, SLOW_SECONDS = 60, 16, 2, 200, 0.2
# One host in fifty never answers: 2 % of the offers.
HANG_EVERY = 50


@dataclass(frozen=True)
class Figure:
    """Per second by the clock; CPU milliseconds a task, of the worker and of PostgreSQL."""

    count: int
    seconds: float
    worker_ms: float
    database_ms: float

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def cpu_ms(self) -> float:
        return self.worker_ms + self.database_ms

    def told(self, what: str) -> str:
        return (
            f"  {what:<44} {self.rate:8.0f} /s   CPU {self.worker_ms:6.2f} ms worker"
            f" + {self.database_ms:6.2f} ms PostgreSQL"
        )


@dataclass
class Bench:
    database: Cluster
    broker: str
    env: dict[str, str]
    log: Path
    faults: list[str] = field(default_factory=list)

    def do(self, *words: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "bench.pipeline_app", *words], cwd=ROOT, env=self.env, check=True
        )

    def told(self, *words: str) -> str:
        command = [sys.executable, "-m", "bench.pipeline_app", *words]
        return subprocess.check_output(command, cwd=ROOT, env=self.env, text=True).strip()

    def one(self, sql: str) -> int:
        with self.database.connect() as connection:
            row = connection.execute(sql).fetchone()
        return int(str(row[0]))

    def open_runs(self) -> int:
        return self.one("SELECT count(*) FROM qualification_checkrun WHERE lease_state IN ('due', 'running')")

    def waiting(self) -> int:
        """Messages not yet acknowledged."""
        if self.broker == "pgmq":
            return self.one(f"SELECT count(*) FROM pgmq.q_{QUEUE}")
        with redis.Redis.from_url(REDIS_URL) as client:
            return int(client.llen(QUEUE)) + int(client.hlen("unacked"))

    def goal(self, what: str, met: bool) -> None:
        print(f"  {'met ' if met else 'SHORT'} {what}")
        if not met:
            self.faults.append(f"{self.broker}: {what}")

    @contextlib.contextmanager
    def worker(self, *words: str, queues: str = QUEUE) -> Iterator[int]:
        """The pid of a worker that takes tasks; its whole group is ended after."""
        process = self.start(*words, queues=queues)
        try:
            yield process.pid
        finally:
            kill(process)

    def start(self, *words: str, queues: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "celery", "-A", "bench.pipeline_app", "worker", "-l", "ERROR"]
        command += ["-Q", queues, "--without-gossip", "--without-mingle", "--without-heartbeat", *words]
        with self.log.open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, env=self.env, stdout=log, stderr=log, start_new_session=True
            )

    def timed(self, pid: int, fill: Callable[[], None], *, count: int) -> Figure:
        """Fills the queue while the worker is stopped, then times it until nothing is left."""
        os.killpg(pid, signal.SIGSTOP)
        try:
            fill()
            assert self.database.process is not None
            postgres = self.database.process.pid
            worker_before, database_before = processes.cpu_seconds(pid), processes.cpu_seconds(postgres)
            started = time.monotonic()
        finally:
            os.killpg(pid, signal.SIGCONT)
        wait(lambda: self.waiting() == 0 and self.open_runs() == 0, seconds=1800, every=0.1)
        seconds = time.monotonic() - started
        worker_cpu = processes.cpu_seconds(pid) - worker_before
        database_cpu = processes.cpu_seconds(postgres) - database_before
        return Figure(count, seconds, 1000 * worker_cpu / count, 1000 * database_cpu / count)

    def steps(self, pid: int, dossiers: int, *, codes: tuple[str, ...]) -> Figure:
        self.do("rows", ",".join(codes), str(dossiers))
        return self.timed(pid, lambda: self.do("ring"), count=dossiers * len(codes))


def kill(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait(condition: Callable[[], bool], *, seconds: float, every: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("not done in time")
        time.sleep(every)


@contextlib.contextmanager
def opened(broker: str) -> Iterator[Bench]:
    """A durable PostgreSQL with the product's tables, an empty broker."""
    with server.cluster() as database, tempfile.TemporaryDirectory() as folder:
        env = server.environment(database)
        if broker == "redis":
            env["CELERY_BROKER_URL"] = REDIS_URL
            with redis.Redis.from_url(REDIS_URL) as client:
                client.flushdb()
        server.manage("prepare_database", env=env)
        yield Bench(database, broker, env, Path(folder) / "workers.log")


def compare(bench: Bench, options: argparse.Namespace) -> None:
    """(a), (b), (c), then the weight of history on (b)."""
    dossiers = max(1, options.steps // len(EMPTY_CODES))
    codes = tuple(bench.told("codes").split(","))
    with bench.worker("-c", "2") as pid:
        bench.timed(pid, lambda: bench.do("noop", "200"), count=200)
        bench.steps(pid, 8, codes=EMPTY_CODES)
        bare = bench.timed(pid, lambda: bench.do("noop", str(options.steps)), count=options.steps)
        print(bare.told("(a) bare Celery no-op"))
        ours = bench.steps(pid, dossiers, codes=EMPTY_CODES)
        print(ours.told("(b) our steps, a check that does nothing"))
        whole = bench.steps(pid, options.dossiers, codes=codes)
        print(whole.told(f"(c) dossiers of {len(codes)} local checks"))
        print(f"  {'    that is':<44} {whole.rate / len(codes):8.1f} dossiers/s")
        ratio = ours.rate / bare.rate
        told = f"(b) is {ratio:.2f} of (a) a second"
        if bench.broker == "redis":
            bench.goal(f"{told}, at least {LEAST_RATIO}", ratio >= LEAST_RATIO)
        else:
            print(f"       {told} (no goal on pgmq)")
        weigh_history(bench, pid, options, dossiers)


def weigh_history(bench: Bench, pid: int, options: argparse.Namespace, dossiers: int) -> None:
    few, many = options.history
    there = "SELECT count(*) FROM qualification_checkrun"
    bench.do("history", str(max(few - bench.one(there), len(EMPTY_CODES))))
    before_rows = bench.one(there)
    before = bench.steps(pid, dossiers, codes=EMPTY_CODES)
    bench.do("history", str(max(many - bench.one(there), len(EMPTY_CODES))))
    after_rows = bench.one(there)
    after = bench.steps(pid, dossiers, codes=EMPTY_CODES)
    print(before.told(f"our steps over {before_rows:,} rows"))
    print(after.told(f"our steps over {after_rows:,} rows"))
    growth = after.cpu_ms / before.cpu_ms
    bench.goal(f"CPU a step grows {growth:.2f} times, at most {MOST_GROWTH}", growth <= MOST_GROWTH)


@dataclass
class Visits:
    """How many are served at once by each host, as the sites saw it."""

    now: dict[str, int] = field(default_factory=dict)
    most: int = 0
    total: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def counted(self, host: str, behaviour: Behaviour) -> Behaviour:
        def served(sock: object, closing: threading.Event) -> None:
            with self.lock:
                self.total += 1
                self.now[host] = self.now.get(host, 0) + 1
                self.most = max(self.most, self.now[host])
            try:
                behaviour(sock, closing)
            finally:
                with self.lock:
                    self.now[host] -= 1

        return served


def slow_page(sock: object, closing: threading.Event) -> None:
    closing.wait(SLOW_SECONDS)
    answer_page(sock, closing)


def recheck(bench: Bench, count: int) -> None:
    """N offers through the product's fetcher; one of the two workers is killed at 40 % and started again."""
    visits, hung = Visits(), Visits()
    sites = [
        # One that hangs serves on after its visitor has left: it is not counted with the others.
        Site(f"h{place}.example", hung.counted(f"h{place}", hang))
        if place % HANG_EVERY == 0
        else Site(f"h{place}.example", visits.counted(f"h{place}", slow_page))
        for place in range(HOSTS)
    ]
    with tempfile.TemporaryDirectory() as folder, TlsSites(sites, folder=Path(folder)) as served:
        bench.env |= served.environment() | {"DJANGO_SETTINGS_MODULE": "marketplace.settings.dev"}
        with bench.database.connect() as connection:
            connection.execute(WITNESS)
        bench.do("sites", str(count), str(HOSTS))
        started = time.monotonic()
        bench.do("look")
        threads = ("-P", "threads", "-c", str(FETCH_THREADS))
        beat = ("-B", "--schedule", str(Path(folder) / "beat"))
        workers = [
            bench.start(
                *threads, *(beat if number == 0 else ()), "-n", f"f{number}@%h", queues="fetch,events"
            )
            for number in range(FETCH_WORKERS)
        ]
        try:
            limit = RECHECK_MINUTES * 60
            wait(lambda: bench.open_runs() <= count * 0.6, seconds=limit, every=0.5)
            kill(workers[1])
            workers[1] = bench.start(*threads, "-n", "f1@%h", queues="fetch,events")
            wait(lambda: bench.open_runs() == 0, seconds=limit, every=0.5)
        finally:
            for worker in workers:
                kill(worker)
        minutes = (time.monotonic() - started) / 60
    judge_recheck(bench, count, minutes=minutes, visits=visits)


def judge_recheck(bench: Bench, count: int, *, minutes: float, visits: Visits) -> None:
    watched = "FROM qualification_checkrun WHERE trigger = 'watch' AND verdict"
    done = bench.one(f"SELECT count(*) {watched} <> ''")
    unknown = bench.one(f"SELECT count(*) {watched} = 'unknown'")
    seen = "SELECT row_id FROM drill_witness WHERE what = 'result' GROUP BY 1 HAVING count(*) = 1"
    once = bench.one(f"SELECT count(*) FROM ({seen}) one")
    print(
        f"  re-check of {count:,} offers on {HOSTS} hosts: {minutes:.1f} min, {visits.total:,} visits, "
        f"at most {visits.most} at once on one host (a killed worker's are still served), "
        f"{unknown:,} not verified (sites that hang)"
    )
    bench.goal(f"in {minutes:.1f} min, at most {RECHECK_MINUTES}", minutes <= RECHECK_MINUTES)
    bench.goal(f"{done:,} results of {count:,}, written once: {once:,}", done == once == count)


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--broker", action="append", choices=("redis", "pgmq"))
    parser.add_argument("--steps", type=int, default=5000, help="tasks of (a) and (b)")
    parser.add_argument("--dossiers", type=int, default=200, help="of (c)")
    parser.add_argument("--history", type=int, nargs=2, default=(1000, 100_000), metavar="ROWS")
    parser.add_argument("--recheck", type=int, default=0, metavar="N", help="offers to look at again")
    parser.add_argument("--short", action="store_true", help="a few hundred of each: does it work")
    parser.add_argument("--only-recheck", action="store_true")
    parser.add_argument("--no-gaiax", action="store_true")
    options = parser.parse_args(words)
    if options.short:
        options.steps, options.dossiers, options.history = 500, 20, (1000, 5000)
    faults: list[str] = []
    for broker in options.broker or ("redis", "pgmq"):
        print(f"{broker}, fsync on, a worker with two children")
        with opened(broker) as bench:
            if not options.only_recheck:
                compare(bench, options)
            if options.recheck and broker == "redis":
                recheck(bench, options.recheck)
            faults += bench.faults
    gaiax = Path(__file__).with_name("gaiax.py")
    if (
        gaiax.exists()
        and not options.no_gaiax
        and subprocess.call([sys.executable, "-m", "bench.gaiax"], cwd=ROOT)
    ):
        faults.append("Gaia-X: see above")
    print("goals not met:" if faults else "every goal met")
    for fault in faults:
        print(f"  {fault}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
