"""The whole consultation by the API: written, proved, published, three suppliers, closed, opened."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.accounts.enums import Role
from procurement.models import Consultation
from tests.procurement.consultation_builders import make_supplier, pass_deadline
from tests.rest.builders import client_for_token, problem_of

API = "/api/v1/"


def api(actor):
    return client_for_token(actor.membership)


def post(client, path, body=None, status=200, **headers):
    answer = client.post(f"{API}{path}", body or {}, format="json", headers=headers)
    assert answer.status_code == status, answer.content.decode()[:600]
    return answer.json() if answer.content else None


CONTENT = {
    "description": "Un service d’hébergement.",
    "criteria": [
        {"kind": "price", "label": "Prix", "weight": 60},
        {"kind": "environment", "label": "Énergie", "weight": 35},
    ],
    "lots": [
        {
            "title": "Hébergement",
            "price_items": [
                {"label": "Machine", "unit": "heure", "quantity": "1000", "is_usage": True},
                {"label": "Reprise", "unit": "forfait", "quantity": 1},
            ],
        }
    ],
}


@pytest.fixture
def published(room):
    """By the API alone."""
    project, requester, buyer = room.routed_project(), api(room.requester), api(room.purchasing)
    made = post(requester, "consultations/", {"project": str(project.uuid)}, 201)
    path = f"consultations/{made['id']}/"
    stale = requester.patch(f"{API}{path}", CONTENT, format="json")
    problem_of(stale, 428)
    done = requester.patch(
        f"{API}{path}", CONTENT, format="json", headers={"If-Match": f'"{made["version"]}"'}
    )
    assert done.status_code == 200 and len(done.json()["lots"][0]["price_items"]) == 2
    emails = [actor.user.email for actor in room.holders]
    post(buyer, f"{path}name-holders/", {"openers": emails[:2], "recovery": emails[2]})
    secrets = [post(api(actor), f"{path}take-secret/")["secret"] for actor in room.holders]
    for count, (actor, secret) in enumerate(zip(room.holders, secrets, strict=True), start=1):
        told = post(api(actor), f"{path}rehearse/", {"secret": secret})
        assert told == {"given": count, "proved": count == 3}
    refused = buyer.post(f"{API}{path}publish/", {}, format="json")
    problem = problem_of(refused, 400)
    assert problem["errors"][0] == {"field": "criteria", **problem["errors"][0]}
    assert "ajoutez 5 points" in problem["detail"]
    version = api(room.requester).get(f"{API}{path}").headers["ETag"]
    criteria = [{**CONTENT["criteria"][0], "weight": 65}, CONTENT["criteria"][1]]
    requester.patch(f"{API}{path}", {"criteria": criteria}, format="json", headers={"If-Match": version})
    unread = problem_of(buyer.post(f"{API}{path}publish/", {}, format="json"), 400)
    assert [each["field"] for each in unread["errors"]] == ["attested"]
    assert post(buyer, f"{path}publish/", {"attested": True})["state"] == "published"
    return Consultation.objects.get(uuid=made["id"]), secrets


def answer(consultation, actor, price, *, partial=False):
    client = api(actor)
    draft = post(client, "response-drafts/", {"consultation": str(consultation.uuid), "lot": 1}, 201)
    path = f"response-drafts/{draft['id']}/"
    items = [str(item.uuid) for item in consultation.lots.get().price_items.all()]
    prices = [{"item": item, "unit_price_eur_ht": price} for item in items[: 1 if partial else 2]]
    body = {"candidacy": "dc1", "not_excluded": True, "proposal": "Notre service.", "prices": prices}
    saved = client.patch(f"{API}{path}", body, format="json", headers={"If-Match": f'"{draft["version"]}"'})
    assert saved.status_code == 200 and saved.json()["content"]["candidacy"] == "dc1"
    upload = SimpleUploadedFile("dc1.txt", b"DC1 rempli")
    joined = client.post(f"{API}{path}files/", {"file": upload}, format="multipart")
    assert joined.status_code == 201, joined.content
    return post(client, f"{path}deposit/", status=201)


def test_three_suppliers_from_publication_to_opening(room, published):
    consultation, secrets = published
    suppliers = [make_supplier(name=f"Nuage Exemple {letter}") for letter in "ABC"]
    answer(consultation, suppliers[0][1], "9.99")
    for (_, manager), price, partial in zip(suppliers, ("0.25", "0.30", "0.20"), (0, 0, 1), strict=True):
        made = answer(consultation, manager, price, partial=bool(partial))
        assert made["receipt"]["receipt"]["ciphertext_sha256"] == made["ciphertext_sha256"]
    path, buyer = f"consultations/{consultation.uuid}/", api(room.purchasing)
    assert buyer.get(f"{API}sealed-deposits/").json()["count"] == 0
    problem = problem_of(
        api(room.holders[0]).post(f"{API}{path}give-secret/", {"secret": secrets[0]}, format="json"), 409
    )
    assert problem["code"] == "not_over"
    pass_deadline(consultation)
    told = post(api(room.holders[0]), f"{path}give-secret/", {"secret": secrets[0]})
    assert told["opened"] is False and len(told["waits_for"]) == 2
    wrong = api(room.holders[2]).post(f"{API}{path}give-secret/", {"secret": secrets[1]}, format="json")
    assert problem_of(wrong, 400)["errors"][0]["field"] == "secret"
    assert post(api(room.holders[2]), f"{path}give-secret/", {"secret": secrets[2]})["opened"] is True
    opened = buyer.get(f"{API}opened-responses/?consultation={consultation.uuid}").json()["results"]
    totals = {one["supplier"]: one["prices"]["total_eur_ht"] for one in opened}
    assert totals == {"Nuage Exemple A": "250.25", "Nuage Exemple B": "300.30", "Nuage Exemple C": None}
    assert [one["prices"]["missing"] for one in opened if one["supplier"].endswith("C")] == [1]
    assert buyer.get(f"{API}sealed-deposits/").json()["count"] == 4
    record = buyer.get(f"{API}{path}opening-record/")
    assert record.status_code == 200 and record.content.startswith(b"%PDF-")
    file = opened[0]["files"][0]
    assert buyer.get(f"{API}opened-responses/{opened[0]['id']}/files/{file['id']}/").status_code == 200


def test_late_by_the_api(room, published):
    consultation, _ = published
    _, manager = make_supplier()
    client = api(manager)
    draft = post(client, "response-drafts/", {"consultation": str(consultation.uuid), "lot": 1}, 201)
    path = f"response-drafts/{draft['id']}/"
    client.patch(f"{API}{path}", {"proposal": "x"}, format="json", headers={"If-Match": '"1"'})
    pass_deadline(consultation)
    problem = problem_of(client.post(f"{API}{path}deposit/", {}, format="json"), 409)
    assert problem["code"] == "deposit_late" and "reste lisible" in problem["detail"]
    assert client.get(f"{API}{path}").json()["content"]["proposal"] == "x"


def test_why_a_supplier_may_not_answer(room):
    consultation = room.published(required_schemes=["secnumcloud"])
    client = api(make_supplier()[1])
    told = client.get(f"{API}consultations/{consultation.uuid}/eligibility/").json()
    assert told["may_respond"] is False
    assert "SecNumCloud en vigueur" in told["conditions"][-1]["reason"]
    refused = client.post(
        f"{API}response-drafts/", {"consultation": str(consultation.uuid), "lot": 1}, format="json"
    )
    assert problem_of(refused, 403)["code"] == "not_eligible"


def test_a_machine_takes_no_secret(room):
    consultation = room.name(room.draft())
    refused = client_for_token(room.purchasing.membership).post(
        f"{API}consultations/{consultation.uuid}/take-secret/", {}, format="json"
    )
    assert problem_of(refused, 403)["detail"].startswith("Vous ne tenez aucune part")
    assert Role.PURCHASING in room.purchasing.roles
