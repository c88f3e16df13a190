"""`make bench-procurement`: public export, assessment, dashboard and registers, against an oracle.

A fresh seed each run, printed. Contracts are invented, written with the product's own builder, then read
over HTTP from gunicorn under production's settings. The oracle makes the objects it expects by itself, counts
them, compares a random sample and validates it against the official schema. Memory is the largest worker's,
sampled while the export runs. What falls short is printed and makes the run fail.

The assessment of a need by the API is measured beside an empty DRF view, its answers judged too; so are the
offers that comply with a need, over a whole catalogue.

`--contracts N` (0: no export), `--sample N` (objects compared and validated), `--requests N` (assessments a
round, 0: none), `--seed`, `--files 0` to leave the files of the night out, `--orders N` of the registers and
`--offers N` of the catalogue (0: none). One part alone: the others at 0.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import threading
import time
import traceback
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from bench import processes, server
from bench import procurement_assess as assess
from bench import procurement_registers as registers
from bench.procurement_data import Told, invent
from bench.report import Report

MEMORY_MB, PER_SECOND = 150.0, 5_000.0
EXPORT = "/api/v1/publication/decp/"
PIECE = 1 << 20
# What a part of the bench ends with, when it ends badly.
FAILED, MISSED = 1, 3


def main(words: list[str]) -> int:
    options = parse(words)
    print(f"seed {options.seed}, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    report, told = Report(), invent(options.seed, options.contracts)
    with server.cluster() as database:
        env = server.environment(database) | {"SEARCH_IN_MEMORY": "false"}
        server.manage("prepare_database", env=env)
        server.manage("collectstatic", "--noinput", env=env)
        if told:
            in_a_child(lambda: fill(told, env))
            print(f"\n== DECP export of {len(told):,} contracts")
            export(told, env, report, options)
        if options.requests:
            print("\n== Assessment of a need by the API")
            pid = database.process.pid
            assess.measure(env, pid, report, requests=options.requests, seed=options.seed)
        if options.files and told:
            print("\n== Files of the night")
            in_a_child(lambda: files(env))
        if options.orders:
            print(f"\n== Dashboard and registers over {options.orders:,} orders")
            in_a_child(lambda: read_registers(env, database.process.pid, options), report)
    if options.offers:
        print(f"\n== Eligible offers among {options.offers:,}")
        with server.cluster() as database:
            env = server.environment(database) | {"SEARCH_IN_MEMORY": "false"}
            server.manage("prepare_database", env=env)
            in_a_child(lambda: find_eligible(env, options), report)
    return report.end("bench-procurement")


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--contracts", type=int, default=100_000)
    parser.add_argument("--sample", type=int, default=500)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--files", type=int, default=1)
    parser.add_argument("--orders", type=int, default=100_000)
    parser.add_argument("--offers", type=int, default=40_000)
    parser.add_argument("--needs", type=int, default=300)
    return parser.parse_args(words)


def in_a_child(work: Callable[[], Report | None], report: Report | None = None) -> None:
    """One Django and one set of settings a process; what it prints is seen, its failure fails the run. Work
    that judges gives its own report: a goal that it missed is told in ours."""
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        code = FAILED
        try:
            judged = work()
            code = MISSED if judged is not None and judged.short else 0
        except BaseException:
            traceback.print_exc(file=sys.stdout)
        finally:
            sys.stdout.flush()
            os._exit(code)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code == MISSED and report is not None:
        report.short.append("a goal of one part: see above")
    elif code:
        raise SystemExit("a part of the bench failed: see above")


def fill(told: list[Told], env: dict[str, str]) -> None:
    _django(env)
    from bench.procurement_rows import write

    start = time.monotonic()
    write(told)
    print(f"  {len(told):,} contracts written in {time.monotonic() - start:.0f} s")


def _django(env: dict[str, str]) -> None:
    os.environ.update(env)
    os.environ |= {"DATABASE_URL": env["DATABASE_OWNER_URL"], "SERVING_DATABASE_URL": env["DATABASE_URL"]}
    import django

    django.setup()


def export(told: list[Told], env: dict[str, str], report: Report, options: argparse.Namespace) -> None:
    with server.gunicorn("marketplace.wsgi:application", env=env, path="/livez") as (pid, port):
        read(port, f"{EXPORT}?page_size=100")  # the worker's first answer loads what every answer uses
        workers = processes.children_of(pid)
        before = max(map(processes.pss_mb, workers))
        with peak_of(workers) as peak:
            cpu, start = processes.cpu_seconds(pid), time.monotonic()
            text, first = read(port, EXPORT)
            seconds, cpu = time.monotonic() - start, processes.cpu_seconds(pid) - cpu
    size = len(text) / 2**20
    print(f"  {size:.0f} MB in {seconds:.1f} s, {cpu:.1f} s of CPU, first bytes after {first * 1000:.0f} ms")
    report.goal("contracts a second", len(told) / seconds, PER_SECOND, at_least=True)
    report.goal("memory of the worker, MB at its peak", peak[0], MEMORY_MB)
    print(f"  of which the export added {peak[0] - before:.1f} MB")
    judge(told, text, report, options)


def read(port: int, path: str) -> tuple[bytes, float]:
    """The body, and the seconds before its first bytes."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=server.HEADERS)
    start = time.monotonic()
    with urllib.request.urlopen(request, timeout=600) as answer:
        pieces = [answer.read(1)]
        first = time.monotonic() - start
        while piece := answer.read(PIECE):
            pieces.append(piece)
    return b"".join(pieces), first


@contextmanager
def peak_of(workers: list[int]) -> Iterator[list[float]]:
    """The largest memory of any worker, looked at ten times a second until the block ends."""
    peak, over = [0.0], threading.Event()

    def look() -> None:
        while not over.is_set():
            peak[0] = max(peak[0], *map(processes.pss_mb, workers))
            over.wait(0.1)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


def find_eligible(env: dict[str, str], options: argparse.Namespace) -> Report:
    _django(env)
    from bench import procurement_eligible

    report = Report()
    procurement_eligible.measure(options.offers, options.needs, options.seed, report)
    return report


def read_registers(env: dict[str, str], database: int, options: argparse.Namespace) -> Report:
    """Under production's settings."""
    _django(env)
    report = Report()
    start = time.monotonic()
    readers = registers.fill(options.orders, options.seed)
    print(f"  written in {time.monotonic() - start:.0f} s")
    registers.queries(readers, report)
    registers.measure(readers, env, database, report, requests=max(20, options.requests // 10))
    return report


def judge(told: list[Told], text: bytes, report: Report, options: argparse.Namespace) -> None:
    from bench.procurement_oracle import expected, schema_errors

    found = json.loads(text)["marches"]["marche"]
    by_key = {(each["acheteur"]["id"], each["id"]): each for each in found}
    report.goal("contracts missing, doubled or unknown", wrong_keys(told, found, by_key), 0)
    sample = random.Random(options.seed).sample(told, min(options.sample, len(told)))
    different = [one for one in sample if by_key.get((one.siret, one.reference)) != expected(one)]
    for one in different[:3]:
        print(f"  WRONG {by_key.get((one.siret, one.reference))}\n  expected {expected(one)}")
    report.goal(f"wrong objects of {len(sample)}", len(different), 0)
    errors = schema_errors([by_key[key] for one in sample if (key := (one.siret, one.reference)) in by_key])
    for error in errors[:3]:
        print(f"  INVALID {error}")
    report.goal(f"errors of the official schema in {len(sample)}", len(errors), 0)


def wrong_keys(told: list[Told], found: list[Any], by_key: dict[Any, Any]) -> int:
    wanted = {(one.siret, one.reference) for one in told}
    return len(wanted ^ set(by_key)) + len(found) - len(by_key)


def files(env: dict[str, str]) -> None:
    _django(env)
    from django.utils import timezone

    from procurement.publication.files import make_missing, path_of

    start, before = time.monotonic(), processes.pss_mb(os.getpid())
    with peak_of([os.getpid()]) as peak:
        made = make_missing(on=timezone.localdate())
    seconds = time.monotonic() - start
    for file in made:
        print(f"  {file.name}: {file.rows:,} rows, {file.size / 2**20:.1f} MB compressed")
        path_of(file).unlink()
    print(f"  all three in {seconds:.0f} s, {peak[0] - before:.0f} MB more than before at the peak")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
