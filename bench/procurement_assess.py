"""The assessment of a need by the API, beside an empty DRF view: random facts, R9 judged by the oracle."""

from __future__ import annotations

import http.client
import json
import os
import random
import statistics
from collections.abc import Callable
from typing import Any

from bench import processes, server

PATH = "/api/v1/doctrine/assessments/"
TIMES = 3.0
ROUNDS = 3
HOSTINGS = ("commercial_cloud", "internal_cloud", "none", None)
SENSITIVE = (["protected_secret"], ["essential_mission"], [], None)
HARMS = (["public_order"], ["health_life", "public_security"], [], None)


def measure(env: dict[str, str], database: int, report: Any, *, requests: int, seed: int) -> None:
    """`database`: the pid of the server's. The visitors' limit counts each sending, and never stops one."""
    rng, env = random.Random(seed), env | {"VISITOR_SENDS_PER_MINUTE": "1000000"}
    with (
        server.gunicorn("marketplace.wsgi:application", env=env, path="/livez") as (web, port),
        server.gunicorn("bench.bare:application", env=dict(os.environ), path="/") as (bare, bare_port),
    ):
        ours, empty = _connection(port), _connection(bare_port)
        for _ in range(20):
            _post(ours, _facts(rng))  # what every answer uses is loaded
            _get(empty)
        spent, least, wrong = [], [], 0
        for _ in range(ROUNDS):
            least.append(_cpu((bare,), lambda: [_get(empty) for _ in range(requests)]) / requests)
            asked = [_facts(rng) for _ in range(requests)]
            cpu, got = _answers((web, database), ours, asked)
            spent.append(cpu / requests)
            wrong += sum(_level(answer) != expected(one) for one, answer in zip(asked, got, strict=True))
    mine, floor = statistics.median(spent), statistics.median(least)
    print(f"  assessment {mine:.2f} ms of CPU (web + base), empty DRF view {floor:.2f} ms")
    report.goal("assessment ÷ empty DRF view", mine / floor, TIMES)
    report.goal(f"levels that differ from the oracle in {ROUNDS * requests}", wrong, 0)


def _connection(port: int) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", port, timeout=60)


def _facts(rng: random.Random) -> dict[str, Any]:
    return {
        "buyer_kind": "state",
        "date": "2026-11-26",
        "hosting": rng.choice(HOSTINGS),
        "sensitive_data": rng.choice(SENSITIVE),
        "harms": rng.choice(HARMS),
        "personal_data": rng.choice((True, False, None)),
        "health_data": rng.choice((True, False, None)),
        "full_cost_eur_ht": rng.choice((None, f"{rng.randrange(1, 10**8)}.00")),
        "project_kind": rng.choice(("new", "major_change", "existing", None)),
    }


def expected(facts: dict[str, Any]) -> str:
    """SecNumCloud for the State: a commercial cloud and sensitive data and a harm, each maybe unknown."""
    hosting = facts["hosting"]
    limbs = [
        None if hosting is None else hosting == "commercial_cloud",
        None if facts["sensitive_data"] is None else bool(facts["sensitive_data"]),
        None if facts["harms"] is None else bool(facts["harms"]),
    ]
    if False in limbs:
        return "not_required"
    return "unknown" if None in limbs else "required"


def _level(answer: dict[str, Any]) -> str:
    return next(str(one["level"]) for one in answer["obligations"] if one["code"] == "secnumcloud")


def _post(connection: http.client.HTTPConnection, facts: dict[str, Any]) -> dict[str, Any]:
    headers = {**server.HEADERS, "Content-Type": "application/json"}
    text = _read(connection, "POST", PATH, json.dumps(facts), headers)
    answer: dict[str, Any] = json.loads(text)
    return answer


def _get(connection: http.client.HTTPConnection) -> None:
    _read(connection, "GET", "/", None, {})


def _read(connection: http.client.HTTPConnection, method: str, path: str, body: Any, headers: Any) -> str:
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
    except (http.client.RemoteDisconnected, ConnectionError):
        # Left idle while others were asked: the server closes after two seconds.
        connection.close()
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
    text = answer.read().decode()
    if answer.status != 200:
        raise SystemExit(f"{path} answered {answer.status}: {text[:300]}")
    return text


def _answers(pids: tuple[int, ...], ours: http.client.HTTPConnection, asked: list[Any]) -> tuple[float, Any]:
    got: list[Any] = []
    return _cpu(pids, lambda: got.extend(_post(ours, one) for one in asked)), got


def _cpu(pids: tuple[int, ...], work: Callable[[], Any]) -> float:
    """CPU milliseconds of the trees while the work is done."""
    before = sum(map(processes.cpu_seconds, pids))
    work()
    return (sum(map(processes.cpu_seconds, pids)) - before) * 1000
