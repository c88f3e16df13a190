"""The whole page under production's settings, and answers that must never be late."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import re
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import numpy as np
import psycopg

from bench import processes, server
from bench.search_data import Corpus
from bench.search_oracle import Oracle
from bench.search_questions import Asker
from catalog.search.query import OfferQuery
from marketplace.devtools.postgres import OWNER

PAGE_TIMES = {40_000: 5, 1_000_000: 12}
PAGE_P95_MS = {40_000: 10, 1_000_000: 25}
KINDS = ("filt3", "w1", "w2f2", "w1price", "rare", "broad")
COUNT = re.compile(r'id="n-([a-z0-9_]+)-([^"]*)">\((\d+)\)<')
TOTAL = re.compile(r'data-announce="([^"]*)"')
CARD = re.compile(r'<article class="catalog-card">.*?href="/offres/(\d+)-', re.S)


class Client:
    """One connection kept open, as behind a proxy: it stays with the worker that took it."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> str:
        self.connection.request("GET", path, headers=server.HEADERS)
        answer = self.connection.getresponse()
        body = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}: {body[:200]}")
        return body


def address(query: OfferQuery, path: str = "/offres/") -> str:
    pairs = [(name, value) for name, values in query.facets.items() for value in values]
    pairs += [("q", query.q)] if query.q else []
    pairs += [("price_max", str(query.price_max))] if query.price_max is not None else []
    pairs += [("ordering", query.ordering)] if query.ordering else []
    return f"{path}?{urlencode(pairs)}"


def measure(
    count: int,
    corpus: Corpus,
    oracle: Oracle,
    env: dict[str, str],
    database: Any,
    report: Any,
    options: argparse.Namespace,
) -> None:
    asker = Asker(corpus, options.seed + 2)
    postgres = database.process.pid
    with (
        server.gunicorn("marketplace.wsgi:application", env=env, path="/livez") as (web, port),
        server.gunicorn("bench.bare:application", env=dict(os.environ), path="/") as (bare, bare_port),
    ):
        client, empty = Client(port), Client(bare_port)
        for _ in range(40):
            Client(port).get(address(asker.ask("w1")))  # both workers have their index
        spent, least, wrong = [], [], 0
        for _ in range(3):
            least.append(_cpu(bare, 0, lambda: [empty.get("/") for _ in range(500)]) / 500)
            asked = [asker.ask(KINDS[n % len(KINDS)]) for n in range(options.pages // 3)]
            pages: list[str] = []
            spent.append(
                _cpu(web, postgres, lambda a=asked, p=pages: p.extend(client.get(address(q)) for q in a))
                / len(asked)
            )
            wrong += sum(not _is_page_exact(oracle, q, page) for q, page in zip(asked, pages, strict=True))
        page, bare_ms = float(np.median(spent)), float(np.median(least))
        print(
            f"  page {page:.2f} ms CPU (web + base), empty DRF view {bare_ms:.2f}, {len(pages[0]) // 1024} kB"
        )
        report.goal("page ÷ empty DRF view", page / bare_ms, PAGE_TIMES.get(count, 12))
        report.goal("pages that differ from brute force", wrong, 0)
        everything = [client.get(address(asker.ask("w1"), "/offres/filtres/")) for _ in range(3)]
        full = (
            _cpu(
                web,
                postgres,
                lambda: [client.get(address(asker.ask("w1"), "/offres/filtres/")) for _ in range(20)],
            )
            / 20
        )
        print(f"  page of all filters: {full:.2f} ms, {len(everything[0]) // 1024} kB (told apart)")
        report.goal(
            "page p95, ms of wall, two connections", _latency(port, asker), PAGE_P95_MS.get(count, 25)
        )
        memory = max(processes.pss_mb(pid) for pid in processes.children_of(web))
        report.goal("memory of a worker (Pss), MB", memory, {40_000: 200, 1_000_000: 650}.get(count, 650))
        if options.probes:
            late = _late_answers(port, database, options.probes, random.Random(options.seed))
            report.goal(f"answers late in {options.probes} probes", late, 0)


def _cpu(web: int, database: int, work: Any) -> float:
    """CPU milliseconds of the trees while the work is done."""
    pids = [pid for pid in (web, database) if pid]
    before = sum(map(processes.cpu_seconds, pids))
    work()
    return (sum(map(processes.cpu_seconds, pids)) - before) * 1000


def _is_page_exact(oracle: Oracle, query: OfferQuery, page: str) -> bool:
    """The numbers a person reads: total, every count shown, cards in order."""
    expected = oracle.answer(query)
    told = TOTAL.search(page)
    total = int(re.sub(r"\D", "", told[1]) or 0) if told else -1
    counts = {(name, value): int(count) for name, value, count in COUNT.findall(page) if int(count)}
    under, steps = 0, {}
    for step in ("10", "50", "100", "500", "1000", "5000"):
        under += expected.counts.get(("price_max", step), 0)
        steps["price_max", step] = under
    wanted = {key: n for key, n in {**expected.counts, **steps}.items() if n and key[1]}
    cards = [int(number) for number in CARD.findall(page)]
    same = (
        total == expected.total
        and cards == expected.offers
        and all(wanted.get(key) == count for key, count in counts.items())
        and set(wanted) <= set(counts)
    )
    if not same:
        differ = sorted(set(wanted.items()) ^ set(counts.items()))[:5]
        print(f"  WRONG PAGE {address(query)}: {total} / {expected.total}, {differ}")
    return same


def _latency(port: int, asker: Asker, requests: int = 150) -> float:
    spent: list[float] = []
    asked = [[address(asker.ask(KINDS[n % len(KINDS)])) for n in range(requests)] for _ in range(2)]

    def run(paths: list[str]) -> None:
        client = Client(port)
        for path in paths:
            start = time.monotonic()
            client.get(path)
            spent.append((time.monotonic() - start) * 1000)

    threads = [threading.Thread(target=run, args=(paths,)) for paths in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(f"  page wall ms: p50 {np.percentile(spent, 50):.1f}, p99 {np.percentile(spent, 99):.1f}")
    return float(np.percentile(spent, 95))


@contextlib.contextmanager
def _clients(port: int, count: int = 8) -> Iterator[list[Client]]:
    """Several connections: the workers share them out."""
    yield [Client(port) for _ in range(count)]


def _late_answers(port: int, database: Any, probes: int, chance: random.Random) -> int:
    """Three writers with transactions left open and committed in another order; a fourth that changes other
    offers all the time. Each probe begins after a commit returned and must tell exactly what is committed."""
    url = database.url(OWNER)
    change = "UPDATE catalog_offersearchrow SET price_eur_ht = %s WHERE offer_id = %s"
    with psycopg.connect(url, autocommit=True) as reader:
        rows = reader.execute(
            "SELECT offer_id FROM catalog_offersearchrow ORDER BY random() LIMIT 300"
        ).fetchall()
        ours, others = [row[0] for row in rows[:100]], [row[0] for row in rows[100:]]
        # Prices that nothing else has: at most 100 of them, found by « price_max ».
        reader.execute("UPDATE catalog_offersearchrow SET price_eur_ht = 0.4 WHERE price_eur_ht < 0.5")
        reader.execute("UPDATE catalog_offersearchrow SET price_eur_ht = 1 WHERE offer_id = ANY(%s)", [ours])
        (outside,) = reader.execute(
            "SELECT count(*) FROM catalog_offersearchrow WHERE is_public AND price_eur_ht < 0.3"
        ).fetchone() or (0,)
    known, held = dict.fromkeys(ours, False), {}
    stop = threading.Event()
    noise = threading.Thread(target=_noise, args=(url, others, stop))
    noise.start()
    writers = [psycopg.connect(url) for _ in range(3)]
    late = 0
    try:
        with _clients(port) as clients:
            for turn in range(probes):
                at = chance.randrange(3)
                if at in held:
                    writers[at].commit()
                    known.update([held.pop(at)])
                else:
                    free = sorted(set(ours) - {offer for offer, _ in held.values()})
                    offer, cheap = chance.choice(free), chance.random() < 0.5
                    writers[at].execute(change, [0.2 if cheap else 1, offer])
                    held[at] = (offer, cheap)
                told = json.loads(
                    clients[turn % len(clients)].get("/api/v1/offers/?price_max=0.25&page_size=1")
                )
                late += told["count"] != outside + sum(known.values())
    finally:
        stop.set()
        noise.join()
        for writer in writers:
            writer.close()
    return late


def _noise(url: str, offers: list[int], stop: threading.Event) -> None:
    chance = random.Random()
    with psycopg.connect(url, autocommit=True) as writer:
        while not stop.is_set():
            writer.execute(
                "UPDATE catalog_offersearchrow SET seq = seq + 1 WHERE offer_id = %s", [chance.choice(offers)]
            )
            time.sleep(0.01)
