"""Answers of every kind by the API: the form's rules, nested faults named, nothing half written."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog.models import Offer
from tests.builders import make_member
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token, faults

pytestmark = pytest.mark.django_db

SAID = {
    "features": ["Courriel", "Agendas"],
    "launched_on": "2024-03-01",
    "subprocessor_table": [{"name": "Exemple", "country": "fr", "sees_data": False}],
    "iso27017_held": True,
    "iso27017_held_certificate": {"issuer": "Certificateur", "valid_until": "2029-01-14"},
    "dpo_contact": {"email": "dpd@nuage.example"},
    "headquarters_country": "DE",
    "non_eu_total_percent": "12.50",
}


@pytest.fixture
def member() -> Any:
    return make_member("supplier_manager")


@pytest.fixture
def offer(member: Any) -> Offer:
    return make_offer(state="draft", organisation=member.organisation)


def patch(member: Any, offer: Offer, data: dict[str, Any]) -> Any:
    client, url = client_for_token(member), f"/api/v1/offers/{offer.uuid}/"
    return client.patch(url, data, format="json", headers={"If-Match": client.get(url).headers["ETag"]})


def test_every_kind_is_written_and_read_back(member: Any, offer: Offer) -> None:
    answer = patch(member, offer, SAID)
    assert answer.status_code == 200, answer.content
    read = answer.json()["draft"]["answers"]
    kept = {**SAID, "subprocessor_table": [{"name": "Exemple", "country": "FR", "sees_data": False}],
            "non_eu_total_percent": "12.5"}  # fmt: skip
    assert {name: read[name] for name in SAID} == kept
    assert patch(member, offer, dict.fromkeys(SAID)).status_code == 200
    assert {offer.versions.get().answers[name] for name in SAID} == {None}


@pytest.mark.parametrize(
    ("data", "fields"),
    [
        ({"features": "Courriel"}, {"features"}),
        ({"launched_on": "hier"}, {"launched_on"}),
        ({"subprocessor_table": [{"name": "a"}, {"country": "ZZ"}]}, {"subprocessor_table"}),
        ({"subprocessor_table": [{"colour": "a"}]}, {"subprocessor_table.0.colour"}),
        ({"iso27017_held_certificate": {"number": "12"}}, {"iso27017_held_certificate"}),
        ({"dpo_contact": {"email": "dpd"}}, {"dpo_contact"}),
        ({"storage_zone": ["fr"]}, {"storage_zone"}),
        ({"pue": "0.5"}, {"pue"}),
        ({"exit_plan_document": {"id": "0190b2b6-7e1c-7000-8000-000000000001"}}, {"exit_plan_document"}),
        ({"exit_plan_document": {"id": "../x"}}, {"exit_plan_document.id"}),
    ],
)
def test_faults_are_named(member: Any, offer: Offer, data: dict[str, Any], fields: set[str]) -> None:
    before = offer.versions.get().answers
    assert faults(patch(member, offer, {**data, "website": "https://nuage.example/"})) == fields
    assert offer.versions.get().answers == before


def test_a_service_rendered_by_people_has_no_stack_nor_exit() -> None:
    made = make_offer(answers={"service_models": ["support_services"], "support_kinds": ["training"]})
    page = Client().get(made.get_absolute_url()).content.decode()
    assert "Formation" in page
    assert 'id="pile"' not in page
    assert 'id="sortie"' not in page
    assert 'id="pile"' in Client().get(make_offer().get_absolute_url()).content.decode()
