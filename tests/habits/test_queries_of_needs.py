"""Lists of what a need carries cost the same number of queries for one row and for many."""

from __future__ import annotations

import pytest

from tests.habits.matrix.world import World
from tests.habits.test_queries import Make, contract, judge_growth
from tests.procurement.compliance.builders import make_act
from tests.procurement.controls.builders import make_file
from tests.procurement.conventions.builders import charge, make_convention
from tests.procurement.discounts.builders import give
from tests.procurement.groups.builders import make_share, signing_group
from tests.procurement.order_builders import make_vehicle
from tests.procurement.search_proofs.builders import make_proof

pytestmark = pytest.mark.django_db


def proof(world: World) -> None:
    make_proof(world._administration)


def convention(world: World) -> None:
    made = make_convention(world._administration, upto="in_force")
    charge(made, actor=world.actor("finance"))


def control_file(world: World) -> None:
    make_file(world._administration, upto="acknowledged")


def act(world: World) -> None:
    make_act(world.project, actor=world.actor("data_officer"))


def discount(world: World) -> None:
    give(make_vehicle(world.ministry))


def share(world: World) -> None:
    make_share(world._administration)


def group(world: World) -> None:
    signing_group(world._administration)


LISTS: list[tuple[str, str, Make]] = [
    ("/achat/diversite/", "requester", contract),
    ("/api/v1/supplier-diversity/", "requester", contract),
    ("/besoins-partages/", "requester", share),
    ("/groupements/", "requester", group),
    ("/api/v1/need-shares/", "requester", share),
    ("/api/v1/group-purchases/", "requester", group),
    ("/api/v1/group-members/", "requester", group),
    ("/api/v1/conventions/", "requester", convention),
    ("/api/v1/control-files/", "requester", control_file),
    ("/api/v1/search-proofs/", "requester", proof),
    ("/api/v1/compliance-acts/", "requester", act),
    ("/api/v1/vehicle-discounts/", "requester", discount),
]


@pytest.mark.parametrize(("url", "who", "make"), [pytest.param(*row, id=row[0]) for row in LISTS])
def test_the_number_of_queries_does_not_grow(url: str, who: str, make: Make) -> None:
    judge_growth(url, who, make)
