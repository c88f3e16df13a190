"""The desk costs at most ten queries to each role, page and API, whatever waits on it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace import readings
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import BUYER_ROLES
from marketplace.ui import desk
from tests.builders import client_for, make_member
from tests.habits.matrix.rows import SIGNED_IN
from tests.habits.matrix.world import World
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
MOST = 8
ORDERS = (
    "draft", "awaiting_opinions", "awaiting_approval", "approved", "committed", "sent", "acknowledged",
)  # fmt: skip
DOSSIERS = ("draft", "checking", "instruction", "proposed", "decided")


def fill(world: World) -> None:
    """Something for every desk."""
    for state in ORDERS:
        world.order(state)
    for state in DOSSIERS:
        world.dossier(state)


@pytest.fixture
def world() -> World:
    made = World()
    fill(made)
    for name in ("need", "mark", "evidence", "dispute", "derogation", "route_choice", "peer_message"):
        getattr(made, name)
    made.application("draft")
    return made


def cost(client: Any, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


def test_ten_queries_at_most_for_every_role_and_no_more_for_more_rows(world: World) -> None:
    everything = make_member(*sorted(BUYER_ROLES), organisation=world.ministry)
    people = {**{who: world.the(who) for who in SIGNED_IN}, "all roles": everything}
    doors = {who: (client_for(member), client_for_token(member)) for who, member in people.items()}

    def costs() -> dict[str, list[int]]:
        return {
            who: [cost(browser, "/bureau/"), cost(api, "/api/v1/me/desk/")]
            for who, (browser, api) in doors.items()
        }

    costs()
    before = costs()
    assert {who: both for who, both in before.items() if max(both) > MOST} == {}
    world.order("acknowledged")
    world.order("sent")
    world.dossier("instruction")
    assert costs() == before


def test_each_list_holds_what_it_holds_when_read_alone(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def rows() -> dict[str, Any]:
        return {who: desk.rows_for(Actor.of(world.the(who))) for who in SIGNED_IN}

    together = rows()
    monkeypatch.setattr(readings, "rows_of", lambda asked: [list(each) for each in asked])
    assert together == rows()
    assert sum(len(zone) for zones in together.values() for zone in zones.values()) > 60
