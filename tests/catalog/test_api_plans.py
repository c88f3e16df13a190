"""Plans by the API: each refusal names its field, and nothing is half-written."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import ValidationError

from catalog.models import Offer
from marketplace.rest.errors import exception_handler
from tests.builders import make_member
from tests.catalog.builders import make_category, make_offer
from tests.catalog.test_api import OFFERS, call

pytestmark = pytest.mark.django_db


def plans(**line: Any) -> list[dict[str, Any]]:
    return [{"name": "P", "lines": [{"label": "L", "amount_eur_ht": "4.20", **line}]}]


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"kind": "unit"}, "plans.0.lines.0.unit"),
        ({"kind": "unit", "unit": "  "}, "plans.0.lines.0.unit"),
        ({"kind": "one_off", "period": "month"}, "plans.0.lines.0.period"),
    ],
)
def test_a_line_that_breaks_a_rule_names_its_field(line: dict[str, str], field: str) -> None:
    make_category()
    member = make_member("supplier_editor")
    offer = make_offer(state="draft", organisation=member.organisation, price="1")
    made = call(member, "post", OFFERS, {"name": "Brume", "plans": plans(**line)})
    assert (made.status_code, [e["field"] for e in made.json()["errors"]]) == (400, [field])
    assert Offer.objects.get() == offer
    etag = call(member, "get", f"{OFFERS}{offer.uuid}/")["ETag"]
    edited = call(
        member, "patch", f"{OFFERS}{offer.uuid}/", {"name": "Bruine", "plans": plans(**line)},
        **{"If-Match": etag},
    )  # fmt: skip
    assert (edited.status_code, [e["field"] for e in edited.json()["errors"]]) == (400, [field])
    offer.refresh_from_db()
    assert offer.name != "Bruine"


def test_a_plan_is_given_whole_even_in_a_patch() -> None:
    member = make_member("supplier_editor")
    offer = make_offer(state="draft", organisation=member.organisation)
    url = f"{OFFERS}{offer.uuid}/"
    etag = call(member, "get", url)["ETag"]
    refused = call(member, "patch", url, {"plans": [{"lines": [{}]}]}, **{"If-Match": etag})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "plans.0.name"
    done = call(member, "patch", url, {"plans": [{"name": "P"}]}, **{"If-Match": etag})
    assert (done.status_code, done.json()["plans"][0]["description"]) == (200, "")


def test_a_price_paid_once_needs_no_period() -> None:
    body = {"name": "Brume", "plans": plans(kind="one_off")}
    made = call(make_member("supplier_editor"), "post", OFFERS, body)
    assert made.status_code == 201
    assert made.json()["plans"][0]["lines"][0]["period"] == "none"


def test_answers_and_plans_are_written_together_or_not_at_all() -> None:
    member = make_member("supplier_editor")
    offer = make_offer(state="draft", organisation=member.organisation, price="1")
    many = [{"name": f"P{n}", "lines": []} for n in range(21)]
    assert call(member, "post", OFFERS, {"name": "Brume", "plans": many}).status_code == 400
    assert Offer.objects.get() == offer
    etag = call(member, "get", f"{OFFERS}{offer.uuid}/")["ETag"]
    url = f"{OFFERS}{offer.uuid}/"
    edited = call(member, "patch", url, {"description": "Autre.", "plans": many}, **{"If-Match": etag})
    assert edited.status_code == 400
    assert call(member, "get", url)["ETag"] == etag
    assert offer.draft_version.answers["description"] != "Autre."
    assert offer.draft_version.plans.count() == 1


@pytest.mark.parametrize(
    ("error", "fields"),
    [
        (ValidationError({"unit": ["Nommez l’unité."], "__all__": ["Non."]}), ["unit", ""]),
        (ValidationError("Non."), [""]),
    ],
)
def test_a_model_s_refusal_is_a_400(error: ValidationError, fields: list[str]) -> None:
    answer = exception_handler(error, {})
    assert answer.status_code == 400
    assert [one["field"] for one in answer.data["errors"]] == fields


DETAILED = {
    "kind": "unit",
    "unit": "Go",
    "meter": "storage_gb",
    "included_quantity": "50.000",
    "minimum_quantity": "0.000",
    "tier_mode": "graduated",
    "tiers": [{"above": "100.000", "amount_eur_ht": "3.500000"}],
    "next_amount_eur_ht": "4.500000",
    "next_from": "2027-03-01",
    "prorata": "day",
    "usage_step": "0.500",
}


def test_tiers_volumes_and_the_announced_price_come_back_as_given() -> None:
    body = {"name": "Brume", "plans": [{**plans(**DETAILED)[0], "commitment_months": 12}]}
    made = call(make_member("supplier_editor"), "post", OFFERS, body)
    assert made.status_code == 201
    assert made.json()["plans"][0]["commitment_months"] == 12
    assert made.json()["plans"][0]["lines"][0] == {
        "code": "l",
        "label": "L",
        "period": "month",
        "amount_eur_ht": "4.200000",
        **DETAILED,
    }


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"tiers": [{"above": "10", "amount_eur_ht": "1"}, {"above": "5", "amount_eur_ht": "1"}]}, "tiers"),
        ({"tiers": [{"above": "10", "amount_eur_ht": "1"}], "included_quantity": "10"}, "tiers"),
        ({"tiers": [{"above": "-1", "amount_eur_ht": "1"}]}, "tiers.0.above"),
        ({"next_amount_eur_ht": "5"}, "next_from"),
        ({"next_from": "2027-01-01"}, "next_from"),
        ({"included_quantity": "-1"}, "included_quantity"),
        ({"meter": "megot"}, "meter"),
        ({"prorata": "month"}, "prorata"),
        ({"prorata": "day", "period": "hour"}, "prorata"),
        ({"prorata": "jour"}, "prorata"),
        ({"usage_step": "-1"}, "usage_step"),
        ({"usage_step": "1", "kind": "fixed", "unit": ""}, "usage_step"),
        ({"kind": "exit", "period": "month"}, "period"),
    ],
)
def test_a_price_that_cannot_be_charged_names_its_field(line: dict[str, Any], field: str) -> None:
    body = {"name": "Brume", "plans": plans(**{"kind": "unit", "unit": "Go"} | line)}
    made = call(make_member("supplier_editor"), "post", OFFERS, body)
    assert (made.status_code, [e["field"] for e in made.json()["errors"]]) == (
        400,
        [f"plans.0.lines.0.{field}"],
    )
