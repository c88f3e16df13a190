"""curated-offers/ and offers/?retained=1: strangers first."""

from __future__ import annotations

import pytest

from catalog.models import CuratedOffer
from tests.builders import make_member
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
CURATED, OFFERS = "/api/v1/curated-offers/", "/api/v1/offers/"


def test_who_may_not() -> None:
    offer = make_offer()
    body = {"offer": str(offer.uuid), "kind": "allowed"}
    problem_of(client_for_token(None).get(CURATED), 401)
    problem_of(client_for_token(None).post(CURATED, body), 401)
    for role in ("requester", "supplier_manager", "curator"):
        problem_of(client_for_token(make_member(role)).post(CURATED, body), 403)
    problem_of(client_for_token(None).get(f"{OFFERS}?retained=1"), 401)
    problem_of(client_for_token(None).get(f"{OFFERS}export/?retained=1&format=csv"), 401)
    problem_of(client_for_token(make_member("supplier_manager")).get(f"{OFFERS}?retained=1"), 403)


def test_a_row_whole_kept_changed_and_dropped() -> None:
    offer, member = make_offer(), make_member("organisation_admin")
    client = client_for_token(member)
    made = client.post(CURATED, {"offer": str(offer.uuid), "kind": "allowed", "note": "Essai."})
    row = CuratedOffer.objects.get()
    assert made.status_code == 201
    assert made.json() == {
        "id": str(row.uuid),
        "offer": str(offer.uuid),
        "offer_name": offer.name,
        "is_online": True,
        "organisation": member.organisation.name,
        "kind": "allowed",
        "note": "Essai.",
        "added_at": made.json()["added_at"],
        "changed_at": made.json()["changed_at"],
    }
    url = f"{CURATED}{row.uuid}/"
    stranger = client_for_token(make_member("organisation_admin"))
    problem_of(stranger.get(url), 404)
    assert stranger.get(CURATED).json()["results"] == []
    assert client.patch(url, {"kind": "recommended"}).json()["kind"] == "recommended"
    assert faults(client.post(CURATED, {"offer": str(offer.uuid), "kind": "aimée"})) == {"kind"}
    assert faults(client.post(CURATED, {"offer": str(offer.uuid), "kind": "allowed"})) == {"offer"}
    colleague = client_for_token(make_member("requester", organisation=member.organisation))
    told = colleague.get(f"{CURATED}?kind=recommended").json()["results"]
    assert [one["id"] for one in told] == [str(row.uuid)]
    problem_of(colleague.delete(url), 403)
    assert client.delete(url).status_code == 204


def test_members_find_among_what_is_retained() -> None:
    offer, member = make_offer(), make_member("organisation_admin")
    make_offer()
    client = client_for_token(member)
    client.post(CURATED, {"offer": str(offer.uuid), "kind": "allowed"})
    found = client.get(f"{OFFERS}?retained=1&facets=1").json()
    assert [one["id"] for one in found["results"]] == [str(offer.uuid)]
    assert sum(value["count"] for value in found["facets"]["model"]) == 1
    assert "ignored" not in found
    assert client.get(f"{OFFERS}?retained=0").json()["count"] == 2
    assert faults(client.get(f"{OFFERS}?retained=oui")) == {"retained"}
    stranger = client_for_token(make_member("requester"))
    assert stranger.get(f"{OFFERS}?retained=1").json()["count"] == 0
