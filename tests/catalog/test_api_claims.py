"""offers/{id}/claim/ and claims/: strangers first, then who may, then the whole story."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.enums import OfferState
from catalog.models import Offer, OfferClaim
from marketplace.accounts.models import Membership
from tests.builders import make_member
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
CLAIMS = "/api/v1/claims/"
CONTACT = {"proof": "register_contact", "register_contact": "Camille Exemple, gérante"}


@pytest.fixture
def member() -> Membership:
    return make_member("supplier_manager")


@pytest.fixture
def sheet() -> Offer:
    return make_offer(
        state=OfferState.UNCLAIMED,
        source_key="essai",
        answers={"name": "Nuage", "website": "https://www.nuage.example/a"},
    )


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """The TXT records that exist; nothing is asked of the network."""
    records: dict[str, list[str]] = {}
    monkeypatch.setattr("catalog.actions.claims.default_resolver", lambda: lambda name: records.get(name, []))
    return records


def address(offer: Offer) -> str:
    return f"/api/v1/offers/{offer.uuid}/claim/"


def opened(sheet: Offer, member: Membership, body: dict[str, str] | None = None) -> str:
    made = client_for_token(member).post(address(sheet), body or CONTACT)
    assert made.status_code == 201, made.content
    return str(made["Location"])


def test_who_may_not_claim(sheet: Offer, member: Membership) -> None:
    problem_of(client_for_token(None).post(address(sheet), CONTACT), 401)
    gone = client_for_token(member).post(f"/api/v1/offers/{uuid.uuid4()}/claim/", CONTACT)
    problem_of(gone, 404)
    for role in ("requester", "curator", "supplier_editor"):
        problem_of(client_for_token(make_member(role)).post(address(sheet), CONTACT), 403)
    assert not OfferClaim.objects.exists()


def test_a_claim_is_opened_once(sheet: Offer, member: Membership) -> None:
    client = client_for_token(member)
    made = client.post(address(sheet), CONTACT)
    claim = OfferClaim.objects.get()
    assert made.status_code == 201
    assert (made["Location"], made["ETag"]) == (f"{CLAIMS}{claim.uuid}/", '"1"')
    body = made.json()
    assert body.pop("created_at") and body.pop("state_since")
    assert body == {
        "id": str(claim.uuid),
        "offer": str(sheet.uuid),
        "offer_name": "Nuage",
        "organisation": str(member.organisation.uuid),
        "organisation_name": member.organisation.name,
        "state": "open",
        "version": 1,
        "proof": "register_contact",
        "dns_record": None,
        "dns_checked_at": None,
        "dns_verified_at": None,
        "register_contact": "Camille Exemple, gérante",
        "rivals": [],
        "decision_reason": "",
    }
    assert client.get(made["Location"]).json()["id"] == body["id"]
    assert problem_of(client.post(address(sheet), CONTACT), 409)["code"] == "claim_open"


def test_the_same_key_opens_one_claim(sheet: Offer, member: Membership) -> None:
    client = client_for_token(member)
    first = client.post(address(sheet), CONTACT, headers={"Idempotency-Key": "clef-1"})
    again = client.post(address(sheet), CONTACT, headers={"Idempotency-Key": "clef-1"})
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (201, 201, "true")
    assert first.json() == again.json()


def test_bad_input_and_a_sheet_already_owned(sheet: Offer, member: Membership) -> None:
    client = client_for_token(member)
    assert faults(client.post(address(sheet), {})) == {"proof"}
    assert faults(client.post(address(sheet), {"proof": "parole"})) == {"proof"}
    assert faults(client.post(address(sheet), {"proof": "register_contact"})) == {"register_contact"}
    long = {**CONTACT, "register_contact": "x" * 301, "couleur": "bleu"}
    assert faults(client.post(address(sheet), long)) == {"register_contact", "couleur"}
    without_site = make_offer(state=OfferState.UNCLAIMED, source_key="autre")
    assert faults(client.post(address(without_site), {"proof": "dns"})) == {"proof"}
    problem_of(client.post(address(make_offer()), {}), 409)


def test_a_dns_proof_then_a_grant(sheet: Offer, member: Membership, zone: dict[str, list[str]]) -> None:
    client, curator = client_for_token(member), client_for_token(make_member("curator"))
    url = opened(sheet, member, {"proof": "dns"})
    record = client.get(url).json()["dns_record"]
    assert record["name"] == "_place-de-marche.nuage.example"
    refused = curator.post(f"{url}grant/", {"reason": "x"})
    assert problem_of(refused, 400)["code"] == "proof_missing"
    unseen = client.post(f"{url}check_dns/").json()
    assert (unseen["dns_verified_at"], unseen["dns_checked_at"] is None) == (None, False)
    zone[record["name"]] = [record["value"]]
    assert curator.post(f"{url}check_dns/").json()["dns_verified_at"]
    problem_of(client.post(f"{url}grant/", {"reason": "moi"}), 403)
    problem_of(curator.post(f"{url}grant/", {"reason": "x"}, headers={"If-Match": '"99"'}), 412)
    assert faults(curator.post(f"{url}grant/", {"reason": ""})) == {"reason"}
    assert faults(curator.post(f"{url}grant/", {"reason": "x" * 1001})) == {"reason"}
    done = curator.post(f"{url}grant/", {"reason": "Preuve vue."})
    assert (done.status_code, done.json()["state"]) == (200, "granted")
    sheet.refresh_from_db()
    assert (sheet.state, sheet.supplier.organisation) == ("draft", member.organisation)
    for act in ("grant", "refuse", "check_dns"):
        problem_of(curator.post(f"{url}{act}/", {}), 409)


def test_rivals_see_each_other_s_names_not_each_other_s_claims(sheet: Offer, member: Membership) -> None:
    other = make_member("supplier_manager")
    mine, theirs = opened(sheet, member), opened(sheet, other)
    client = client_for_token(member)
    body = client.get(mine).json()
    assert body["state"] == "contested"
    assert body["rivals"] == [{"organisation_name": other.organisation.name, "state": "contested"}]
    problem_of(client.get(theirs), 404)
    problem_of(client.post(f"{theirs}cancel/"), 404)
    problem_of(client_for_token(None).get(mine), 401)
    problem_of(client_for_token(make_member("requester")).get(mine), 404)
    assert client_for_token(make_member("auditor")).get(mine).status_code == 200


def test_the_claimant_cancels_a_curator_refuses(sheet: Offer, member: Membership) -> None:
    curator = client_for_token(make_member("curator"))
    url = opened(sheet, member)
    problem_of(curator.post(f"{url}cancel/"), 403)
    assert client_for_token(member).post(f"{url}cancel/").json()["state"] == "cancelled"
    problem_of(client_for_token(member).post(f"{url}cancel/"), 409)
    second = opened(sheet, member)
    refused = curator.post(f"{second}refuse/", {"reason": "Personne inconnue du registre."}).json()
    assert (refused["state"], refused["decision_reason"]) == ("refused", "Personne inconnue du registre.")


def test_nobody_decides_on_their_own_claim(sheet: Offer, member: Membership) -> None:
    url = opened(sheet, member)
    same = make_member("curator", user=member.user)
    problem_of(client_for_token(same).post(f"{url}grant/", {"reason": "moi"}), 403)


def test_lists_are_one_s_own_and_cost_the_same(sheet: Offer, member: Membership) -> None:
    opened(sheet, member)
    opened(sheet, make_member("supplier_manager"))
    own: Any = client_for_token(member).get(CLAIMS).json()
    assert (own["count"], own["results"][0]["organisation_name"]) == (1, member.organisation.name)
    curator = client_for_token(make_member("curator"))
    assert curator.get(f"{CLAIMS}?state=contested&offer={sheet.uuid}").json()["count"] == 2
    assert curator.get(f"{CLAIMS}?state=open").json()["count"] == 0
    assert faults(curator.get(f"{CLAIMS}?state=zzz")) == {"state"}
    with CaptureQueriesContext(connection) as few:
        curator.get(CLAIMS)
    for n in range(4):
        other = make_offer(state=OfferState.UNCLAIMED, source_key=f"autre-{n}")
        opened(other, make_member("supplier_manager"))
    with CaptureQueriesContext(connection) as many:
        assert curator.get(CLAIMS).json()["count"] == 6
    assert len(many) == len(few)
