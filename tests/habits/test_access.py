"""Every address and every operation × every role and strangers: who gets in is what the table says."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse

from tests.habits.addresses import addresses, missing_rows
from tests.habits.matrix import ROWS
from tests.habits.matrix.rows import SIGNED_IN, STRANGER, Row
from tests.habits.matrix.world import World

REFUSED = {401, 403, 404, 410}


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    names = {found.name for found in addresses()}
    assert missing_rows(ROWS) == set()
    assert {key for key in ROWS if key.split()[1] not in names} == set()


@pytest.mark.django_db
@pytest.mark.parametrize("key", sorted(ROWS))
def test_who_gets_in(key: str) -> None:
    row, world = ROWS[key], World()
    method, name = key.split()
    url = reverse(name, kwargs=row.kwargs(world)) + row.query(world)
    got_in = {who for who in world.everybody() if lets_in(ask(world, who, method, url, row))}
    assert got_in - row.who == set(), "let in against the table"
    assert row.who - got_in == set(), "kept out against the table"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "key", sorted(key for key in ROWS if key.startswith("GET ") and STRANGER not in ROWS[key].who)
)
def test_who_may_not_read_may_not_write(key: str) -> None:
    row, world = ROWS[key], World()
    url = reverse(key.split()[1], kwargs=row.kwargs(world)) + row.query(world)
    wrote = {
        who
        for who in {STRANGER, *SIGNED_IN} - row.who
        if lets_in(answer := ask(world, who, "POST", url, row)) and answer.status_code != 405
    }
    assert wrote == set()


def ask(world: World, who: str, method: str, url: str, row: Row) -> HttpResponse:
    """One request by one person; whatever it changed is undone."""
    is_api = url.startswith("/api/")
    client: Any = world.api(who) if is_api else world.browser(who)
    client.raise_request_exception = True
    with transaction.atomic():
        answer: HttpResponse = getattr(client, method.lower())(
            url, row.data(world), headers=row.headers(world)
        )
        transaction.set_rollback(True)
    assert answer.status_code < 500 or row.may_be_down, answer.content[:500]
    return answer


def lets_in(answer: HttpResponse) -> bool:
    """A refusal is 401, 403, 404, 410 or the way to the sign-in page; a form to correct is no refusal."""
    if answer.status_code in REFUSED:
        return False
    target = answer.headers.get("Location", "")
    return not (answer.status_code == 302 and target.startswith(resolve_url(settings.LOGIN_URL)))
