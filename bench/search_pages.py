"""The whole page under production's settings, and answers that must never be late."""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import re
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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
MEMORY_MB = {40_000: 200, 1_000_000: 650}
PAGE_P95_MS = {40_000: 10, 1_000_000: 25}
Counts = dict[tuple[str, str], int]
KINDS = ("filt3", "w1", "w2f2", "w1price", "rare", "broad")
COUNT = re.compile(r'id="n-([a-z0-9_]+)-([^"]*)">\((\d+)\)<')
TOTAL = re.compile(r'data-announce="([^"]*)"')
UNLISTED = re.compile(r'id="m-([a-z0-9_]+)">(?:(?!</details>).)*?<p class="fr-text--sm">(\d+)\D', re.S)
CARD = re.compile(r'<article class="catalog-card">.*?href="/offres/(\d+)-', re.S)


class Client:
    """One connection kept open, as behind a proxy: it stays with the worker that took it."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> str:
        try:
            answer = self._ask(path)
        except (http.client.RemoteDisconnected, ConnectionError):
            # Left idle while an answer was checked: the server closes after two seconds.
            self.connection.close()
            answer = self._ask(path)
        body = answer.read().decode()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}: {body[:200]}")
        return body

    def _ask(self, path: str) -> http.client.HTTPResponse:
        self.connection.request("GET", path, headers=server.HEADERS)
        return self.connection.getresponse()


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
    with (
        server.gunicorn("marketplace.wsgi:application", env=env, path="/livez") as (web, port),
        server.gunicorn("bench.bare:application", env=dict(os.environ), path="/") as (bare, bare_port),
    ):
        for _ in range(40):
            Client(port).get(address(asker.ask("w1")))  # both workers have their index
        trees = _Trees(web, database.process.pid, bare)
        _pages(count, asker, oracle, Client(port), Client(bare_port), trees, report, options.pages)
        report.goal(
            "page p95, ms of wall, two connections", _latency(port, asker), PAGE_P95_MS.get(count, 25)
        )
        memory = max(processes.pss_mb(pid) for pid in processes.children_of(web))
        report.goal("memory of a worker (Pss), MB", memory, MEMORY_MB.get(count, 650))
        if options.probes:
            late = _late_answers(port, database, options.probes, random.Random(options.seed))
            report.goal(f"answers late in {options.probes} probes", late, 0)


@dataclass(frozen=True)
class _Trees:
    """Pids whose trees of processes are counted."""

    web: int
    database: int
    bare: int


def _pages(
    count: int,
    asker: Asker,
    oracle: Oracle,
    client: Client,
    empty: Client,
    trees: _Trees,
    report: Any,
    pages: int,
) -> None:
    """Three rounds, interleaved with the empty view; every page compared with brute force."""
    spent, least, wrong = [], [], 0
    web = (trees.web, trees.database)

    def read(path: str, kinds: Sequence[str], many: int) -> tuple[float, list[tuple[OfferQuery, str]]]:
        asked = [asker.ask(kinds[n % len(kinds)]) for n in range(many)]
        got: list[str] = []
        cpu = _cpu(web, lambda: got.extend(client.get(address(query, path)) for query in asked))
        return cpu / many, list(zip(asked, got, strict=True))

    for _ in range(3):
        least.append(_cpu((trees.bare,), lambda: [empty.get("/") for _ in range(500)]) / 500)
        cpu, got = read("/offres/", KINDS, pages // 3)
        spent.append(cpu)
        wrong += sum(not _is_page_exact(oracle, query, page) for query, page in got)
    page, bare = float(np.median(spent)), float(np.median(least))
    print(f"  page {page:.2f} ms CPU (web + base), {len(got[0][1]) // 1024} kB; empty DRF view {bare:.2f} ms")
    report.goal("page ÷ empty DRF view", page / bare, PAGE_TIMES.get(count, 12))
    report.goal("pages that differ from brute force", wrong, 0)
    full, got = read("/offres/filtres/", ("w1",), 20)
    print(f"  page of all filters: {full:.2f} ms, {len(got[0][1]) // 1024} kB (told apart)")


def _cpu(pids: tuple[int, ...], work: Callable[[], Any]) -> float:
    """CPU milliseconds of the trees while the work is done."""
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
        and _are_told(query, wanted, counts, dict(UNLISTED.findall(page)))
    )
    if not same:
        differ = sorted(set(wanted.items()) ^ set(counts.items()))[:5]
        print(f"  WRONG PAGE {address(query)}: {total} / {expected.total}, {differ}")
    return same


def _are_told(query: OfferQuery, wanted: Counts, counts: Counts, unlisted: dict[str, str]) -> bool:
    """Each value with its count; where the page says that it leaves some out, as many as it says, none chosen
    and none with more offers than those it lists."""
    left_out = set(wanted) - set(counts)
    for name in {name for name, _ in left_out}:
        chosen = query.facets.get(name, ())
        missing = [wanted[key] for key in left_out if key[0] == name]
        listed = (count for (of, value), count in counts.items() if of == name and value not in chosen)
        least = min(listed, default=0)
        if (
            any((name, value) in left_out for value in chosen)
            or len(missing) != int(unlisted.get(name, 0))
            or max(missing) > least
        ):
            return False
    return True


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


def _late_answers(port: int, database: Any, probes: int, chance: random.Random) -> int:
    """Three writers with transactions left open and committed in another order; a fourth that changes other
    offers all the time. Each probe begins after a commit returned and must tell exactly what is committed."""
    url = database.url(OWNER)
    ours, others = _prepared(url)
    stop = threading.Event()
    noise = threading.Thread(target=_noise, args=(url, others, stop))
    noise.start()
    writers = [psycopg.connect(url) for _ in range(3)]
    # Several connections: the two workers share them out.
    clients = [Client(port) for _ in range(8)]
    known, held, late = dict.fromkeys(ours, False), {}, 0
    try:
        for turn in range(probes):
            at = chance.randrange(3)
            if at in held:
                writers[at].commit()
                known.update([held.pop(at)])
            else:
                free = sorted(set(ours) - {offer for offer, _ in held.values()})
                held[at] = (chance.choice(free), chance.random() < 0.5)
                writers[at].execute(CHANGE, [0.2 if held[at][1] else 1, held[at][0]])
            told = json.loads(clients[turn % 8].get("/api/v1/offers/?price_max=0.25&page_size=1"))
            late += told["count"] != sum(known.values())
    finally:
        stop.set()
        noise.join()
        for writer in writers:
            writer.close()
    return late


CHANGE = "UPDATE catalog_offersearchrow SET price_eur_ht = %s WHERE offer_id = %s"


def _prepared(url: str) -> tuple[list[int], list[int]]:
    """Offers to change, and offers to disturb; nothing costs less than 0.4 to begin with."""
    with psycopg.connect(url, autocommit=True) as writer:
        writer.execute("UPDATE catalog_offersearchrow SET price_eur_ht = 1 WHERE price_eur_ht < 1")
        rows = writer.execute("SELECT offer_id FROM catalog_offersearchrow ORDER BY random() LIMIT 300")
        found = [row[0] for row in rows.fetchall()]
        writer.execute("UPDATE catalog_offersearchrow SET price_eur_ht = 1 WHERE offer_id = ANY(%s)", [found])
    return found[:100], found[100:]


def _noise(url: str, offers: list[int], stop: threading.Event) -> None:
    chance = random.Random()
    with psycopg.connect(url, autocommit=True) as writer:
        while not stop.is_set():
            writer.execute(
                "UPDATE catalog_offersearchrow SET seq = seq + 1 WHERE offer_id = %s", [chance.choice(offers)]
            )
            time.sleep(0.01)
