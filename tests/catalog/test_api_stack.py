"""offers/{id}/stack/: everybody reads, its supplier declares, no pile turns in circles."""

from __future__ import annotations

import uuid

import pytest

from catalog.models import Offer, StackEdge
from catalog.stack import add_edge
from marketplace.accounts.models import Membership
from tests.builders import make_member
from tests.catalog.builders import ACTOR, make_mark, make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> Membership:
    return make_member("supplier_editor")


@pytest.fixture
def offer(member: Membership) -> Offer:
    return make_offer(organisation=member.organisation, answers={"name": "Brume"})


def address(offer: Offer, edge: object = "") -> str:
    return f"/api/v1/offers/{offer.uuid}/stack/" + (f"{edge}/" if edge else "")


def test_everybody_reads_the_stack(offer: Offer) -> None:
    base = make_offer(answers={"name": "Socle", "service_models": ["iaas"]})
    make_mark(base)
    edge = add_edge(offer, actor=ACTOR, base=base, layer="infrastructure", region="FR-Paris", inherits=True)
    add_edge(base, actor=ACTOR, base_name="Salle Exemple", layer="data_centre")
    body = client_for_token(None).get(address(offer)).json()
    assert body["edges"] == [
        {
            "id": str(edge.uuid),
            "base": {"id": str(base.uuid), "number": base.number, "slug": "socle", "name": "Socle"},
            "base_name": "",
            "layer": "infrastructure",
            "region": "FR-Paris",
            "inherits": True,
            "source": "",
        }
    ]
    names = ("layer", "name", "offer", "region", "inherits", "suspended", "secnumcloud", "if_it_falls")
    first, second = {"loses": [], "relies": []}, {"loses": [0], "relies": []}
    rows = [
        ("software", "Brume", str(offer.uuid), "FR-Paris", None, False, "unknown", first),
        ("infrastructure", "Socle", str(base.uuid), "FR-Paris", True, False, "in_force", second),
        ("data_centre", "Salle Exemple", None, "", False, False, "unknown", {"loses": [], "relies": [0, 1]}),
    ]
    assert body["layers"] == [dict(zip(names, row, strict=True)) for row in rows]
    assert set(body) == {"edges", "layers", "conclusion", "dependants"}
    under = client_for_token(None).get(address(base)).json()["dependants"]
    assert [(one["offer"]["name"], one["loses"]) for one in under] == [("Brume", True)]
    assert "ne la qualifie pas" in body["conclusion"]


def test_who_may_not_declare(offer: Offer) -> None:
    body = {"base_name": "Socle", "layer": "platform"}
    edge = add_edge(offer, actor=ACTOR, base_name="Déjà là", layer="platform")
    problem_of(client_for_token(None).post(address(offer), body), 401)
    problem_of(client_for_token(None).delete(address(offer, edge.uuid)), 401)
    for other in ("supplier_manager", "curator", "requester"):
        client = client_for_token(make_member(other))
        problem_of(client.post(address(offer), body), 403)
        problem_of(client.delete(address(offer, edge.uuid)), 403)
    draft = make_offer(state="draft")
    problem_of(client_for_token(make_member("supplier_editor")).post(address(draft), body), 404)
    assert StackEdge.objects.count() == 1


def test_a_layer_is_declared_then_taken_away(offer: Offer, member: Membership) -> None:
    client, base = client_for_token(member), make_offer(answers={"name": "Socle"})
    given = {"base": str(base.uuid), "layer": "infrastructure", "region": "fr-Paris", "inherits": True}
    made = client.post(address(offer), given)
    assert made.status_code == 201, made.content
    edge = made.json()["edges"][0]
    assert (edge["base"]["name"], edge["region"], edge["inherits"]) == ("Socle", "FR-Paris", True)
    twice = client.post(address(offer), {**given, "region": "FR-Paris"})
    assert "déjà déclarée" in problem_of(twice, 400)["detail"]
    problem_of(client.delete(address(offer, uuid.uuid4())), 404)
    other = make_offer(supplier=offer.supplier)
    problem_of(client.delete(address(other, edge["id"])), 404)
    assert client.delete(address(offer, edge["id"])).status_code == 204
    problem_of(client.delete(address(offer, edge["id"])), 404)
    assert client.get(address(offer)).json()["edges"] == []


def test_a_pile_never_turns_in_circles(offer: Offer, member: Membership) -> None:
    client = client_for_token(member)
    middle = make_offer()
    add_edge(middle, actor=ACTOR, base=offer, layer="platform")
    for base in (offer, middle):
        answer = client.post(address(offer), {"base": str(base.uuid), "layer": "platform"})
        assert problem_of(answer, 400)["code"] == "stack_cycle"
        assert faults(answer) == {"base"}
    assert not offer.stack_edges.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({}, "base"),
        ({"base_name": "X", "base": "zzz"}, "base"),
        ({"base_name": "X", "layer": "cave"}, "layer"),
        ({"base_name": "X", "region": "Mars"}, "region"),
        ({"base_name": "X", "region": "FR, DE"}, "region"),
        ({"base_name": "X" * 161}, "base_name"),
        ({"base_name": "X", "inherits": "oui"}, "inherits"),
        ({"base_name": "X", "source": "nous"}, "source"),
    ],
)
def test_bad_input_names_its_field(offer: Offer, member: Membership, wrong: dict, field: str) -> None:
    answer = client_for_token(member).post(address(offer), {"layer": "platform", **wrong})
    assert faults(answer) == {field}


def test_a_foreign_draft_is_not_found_and_a_withdrawn_offer_moves_no_more(
    offer: Offer, member: Membership
) -> None:
    client, hidden = client_for_token(member), make_offer(state="draft")
    problem_of(client.post(address(offer), {"base": str(hidden.uuid), "layer": "platform"}), 404)
    offer.withdraw(actor=ACTOR, reason="Essai.")
    problem_of(client.post(address(offer), {}), 409)
