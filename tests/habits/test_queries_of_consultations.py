"""Lists of consultations cost the same number of queries for one row and for many."""

from __future__ import annotations

from typing import Any

import pytest

from procurement.consultations import talk
from tests.habits.matrix import api_consultations as rooms
from tests.habits.matrix import awards, candidates
from tests.habits.matrix import evaluation as evaluations
from tests.habits.matrix.world import World
from tests.habits.test_queries import Make, queries
from tests.procurement.consultation_builders import make_deposit, make_draft, make_supplier

pytestmark = pytest.mark.django_db


def consultation(world: World) -> None:
    rooms.new(world, "published")


def opened_consultation(world: World) -> None:
    rooms.new(world, "opened")


def question(world: World) -> None:
    talk.ask(rooms.consultation(world, "published"), actor=world.actor("supplier_manager"), text="Quand ?")


def deposit(world: World) -> None:
    """One more of the same supplier, and one more draft of another one, in the world's consultation."""
    found = rooms.consultation(world, "published")
    make_deposit(found, world.actor("supplier_manager"))
    make_draft(found, make_supplier()[1])


def evaluation(world: World) -> None:
    evaluations.new(world)


def clarification(world: World) -> None:
    evaluations.ask(world)


def award(world: World) -> None:
    awards.new(world)


def letter(world: World) -> None:
    awards.new(world, "letters_sent")


def candidate(world: World) -> None:
    candidates.new_read(world)


LISTS: list[tuple[str, str, Make]] = [
    ("/consultations/", "requester", consultation),
    ("/api/v1/consultations/", "supplier_manager", consultation),
    ("/api/v1/consultation-questions/", "requester", question),
    ("/api/v1/response-drafts/", "supplier_manager", deposit),
    ("/api/v1/sealed-deposits/", "supplier_manager", deposit),
    ("/api/v1/opened-responses/", "requester", opened_consultation),
    ("/api/v1/evaluations/", "requester", evaluation),
    ("/api/v1/clarification-requests/", "requester", clarification),
    ("/api/v1/awards/", "requester", award),
    ("/api/v1/rejection-letters/", "requester", letter),
    ("/api/v1/candidates/", "requester", candidate),
]


@pytest.mark.parametrize(("url", "who", "make"), [pytest.param(*row, id=row[0]) for row in LISTS])
def test_the_number_of_queries_does_not_grow(url: str, who: str, make: Make) -> None:
    world = World()
    client: Any = world.api(who) if url.startswith("/api/") else world.browser(who)
    make(world)
    assert client.get(url).status_code == 200  # what a first request alone does
    few = queries(client, url)
    for _ in range(3):
        make(world)
    many = queries(client, url)
    assert len(many) <= len(few), "\n".join(sql for sql in many if sql not in few)
    assert len(many) <= 40
