"""collections/: strangers first, then the whole JSON, writing and the moves."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Collection, Offer
from tests.builders import make_member
from tests.catalog.builders import ACTOR, make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
COLLECTIONS = "/api/v1/collections/"


def curator() -> Any:
    return client_for_token(make_member("curator"))


def test_who_may_not() -> None:
    body = {"title": "Essai", "intro": "Essai."}
    problem_of(client_for_token(None).post(COLLECTIONS, body), 401)
    buyer = client_for_token(make_member("requester"))
    problem_of(buyer.post(COLLECTIONS, body), 403)
    draft = curator().post(COLLECTIONS, body).json()
    problem_of(buyer.get(f"{COLLECTIONS}{draft['id']}/"), 404)
    problem_of(buyer.post(f"{COLLECTIONS}{draft['id']}/publish/"), 404)
    assert buyer.get(COLLECTIONS).json()["results"] == []


def test_a_collection_whole_from_draft_to_archive() -> None:
    client, visitor = curator(), client_for_token(None)
    offer, other = make_offer(answers={"name": "Facteur"}), make_offer(answers={"name": "Parloir"})
    chosen = [{"offer": str(offer.uuid), "why": "Simple"}, {"offer": str(other.uuid), "why": "Sûre"}]
    made = client.post(COLLECTIONS, {"title": "Écrire", "intro": "Pour une équipe.", "offers": chosen})
    assert made.status_code == 201
    url = f"{COLLECTIONS}{made.json()['id']}/"
    published = client.post(f"{url}publish/").json()
    other.suspend(actor=ACTOR, reason="Essai.")
    row = Collection.objects.get()
    day = timezone.localdate().isoformat()
    loss = {"words": "Référencement suspendu", "since": day}
    assert visitor.get(url).json() == {
        "id": str(row.uuid),
        "slug": "ecrire",
        "title": "Écrire",
        "intro": "Pour une équipe.",
        "query": "",
        "state": "published",
        "state_since": published["state_since"],
        "version": 2,
        "starts_on": day,
        "ends_on": None,
        "published_at": published["published_at"],
        "page": "/selections/ecrire/",
        "offers": [told(offer, "Simple", day, None), told(other, "Sûre", day, loss)],
        "found": None,
    }
    assert [one["slug"] for one in visitor.get(COLLECTIONS).json()["results"]] == ["ecrire"]
    problem_of(client.post(f"{url}publish/"), 409)
    assert client.post(f"{url}archive/").json()["state"] == "archived"
    problem_of(visitor.get(url), 410)
    assert client.post(f"{url}reopen/").json()["state"] == "draft"


def told(offer: Offer, why: str, day: str, loss: Any) -> dict[str, Any]:
    return {
        "offer": str(offer.uuid),
        "name": offer.name,
        "why": why,
        "added_on": day,
        "page": offer.get_absolute_url(),
        "loss": loss,
    }


def test_editing_asks_for_the_version_read_and_names_what_is_wrong() -> None:
    client = curator()
    url = f"{COLLECTIONS}{client.post(COLLECTIONS, {'title': 'Essai', 'intro': 'x'}).json()['id']}/"
    problem_of(client.patch(url, {"title": "Autre"}), 428)
    hidden = make_offer(state="draft")
    wrong = {
        "title": "x" * 121,
        "ends_on": "demain",
        "offers": [{"offer": str(hidden.uuid), "why": ""}],
        "z": 1,
    }
    answer = client.patch(url, wrong, headers={"If-Match": '"1"'})
    assert {name.partition(".")[0] for name in faults(answer)} == {"title", "ends_on", "offers", "z"}
    make_offer()
    live = client.patch(url, {"query": "model=saas"}, headers={"If-Match": '"1"'}).json()
    assert (live["query"], live["found"], live["offers"]) == ("model=saas", 1, [])
