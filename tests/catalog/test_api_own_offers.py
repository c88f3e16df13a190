"""offers/?mine=1: the cards of a supplier's own offers in any state; codes are read in any case."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.cards import CARD_FIELDS
from tests.builders import make_member
from tests.catalog.builders import make_category, make_offer, make_supplier
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
OFFERS = "/api/v1/offers/"
MINE = f"{OFFERS}?mine=1"


def test_a_stranger_then_who_has_no_supplier() -> None:
    problem_of(client_for_token(None).get(MINE), 401)
    for role in ("requester", "curator", "auditor"):
        problem_of(client_for_token(make_member(role)).get(MINE), 403)
    empty = client_for_token(make_member("supplier_editor")).get(MINE).json()
    assert empty == {"count": 0, "next": None, "previous": None, "results": []}


def test_own_offers_in_any_state_with_the_card_of_the_list() -> None:
    member = make_member("supplier_editor")
    supplier = make_supplier(member.organisation)
    for state in ("draft", "listed", "suspended", "withdrawn", "removed"):
        make_offer(state=state, supplier=supplier, answers={"name": state.capitalize()})
    make_offer(answers={"name": "D’un autre"})
    client = client_for_token(member)
    body = client.get(MINE).json()
    assert [(row["name"], row["state"]) for row in body["results"]] == [
        ("Draft", "draft"),
        ("Listed", "listed"),
        ("Suspended", "suspended"),
        ("Withdrawn", "withdrawn"),
    ]
    assert all(set(row) == set(CARD_FIELDS) for row in body["results"])
    assert "ignored" not in body
    paged = client.get(f"{MINE}&page_size=3&page=2&fields=name").json()
    assert (paged["count"], paged["results"]) == (4, [{"name": "Withdrawn"}])
    assert "mine=1" in paged["previous"]
    assert client.get(f"{MINE}&q=suspended").json()["count"] == 1
    counts = client.get(f"{MINE}&facets=1").json()["facets"]["model"]
    assert {"value": "saas", "label": "SaaS (logiciel)", "count": 4} in counts


def test_the_public_list_is_what_it_was() -> None:
    member = make_member("supplier_editor")
    make_offer(state="draft", organisation=member.organisation)
    public = make_offer(answers={"name": "En ligne"})
    client = client_for_token(member)
    for query in ("", "?mine=0", "?mine=false", "?mine="):
        assert [row["id"] for row in client.get(f"{OFFERS}{query}").json()["results"]] == [str(public.uuid)]
    assert faults(client.get(f"{OFFERS}?mine=peut-etre")) == {"mine"}


def test_own_offers_cost_the_same_whatever_their_number() -> None:
    member = make_member("supplier_editor")
    first = make_offer(state="draft", organisation=member.organisation)
    client = client_for_token(member)
    client.get(MINE)
    with CaptureQueriesContext(connection) as few:
        client.get(MINE)
    for _ in range(4):
        make_offer(state="draft", supplier=first.supplier)
    with CaptureQueriesContext(connection) as many:
        assert client.get(MINE).json()["count"] == 5
    assert len(many) == len(few) <= 6


def test_codes_are_read_in_any_case_and_answered_in_ours() -> None:
    make_category()
    client = client_for_token(make_member("supplier_editor"))
    made = client.post(
        OFFERS,
        {
            "name": "Brume",
            "service_models": ["SaaS", "IaaS", "saas"],
            "category": "Collaboration",
            "storage_regions": ["fr-Paris", "de"],
            "accessibility": "PARTIAL",
        },
    )
    assert made.status_code == 201, made.content
    answers = made.json()["answers"]
    assert answers["service_models"] == ["iaas", "saas"]
    assert (answers["category"], answers["accessibility"]) == ("collaboration", "partial")
    assert answers["storage_regions"] == ["FR-Paris", "DE"]


@pytest.mark.parametrize("written", ["model=IaaS", "model=iaas", "model=IAAS", "model=iAaS"])
def test_the_model_facet_in_any_case(written: str) -> None:
    make_offer(answers={"service_models": ["iaas"]})
    make_offer()
    assert Client().get(f"{OFFERS}?{written}&category=COLLABORATION&region=fr").json()["count"] == 1
