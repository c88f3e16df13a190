"""reviews/: strangers first, then the whole JSON and the moves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import make_member
from tests.procurement.order_builders import Purchase
from tests.procurement.voice_builders import said, used
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
REVIEWS = "/api/v1/reviews/"
HIDE = {"ground": "defamation", "reason": "Passage en cause."}


@pytest.fixture
def purchase() -> Purchase:
    return used()


def test_who_may_not(purchase: Purchase) -> None:
    review = said(purchase)
    url, stranger = f"{REVIEWS}{review.uuid}/", client_for_token(None)
    assert stranger.get(url).status_code == stranger.get(REVIEWS).status_code == 200
    body: dict[str, Any] = {"offer": str(purchase.offer.uuid), "text": "Essai"}
    problem_of(stranger.post(REVIEWS, body), 401)
    for role in ("requester", "supplier_manager", "curator", "auditor"):
        problem_of(client_for_token(make_member(role)).post(REVIEWS, body), 403)
    other = client_for_token(make_member("requester"))
    problem_of(other.patch(url, {"text": "x"}), 403)
    for move, given in (("hide", HIDE), ("contest", {"reason": "x"}), ("reply", {"text": "x"})):
        problem_of(other.post(f"{url}{move}/", given), 403)


def test_a_review_whole(purchase: Purchase) -> None:
    client = client_for_token(purchase.requester)
    body = {
        "offer": str(purchase.offer.uuid),
        "text": "Mise en service rapide.",
        "ratings": {"onboarding": "very_good", "support": None},
    }
    answer = client.post(REVIEWS, body)
    assert answer.status_code == 201, answer.content
    shown = client_for_token(None).get(answer["Location"]).json()
    assert bool(shown.pop("written_at")) and bool(shown.pop("state_since"))
    assert shown == {
        "id": shown["id"],
        "state": "published",
        "version": 1,
        "offer": str(purchase.offer.uuid),
        "administration": purchase.buyer.name,
        "ratings": {
            "onboarding": "very_good",
            "availability": None,
            "support": None,
            "reversibility": None,
            "documentation": None,
        },
        "text": "Mise en service rapide.",
        "revised_at": None,
        "reply": "",
        "replied_at": None,
        "reply_revised_at": None,
        "ground": "",
        "ground_text": "",
        "contest_text": "",
        "decision_text": "",
        "page": f"/avis/{shown['id']}/",
    }


def test_bad_input_names_the_field_and_a_revision_its_version(purchase: Purchase) -> None:
    client = client_for_token(purchase.requester)
    body = {"offer": str(purchase.offer.uuid), "text": "Essai.", "ratings": {"onboarding": "good"}}
    url = client.post(REVIEWS, body)["Location"]
    assert faults(client.post(REVIEWS, body)) == {"offer"}
    assert faults(client.post(REVIEWS, {**body, "ratings": {"beauty": "good"}})) == {"ratings.beauty"}
    assert faults(client.post(REVIEWS, {**body, "offer": url.split("/")[-2]})) == {"offer"}
    assert faults(client.post(REVIEWS, {**body, "text": ""})) == {"text"}
    revised = client.patch(url, {"ratings": {"support": "poor"}}, headers={"If-Match": '"1"'}).json()
    assert revised["ratings"]["onboarding"] is None and revised["text"] == body["text"]
    problem_of(client.patch(url, {"text": "x"}, headers={"If-Match": '"1"'}), 412)
    listed = client_for_token(None).get(f"{REVIEWS}?offer={purchase.offer.uuid}").json()
    assert [row["page"] for row in listed["results"]] == [f"/avis/{url.split('/')[-2]}/"]


def test_the_moves(purchase: Purchase) -> None:
    url = f"{REVIEWS}{said(purchase).uuid}/"
    curator, decider = (client_for_token(make_member(role)) for role in ("curator", "decision_maker"))
    author, supplier = client_for_token(purchase.requester), client_for_token(purchase.manager)
    assert supplier.post(f"{url}reply/", {"text": "Merci."}).json()["reply"] == "Merci."
    assert faults(curator.post(f"{url}hide/", {"ground": "taste", "reason": "x"})) == {"ground"}
    assert curator.post(f"{url}hide/", HIDE).json()["state"] == "hidden"
    problem_of(client_for_token(None).get(url), 404)
    assert author.get(url).json()["ground_text"] == HIDE["reason"]
    assert author.post(f"{url}contest/", {"reason": "Exact."}).json()["state"] == "contested"
    problem_of(author.post(f"{url}contest/", {"reason": "Encore."}), 409)
    problem_of(curator.post(f"{url}uphold/", {"reason": "Non."}), 403)
    assert decider.post(f"{url}restore/", {"reason": "Fondé."}).json()["state"] == "published"
    assert client_for_token(None).get(url).json()["contest_text"] == ""
