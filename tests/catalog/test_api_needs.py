"""needs/: strangers first, then the whole JSON, joining and the moves."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from catalog.models import Category, MissingNeed
from catalog.needs import actions as needs
from marketplace.accounts.actors import Actor
from tests.builders import actor_for, make_member
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
NEEDS = "/api/v1/needs/"


def made(title: str = "Signature de gros fichiers") -> MissingNeed:
    return needs.report(actor=actor_for("requester"), title=title)


def curator() -> Any:
    return client_for_token(make_member("curator"))


def test_who_may_not() -> None:
    need = made()
    url = f"{NEEDS}{need.uuid}/"
    for address in (NEEDS, url):
        problem_of(client_for_token(None).get(address), 401)
    supplier = client_for_token(make_member("supplier_manager"))
    assert supplier.get(NEEDS).json()["results"] == []
    problem_of(supplier.get(url), 404)
    problem_of(supplier.post(NEEDS, {"title": "Essai"}), 403)
    problem_of(supplier.post(f"{url}join/"), 404)
    requester = client_for_token(make_member("requester"))
    for move, body in (("answer", {"reason": "x"}), ("merge", {"into": str(uuid.uuid4())})):
        problem_of(requester.post(f"{url}{move}/", body), 403)


def test_a_need_whole() -> None:
    member = make_member("requester")
    category = Category.objects.get_or_create(code="signature", defaults={"label": "Signature"})[0]
    body = {
        "title": "Signature de gros fichiers",
        "description": "Plans de 4 Go",
        "service_models": ["saas"],
        "category": category.code,
        "searched": "q=signature&model=saas",
    }
    client = client_for_token(member)
    answer = client.post(NEEDS, body, headers={"Idempotency-Key": "un"})
    assert answer.status_code == 201 and answer["ETag"] == '"1"'
    shown = client.get(answer["Location"]).json()
    need = MissingNeed.objects.get()
    assert [bool(shown.pop(name)) for name in ("created_at", "state_since")] == [True, True]
    assert bool(shown["organisations"][0].pop("joined_at"))
    assert shown == {
        "id": str(need.uuid),
        "number": need.number,
        "state": "open",
        "version": 1,
        **body,
        "reported_by": member.organisation.name,
        "organisations": [{"id": str(member.organisation.uuid), "name": member.organisation.name}],
        "organisations_count": 1,
        "answer": "",
        "answered_at": None,
        "covering_offer": None,
        "merged_into": None,
    }
    assert client.post(NEEDS, body, headers={"Idempotency-Key": "un"}).json()["id"] == str(need.uuid)
    assert MissingNeed.objects.count() == 1


def test_bad_input_names_the_field() -> None:
    client = client_for_token(make_member("requester"))
    assert faults(client.post(NEEDS, {})) == {"title"}
    wrong = {"title": "x" * 161, "service_models": "saas", "category": "inconnue", "searched": 3, "oups": 1}
    assert faults(client.post(NEEDS, wrong)) == {"title", "service_models", "category", "searched", "oups"}
    assert not MissingNeed.objects.exists()


def test_near_needs_are_asked_before() -> None:
    need = made()
    made("Agenda partagé")
    client = client_for_token(make_member("requester"))
    found = client.get(f"{NEEDS}?near=signer%20un%20gros%20fichier").json()["results"]
    assert [row["number"] for row in found] == [need.number]
    assert faults(client.get(f"{NEEDS}?state=oups")) == {"state"}


def test_joining_counts_an_administration_once() -> None:
    need, member = made(), make_member("requester")
    client = client_for_token(member)
    for _ in range(2):
        answer = client.post(f"{NEEDS}{need.uuid}/join/")
        assert answer.status_code == 200 and answer.json()["organisations_count"] == 2
    colleague = client_for_token(make_member("dnum", organisation=member.organisation))
    assert colleague.post(f"{NEEDS}{need.uuid}/join/").json()["organisations_count"] == 2
    assert colleague.post(f"{NEEDS}{need.uuid}/leave/").json()["organisations_count"] == 1


def test_the_moves_of_a_curator() -> None:
    need, kept, offer = made(), made("Gros fichiers"), make_offer(answers={"name": "Coffre"})
    client, url = curator(), f"{NEEDS}{need.uuid}/"
    assert client.post(f"{url}answer/", {"reason": "Nous cherchons."}).json()["state"] == "answered"
    assert faults(client.post(f"{url}cover/", {"offer": str(uuid.uuid4())})) == {"offer"}
    covered = client.post(f"{url}cover/", {"offer": str(offer.uuid), "reason": "Jusqu’à 2 Go."}).json()
    assert (covered["state"], covered["covering_offer"]) == ("covered", str(offer.uuid))
    problem_of(client.post(f"{url}dismiss/", {"reason": "x"}), 409)
    assert client.post(f"{url}reopen/", {"reason": "Trop peu."}).json()["covering_offer"] is None
    problem_of(client.post(f"{url}dismiss/", {"reason": "x"}, headers={"If-Match": '"1"'}), 412)
    assert faults(client.post(f"{url}merge/", {"into": str(need.uuid)})) == {"into"}
    merged = client.post(f"{url}merge/", {"into": str(kept.uuid)}).json()
    assert (merged["state"], merged["merged_into"], merged["organisations"]) == ("merged", str(kept.uuid), [])
    assert client.get(f"{NEEDS}{kept.uuid}/").json()["organisations_count"] == 2
    refused = client_for_token(make_member("requester")).post(f"{url}join/")
    assert problem_of(refused, 409)["code"] == "need_merged"


def test_a_machine_of_the_administration_reports_too() -> None:
    from marketplace.accounts.models import ServiceAccount

    member = make_member("requester")
    account = ServiceAccount.objects.create(
        organisation=member.organisation, name="Robot d’essai", roles=["requester"], created_by=member.user
    )
    need = needs.report(actor=Actor(service_account=account), title="Essai")
    assert need.created_by is None and need.organisations_count == 1
