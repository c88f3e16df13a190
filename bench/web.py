"""`make bench-web`: what a page costs in CPU time, web and database, and how many « hello » that is.

Random questions, no cache, fsync on. Answers are compared with a plain loop over the same offers
before anything is timed. The first figures are in `baseline.json`; a ratio more than 1.2 times worse
fails. `--keep` writes the figures of this run there; `--seed`, `--offers`, `--requests` vary it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import http.client
import json
import os
import random
import re
import statistics
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from bench import invent, oracle, processes, questions, server

BASELINE = Path(__file__).with_name("baseline.json")
TOLERATED = 1.2
ROUNDS = 3
LIMITS = {
    "catalogue queries": 8,
    "api queries": 6,
    "list bytes": 20_000,
    "web worker MB": 180,
    "celery child MB": 150,
}
Ask = Callable[[random.Random], str]


@dataclass(frozen=True)
class Figure:
    """CPU milliseconds per request; `ratio` to the bare hello of the same run."""

    web_ms: float
    database_ms: float
    ratio: float


class Client:
    """One connection kept open, as behind a proxy."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def get(self, path: str) -> bytes:
        self.connection.request("GET", path, headers=server.HEADERS)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}: {body[:300]!r}")
        return body


def main(words: list[str]) -> int:
    options = parse(words)
    today = dt.datetime.now(ZoneInfo("Europe/Paris")).date()
    print(
        f"seed {options.seed}, {options.offers} offers, {options.requests} requests a round, {ROUNDS} rounds"
    )
    offers = invent.invent(options.offers, seed=options.seed, today=today)
    with server.cluster() as database:
        env = server.environment(database)
        for command in ("prepare_database", "collectstatic"):
            server.manage(command, *(["--noinput"] if command == "collectstatic" else []), env=env)
        queries = load_and_count(offers, env)
        with server.gunicorn("marketplace.wsgi:application", env=env, path="/livez") as (web, port):
            size = check_answers(offers, Client(port), seed=options.seed, today=today)
            figures = measure(web, port, database.process.pid if database.process else 0, offers, options)
            memory = max(processes.pss_mb(pid) for pid in processes.children_of(web))
        with server.worker(env=env) as celery:
            child = max(processes.pss_mb(pid) for pid in processes.children_of(celery))
        measured = {
            **queries,
            "list bytes": size,
            "web worker MB": round(memory, 1),
            "celery child MB": round(child, 1),
        }
    return report(figures, measured, keep=options.keep)


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--offers", type=int, default=10_000)
    parser.add_argument("--requests", type=int, default=150)
    parser.add_argument("--keep", action="store_true", help="write the figures of this run to baseline.json")
    return parser.parse_args(words)


def load_and_count(offers: list[invent.Invented], env: dict[str, str]) -> dict[str, float]:
    """In this process: fill the database, then count the queries of the two lists."""
    os.environ.update(env)
    os.environ |= {"DATABASE_URL": env["DATABASE_OWNER_URL"], "SERVING_DATABASE_URL": env["DATABASE_URL"]}
    import django

    django.setup()
    from django.db import connection
    from django.test import Client as InProcess
    from django.test.utils import CaptureQueriesContext

    from bench.load import load

    load(offers)
    client = InProcess(headers=server.HEADERS)

    def most(path: str) -> int:
        counts = []
        for size in (1, 20, 100):
            with CaptureQueriesContext(
                connection,
            ) as seen:
                assert client.get(f"{path}page_size={size}&region=FR", secure=True).status_code == 200
            counts.append(len(seen))
        return max(counts)

    found = {"catalogue queries": most("/offres/?"), "api queries": most("/api/v1/offers/?facets=1&")}
    connection.close()
    return {name: float(count) for name, count in found.items()}


def check_answers(offers: list[invent.Invented], client: Client, *, seed: int, today: dt.date) -> int:
    """Every count and every first page against the plain loop. Returns the most bytes of a list of 20."""
    chance, longest = random.Random(seed), 0
    for _ in range(60):
        question = questions.ask(chance)
        names = oracle.answer(offers, question, today=today)
        query = urlencode([*question.parameters, ("ordering", "name")])
        body = client.get(f"/api/v1/offers/?{query}")
        answer = json.loads(body)
        got = (answer["count"], [row["name"] for row in answer["results"]])
        if got != (len(names), names[:20]):
            raise SystemExit(f"wrong answer to {query}: {got}, the loop says {(len(names), names[:20])}")
        page = client.get(f"/offres/?{query}").decode()
        said = {
            int(re.sub(r"\D", "", number))
            for number in re.findall(r"(\d[\d\s\u202f\u00a0]*)[\s\u00a0]offres?\b", page)
        }
        if names and len(names) not in said:
            raise SystemExit(f"the page for {query} does not say {len(names)} offers")
        longest = max(longest, len(body))
    return longest


def measure(
    web: int, port: int, database: int, offers: list[invent.Invented], options: argparse.Namespace
) -> dict[str, Figure]:
    """Rounds are interleaved, so that a busy machine weighs on all alike; the median round counts."""
    numbers = all_numbers(Client(port), pages=max(1, min(5, len(offers) // 100)))
    asks: dict[str, Ask] = {
        "catalogue page": lambda chance: f"/offres/?{urlencode(questions.ask(chance).parameters)}",
        "offer page": lambda chance: chance.choice(numbers),
        "api list of 20": lambda chance: f"/api/v1/offers/?{urlencode(questions.ask(chance).parameters)}",
    }
    chance = random.Random(options.seed + 1)
    spent: dict[str, list[tuple[float, float]]] = {name: [] for name in asks}
    hellos: list[float] = []
    with server.gunicorn("bench.hello:application", env=dict(os.environ), path="/") as (bare, bare_port):
        for ask in asks.values():
            spend(Client(port), ask, chance, 20, web, database)
        for _ in range(ROUNDS):
            for name, ask in asks.items():
                hellos.append(
                    spend(Client(bare_port), hello, chance, options.requests * 10, bare, database)[0]
                )
                spent[name].append(spend(Client(port), ask, chance, options.requests, web, database))
    least = statistics.median(hellos)
    print(f"hello: {least:.3f} ms")
    return {name: figure(rows, least) for name, rows in spent.items()}


def hello(_: random.Random) -> str:
    return "/"


def figure(rows: list[tuple[float, float]], least: float) -> Figure:
    web, database = (statistics.median(column) for column in zip(*rows, strict=True))
    return Figure(round(web, 3), round(database, 3), round((web + database) / least, 1))


def all_numbers(client: Client, *, pages: int) -> list[str]:
    """Addresses of a few hundred offer pages."""
    found = []
    for page in range(1, pages + 1):
        rows = json.loads(client.get(f"/api/v1/offers/?page_size=100&page={page}&fields=number,slug"))[
            "results"
        ]
        found += [f"/offres/{row['number']}-{row['slug']}/" for row in rows]
    return found


def spend(
    client: Client, ask: Ask, chance: random.Random, count: int, web: int, database: int
) -> tuple[float, float]:
    """Milliseconds of CPU per request: (web, database)."""
    paths = [ask(chance) for _ in range(count)]
    before = processes.cpu_seconds(web), processes.cpu_seconds(database)
    for path in paths:
        client.get(path)
    after = processes.cpu_seconds(web), processes.cpu_seconds(database)
    web_ms, database_ms = ((end - start) * 1000 / count for start, end in zip(before, after, strict=True))
    return web_ms, database_ms


def report(figures: dict[str, Figure], measured: dict[str, float], *, keep: bool) -> int:
    worse = [f"{name}: {value} > {LIMITS[name]}" for name, value in measured.items() if value > LIMITS[name]]
    kept = json.loads(BASELINE.read_text())["figures"] if BASELINE.exists() else {}
    print(f"{'':16}{'web ms':>9}{'base ms':>9}{'× hello':>9}{'kept':>9}")
    for name, figure in figures.items():
        before = kept.get(name, {}).get("ratio")
        print(f"{name:16}{figure.web_ms:9.2f}{figure.database_ms:9.2f}{figure.ratio:9.1f}{before or '-':>9}")
        if before and figure.ratio > before * TOLERATED:
            worse.append(f"{name}: ratio {figure.ratio} is more than {TOLERATED} × {before}")
    for name, value in measured.items():
        print(f"{name:24}{value:9.0f}   at most {LIMITS[name]}")
    if keep:
        document = {
            "figures": {name: asdict(figure) for name, figure in figures.items()},
            "measured": measured,
        }
        BASELINE.write_text(json.dumps(document, indent=2) + "\n")
    print("\n".join(["WORSE:", *worse]) if worse else "bench-web: within its limits")
    return 1 if worse else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
