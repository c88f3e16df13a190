"""Asking one address as one person, and reading whether they got in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse

from tests.habits.matrix import ROWS
from tests.habits.matrix.rows import SIGNED_IN, STRANGER, Row
from tests.habits.matrix.world import World
from tests.habits.who_asks import Memory, remembered

KEYS_A_WORLD = 20
REFUSED = {401, 403, 404, 410}
API_KEYS = sorted(key for key in ROWS if key.split()[1].startswith("api"))
PAGE_KEYS = sorted(set(ROWS) - set(API_KEYS))
CLOSED_KEYS = [key for key in PAGE_KEYS if key.startswith("GET ") and STRANGER not in ROWS[key].who]


def together(keys: list[str]) -> list[Any]:
    """KEYS_A_WORLD at most, what is about one thing in one world if it fits; one test each: a world costs
    more than its requests."""
    about: dict[str, list[str]] = {}
    for key in keys:
        name = key.rpartition(":")[2] if ":" in key else key.partition(" ")[2]
        about.setdefault(re.split("[-_]", name)[0], []).append(key)
    worlds: dict[str, list[str]] = {}
    name, room = "", 0
    for thing, found in sorted(about.items()):
        for start in range(0, len(found), KEYS_A_WORLD):
            part = found[start : start + KEYS_A_WORLD]
            if len(part) > room:
                name, room = f"{thing}-{start}", KEYS_A_WORLD
            worlds.setdefault(name, []).extend(part)
            room -= len(part)
    return [pytest.param(part, id=name) for name, part in worlds.items()]


Check = Callable[[str, World, Memory], None]


def told(check: Check, keys: list[str]) -> None:
    """All the faults of these rows, whose requests are made in one world and undone one by one. What fails
    there is judged again in a world of its own: an object made for another row may be why."""
    faults, left = [], keys
    while left:
        with transaction.atomic():
            left = _from_the_first_fault(check, left)
            transaction.set_rollback(True)
        if left:
            with transaction.atomic():
                faults += _fault_alone(check, left[0])
                transaction.set_rollback(True)
            left = left[1:]
    assert not faults, "\n".join(faults)


def _from_the_first_fault(check: Check, keys: list[str]) -> list[str]:
    world = World()
    with remembered() as memory:
        for place, key in enumerate(keys):
            try:
                with transaction.atomic():
                    check(key, world, memory)
            except (AssertionError, DatabaseError):
                return keys[place:]
    return []


def _fault_alone(check: Check, key: str) -> list[str]:
    try:
        # Never used outside the context: everything is read again.
        check(key, World(), Memory())
    except AssertionError as fault:
        return [f"{key}: {fault}"]
    return []


def check_who_gets_in(key: str, world: World, memory: Memory) -> None:
    row = ROWS[key]
    method, name = key.split()
    url = reverse(name, kwargs=row.kwargs(world)) + row.query(world)
    got_in = {who for who in world.everybody() if lets_in(ask(world, who, method, url, row, memory))}
    assert got_in - row.who == set(), "let in against the table"
    assert row.who - got_in == set(), "kept out against the table"


def check_who_may_not_read_may_not_write(key: str, world: World, memory: Memory) -> None:
    row = ROWS[key]
    url = reverse(key.split()[1], kwargs=row.kwargs(world)) + row.query(world)
    kept_out = {STRANGER, *SIGNED_IN} - row.who
    answers = {who: ask(world, who, "POST", url, row, memory) for who in kept_out}
    assert {who for who, answer in answers.items() if lets_in(answer) and answer.status_code != 405} == set()


def ask(world: World, who: str, method: str, url: str, row: Row, memory: Memory) -> HttpResponse:
    """One request by one person; whatever it changed is undone."""
    is_api = url.startswith("/api/")
    client: Any = world.api(who) if is_api else world.browser(who)
    client.raise_request_exception = True
    # Made before what is undone: the world keeps its objects from one person to the next.
    data, headers = row.data(world), row.headers(world)
    with transaction.atomic(), memory.request():
        answer: HttpResponse = getattr(client, method.lower())(url, data, headers=headers)
        transaction.set_rollback(True)
    assert answer.status_code < 500 or row.may_be_down, answer.content[:500]
    return answer


def lets_in(answer: HttpResponse) -> bool:
    """A refusal is 401, 403, 404, 410 or the way to the sign-in page; a form to correct is no refusal."""
    if answer.status_code in REFUSED:
        return False
    target = answer.headers.get("Location", "")
    return not (answer.status_code == 302 and target.startswith(resolve_url(settings.LOGIN_URL)))
