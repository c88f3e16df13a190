"""`make bench-search`: the search against its oracle, tantivy, the C floor, and a whole page.

Fresh seed each run, printed; nothing repeated, nothing kept between questions. Every timed answer is
compared with brute force (total, every count, ids in order). CPU milliseconds of this process and of its
database; the wall clock beside. What falls short of the goals is printed and makes the run fail.

`--offers N` (repeatable), `--queries`, `--seed`, `--uniform` (second shape of data), `--pages 0` to leave
the web out, `--probes` for freshness.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import random
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from bench import processes, server
from bench.report import Report

GOAL_P95, GOAL_MEDIAN = 5.0, 3.0
FLOOR_TIMES = {40_000: 20, 1_000_000: 10}
MEMORY_MB = {40_000: 200, 1_000_000: 650}
READY_SECONDS = {40_000: 2, 1_000_000: 5}
PUBLISH_MS = 5.0
# Questions asked to one engine before the other has its turn: each works with its own caches warm, and
# the first question of a turn, whose caches are cold, weighs less than 5 %.
ROUND = 50


def main(words: list[str]) -> int:
    options = parse(words)
    today = dt.datetime.now(ZoneInfo("Europe/Paris")).date()
    print(f"seed {options.seed}, load {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    report = Report()
    for count in options.offers or [40_000, 200_000]:
        with server.cluster() as database, TemporaryDirectory() as folder:
            env = server.environment(database) | {"SEARCH_FOLDER": folder}
            server.manage("prepare_database", env=env)
            if options.pages:
                server.manage("collectstatic", "--noinput", env=env)
            pid = os.fork()
            if pid == 0:
                # A process per size: one Django, one set of settings.
                code = 1
                try:
                    code = one_size(count, env, database, report, options, today)
                except BaseException:
                    traceback.print_exc(file=sys.stdout)
                finally:
                    sys.stdout.flush()
                    os._exit(code)
            _, status = os.waitpid(pid, 0)
            if status:
                report.short.append(f"{count} offers: see above")
    return report.end("bench-search")


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--offers", type=int, action="append")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--pages", type=int, default=300)
    parser.add_argument("--probes", type=int, default=1000)
    parser.add_argument("--uniform", action="store_true")
    return parser.parse_args(words)


def one_size(
    count: int,
    env: dict[str, str],
    database: Any,
    report: Report,
    options: argparse.Namespace,
    today: dt.date,
) -> int:
    os.environ.update(env)
    os.environ |= {"DATABASE_URL": env["DATABASE_OWNER_URL"], "SERVING_DATABASE_URL": env["DATABASE_URL"]}
    import django

    django.setup()
    from bench import search_data, search_pages
    from bench.search_oracle import Oracle

    print(f"\n== {count} offers")
    corpus = search_data.invent(options.seed, today=today, uniform=options.uniform)
    took = clock(lambda: search_data.fill(corpus, count, uniform=options.uniform))
    print(f"  filled in {took:.0f} s")
    oracle = Oracle(today)
    ready(count, report, database)
    engine(count, corpus, oracle, report, options)
    publish(report)
    if options.pages:
        search_pages.measure(count, corpus, oracle, env, database, report, options)
    return 1 if report.short else 0


def clock(work: Callable[[], Any]) -> float:
    start = time.monotonic()
    work()
    return time.monotonic() - start


def ready(count: int, report: Report, database: Any) -> None:
    from catalog.search.memory.keeper import keeper, place_of_file

    built = clock(keeper.load)
    place = place_of_file()
    assert place is not None
    size = Path(place).stat().st_size / 2**20
    keeper.generation = None
    before = time.process_time()
    loaded = clock(lambda: keeper.load(only_file=True))
    cpu = time.process_time() - before
    print(f"  index built from the rows in {built:.1f} s; file {size:.1f} MB, CPU to load {cpu:.2f} s")
    report.goal("ready from the file, s", loaded, READY_SECONDS.get(count, 5))


def engine(count: int, corpus: Any, oracle: Any, report: Report, options: argparse.Namespace) -> None:
    from bench.search_data import COUNTED
    from bench.search_peers import Floor, Tantivy
    from bench.search_questions import CLASSES, JUDGED, Asker

    peer, floor = Tantivy(oracle, COUNTED), Floor(oracle, COUNTED)
    least = floor.milliseconds()
    print(f"  floor ({floor.kind}, {len(floor.values)} values): {least:.3f} ms")
    asker, wrong, medians = Asker(corpus, options.seed + 1), 0, []
    print(f"  {'CPU ms':10}{'p50':>9}{'p95':>9}{'tantivy p50':>13}{'p95':>9}{'median ×':>10}{'p95 ×':>8}")
    for kind in CLASSES:
        ours, theirs = [], []
        for start in range(0, options.queries, ROUND):
            asked = [asker.ask(kind) for _ in range(min(ROUND, options.queries - start))]
            mine, other, found = one_round(asked, peer, ours_first=bool(start // ROUND % 2))
            ours += mine
            theirs += other
            wrong += sum(not is_exact(oracle, query, one) for query, one in zip(asked, found, strict=True))
        tell(kind, ours, theirs, report, judged=kind in JUDGED)
        if kind in JUDGED:
            medians.append(float(np.median(ours)))
    report.goal("wrong answers", wrong, 0)
    times, limit = float(np.median(medians)) / least, FLOOR_TIMES.get(count)
    if limit:
        report.goal("engine median ÷ floor", times, limit)
    else:
        print(f"  engine median ÷ floor: {times:.1f}")


def one_round(asked: list[Any], peer: Any, *, ours_first: bool) -> tuple[list[float], list[float], list[Any]]:
    """(our CPU ms, the peer's, our answers): the same fresh questions to one, then to the other."""
    from catalog.search.lexemes import lexemes_of
    from catalog.search.memory.find import find
    from catalog.search.memory.keeper import keeper

    # Both are given lexemes: the engine's dictionary and the peer's terms come from PostgreSQL.
    terms = [[word for form in lexemes_of(q.q.split()).values() for word in form] for q in asked]
    spent: dict[str, list[float]] = {"us": [], "peer": []}
    found = []
    for who in ("us", "peer") if ours_first else ("peer", "us"):
        for query, lexemes in zip(asked, terms, strict=True):
            start = time.thread_time_ns()
            if who == "us":
                found.append(find(keeper.generation, query))
            else:
                peer.answer(query, lexemes)
            spent[who].append((time.thread_time_ns() - start) / 1e6)
    return spent["us"], spent["peer"], found


def is_exact(oracle: Any, query: Any, found: Any) -> bool:
    q = query.q
    for reading in found.readings:
        q = q.replace(reading.typed, reading.used + ("*" if reading.kind == "prefix" else ""))
    expected = oracle.answer(query, q=q)
    counts = {(name, value): count for name, told in found.counts.items() for value, count in told.items()}
    same = (found.total, list(found.offers), counts) == (
        expected.total,
        expected.offers,
        expected.counts,
    )
    if not same:
        print(f"  WRONG {query}: {found.total} / {expected.total}")
    return same


def tell(kind: str, ours: list[float], theirs: list[float], report: Report, *, judged: bool) -> None:
    mine, peer = np.array(ours), np.array(theirs)
    p95, peer_p95 = np.percentile(mine, 95), np.percentile(peer, 95)
    ratio = float(np.median(peer / mine))
    low_median = interval(mine, peer, lambda a, b: float(np.median(b / a)))
    low_p95 = interval(mine, peer, lambda a, b: float(np.percentile(b, 95) / np.percentile(a, 95)))
    print(
        f"  {kind:10}{np.median(mine):9.3f}{p95:9.3f}{np.median(peer):13.3f}{peer_p95:9.3f}"
        f"{ratio:10.1f}{peer_p95 / p95:8.1f}"
    )
    if judged:
        report.goal(f"{kind} median, lower bound of times tantivy", low_median, GOAL_MEDIAN, at_least=True)
        report.goal(f"{kind} p95, lower bound of times tantivy", low_p95, GOAL_P95, at_least=True)


def interval(mine: Any, peer: Any, ratio: Callable[[Any, Any], float]) -> float:
    """Lower bound (2.5 %) of the ratio, by bootstrap."""
    rng = np.random.default_rng()
    drawn = [rng.integers(0, len(mine), len(mine)) for _ in range(500)]
    return float(np.percentile([ratio(mine[at], peer[at]) for at in drawn], 2.5))


def publish(report: Report, offers: int = 50) -> None:
    """What one changed offer costs an index: read what it lacks, take it."""
    from django.db import connection

    from catalog.search.memory.keeper import keeper

    with connection.cursor() as cursor:
        cursor.execute("SELECT offer_id FROM catalog_offersearchrow ORDER BY random() LIMIT %s", [offers])
        chosen = [row[0] for row in cursor.fetchall()]
        spent = []
        for offer in chosen:
            cursor.execute(
                "UPDATE catalog_offersearchrow SET fair = fair, seq = seq + 1 WHERE offer_id = %s", [offer]
            )
            start = time.thread_time()
            keeper.catch_up(keeper.generation)
            spent.append((time.thread_time() - start) * 1000)
    report.goal(
        "publishing one offer, ms of indexing a process (p95)", float(np.percentile(spent, 95)), PUBLISH_MS
    )
    print(f"  this process: {processes.pss_mb(os.getpid()):.0f} MB with the bench in it")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
