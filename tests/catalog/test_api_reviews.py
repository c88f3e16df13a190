"""offers/{id}/propose/ and version-reviews/: a listed offer changes, a curator decides what they read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.actions.authoring import supplier_of
from catalog.hooks import _MATERIAL, register_material_change
from catalog.models import Offer, VersionReview
from marketplace.accounts.models import Membership
from tests.builders import client_for, make_member
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
REVIEWS = "/api/v1/version-reviews/"
NEW = "Nouvelle description."
LINE = {
    "code": "abonnement",
    "label": "Abonnement",
    "kind": "unit",
    "unit": "poste",
    "period": "month",
    "amount_eur_ht": "10.000000",
    "meter": "other",
    "included_quantity": "0.000",
    "minimum_quantity": "0.000",
    "tier_mode": "graduated",
    "tiers": [],
    "next_amount_eur_ht": None,
    "next_from": None,
    "prorata": "none",
    "usage_step": "0.000",
}
PLANS = [{"code": "standard", "name": "Standard", "description": "", "commitment_months": 0, "lines": [LINE]}]


@pytest.fixture(autouse=True)
def _no_dossier() -> Iterator[None]:
    """Material changes stay with the curator, but where a test says otherwise."""
    kept = list(_MATERIAL)
    _MATERIAL.clear()
    yield
    _MATERIAL[:] = kept


@pytest.fixture
def member() -> Membership:
    return make_member("supplier_manager")


def edited(member: Membership, **answers: Any) -> Offer:
    offer = make_offer(supplier=supplier_of(member.organisation), price="10")
    draft = offer.edit_version(by=None)
    draft.answers = {**draft.answers, **(answers or {"description": NEW})}
    draft.save()
    return offer


def address(offer: Offer) -> str:
    return f"/api/v1/offers/{offer.uuid}/propose/"


def proposed(member: Membership, **answers: Any) -> str:
    made = client_for_token(member).post(address(edited(member, **answers)))
    assert made.status_code == 201, made.content
    return str(made["Location"])


def test_who_may_not_propose(member: Membership) -> None:
    offer = edited(member)
    problem_of(client_for_token(None).post(address(offer)), 401)
    editor = make_member("supplier_editor", organisation=member.organisation)
    for other in (editor, make_member("supplier_manager"), make_member("curator")):
        problem_of(client_for_token(other).post(address(offer)), 403)
    draft = make_offer(state="draft")
    problem_of(client_for_token(member).post(address(draft)), 404)
    assert not VersionReview.objects.exists()


def test_a_version_is_proposed_once_and_nothing_goes_online(member: Membership) -> None:
    offer, client = edited(member), client_for_token(member)
    problem_of(client.post(address(offer), headers={"If-Match": '"99"'}), 412)
    assert faults(client.post(address(offer), {"couleur": "bleu"})) == {"couleur"}
    made = client.post(address(offer), headers={"If-Match": f'"{offer.version}"'})
    body = made.json()
    review = VersionReview.objects.get()
    assert (made.status_code, made["Location"]) == (201, f"{REVIEWS}{review.uuid}/")
    assert body.pop("proposed_at") and body.pop("state_since")
    assert body == {
        "id": str(review.uuid),
        "offer": str(offer.uuid),
        "offer_name": offer.name,
        "state": "pending",
        "version": 1,
        "version_proposed": 2,
        "replaces": 1,
        "changes": [
            {
                "question": "description",
                "label": body["changes"][0]["label"],
                "before": "Un service fictif pour les essais.",
                "after": NEW,
                "material": False,
            }
        ],
        "plans": PLANS,
        "plans_replaced": PLANS,
        "price_warning": "",
        "also_waiting": [],
        "decision_reason": "",
    }
    offer.refresh_from_db()
    assert (offer.live_version.number, offer.description != NEW) == (1, True)
    problem_of(client.post(address(offer)), 409)  # nothing is being prepared any more


def test_gaps_are_named(member: Membership) -> None:
    offer = edited(member, exit_formats=None)
    assert faults(client_for_token(member).post(address(offer))) == {"exit_formats"}
    draft = make_offer(state="draft", supplier=offer.supplier)
    problem_of(client_for_token(member).post(address(draft)), 409)


def test_a_supplier_follows_its_own_only(member: Membership) -> None:
    url = proposed(member)
    problem_of(client_for_token(None).get(url), 401)
    for other in (make_member("supplier_manager"), make_member("requester"), make_member("auditor")):
        problem_of(client_for_token(other).get(url), 404)
        assert client_for_token(other).get(REVIEWS).json()["count"] == 0
    mine = client_for_token(member)
    assert mine.get(url).json()["state"] == "pending"
    assert mine.get(REVIEWS).json()["count"] == 1
    problem_of(mine.post(f"{url}accept/", headers={"If-Match": '"1"'}), 403)


def test_a_curator_accepts_the_version_read(member: Membership) -> None:
    url, curator = proposed(member), client_for_token(make_member("curator"))
    problem_of(curator.post(f"{url}accept/"), 428)
    problem_of(curator.post(f"{url}accept/", headers={"If-Match": '"7"'}), 412)
    read = curator.get(url)
    done = curator.post(f"{url}accept/", headers={"If-Match": read["ETag"]})
    assert (done.status_code, done.json()["state"], done["ETag"]) == (200, "accepted", '"2"')
    offer = Offer.objects.get()
    assert (offer.description, offer.live_version.number) == (NEW, 2)
    problem_of(curator.post(f"{url}accept/", headers={"If-Match": done["ETag"]}), 409)


def test_a_curator_refuses_and_says_why(member: Membership) -> None:
    url, curator = proposed(member), client_for_token(make_member("curator"))
    tag = {"If-Match": '"1"'}
    assert faults(curator.post(f"{url}refuse/", {}, headers=tag)) == {"reason"}
    done = curator.post(f"{url}refuse/", {"reason": "Trop vague."}, headers=tag).json()
    assert (done["state"], done["decision_reason"]) == ("refused", "Trop vague.")
    assert Offer.objects.get().live_version.number == 1


def test_who_proposed_does_not_decide(member: Membership) -> None:
    url = proposed(member)
    same = client_for_token(make_member("curator", user=member.user))
    problem_of(same.post(f"{url}accept/", headers={"If-Match": '"1"'}), 403)


def test_what_a_dossier_examines_is_decided_there(member: Membership) -> None:
    register_material_change(lambda version, actor: None)
    url = proposed(member, storage_regions=["DE"])
    curator = make_member("curator")
    body = client_for_token(curator).get(url).json()
    assert (body["state"], [c["material"] for c in body["changes"]]) == ("in_dossier", [True])
    tag = {"If-Match": f'"{body["version"]}"'}
    for move in ("accept", "refuse"):
        answer = client_for_token(curator).post(f"{url}{move}/", {}, headers=tag)
        assert problem_of(answer, 409)["code"] == "in_dossier"
    page = f"/pilotage/moderation/{body['id']}/"
    assert client_for(curator).post(page, {"move": "accept"}).status_code == 409
    assert Offer.objects.get().live_version.number == 1


def test_the_list_costs_the_same_whatever_the_rows(member: Membership) -> None:
    proposed(member)
    curator = client_for_token(make_member("curator"))
    assert curator.get(f"{REVIEWS}?state=pending").json()["count"] == 1
    assert curator.get(f"{REVIEWS}?state=accepted").json()["count"] == 0
    with CaptureQueriesContext(connection) as few:
        curator.get(REVIEWS)
    for _ in range(4):
        proposed(member)
    with CaptureQueriesContext(connection) as many:
        assert curator.get(REVIEWS).json()["count"] == 5
    assert len(many) == len(few)
