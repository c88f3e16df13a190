"""offers/, suppliers/, trust-marks/: 401, 404 (410), 403, 428 / 412, 409, 400, in that order."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.test import Client

from catalog.models import Offer, TrustMark
from catalog.search.facets import FACETS
from tests.builders import make_member, token_for
from tests.catalog.builders import ACTOR, COMPLETE, make_category, make_mark, make_offer

pytestmark = pytest.mark.django_db
OFFERS = "/api/v1/offers/"
MARKS = "/api/v1/trust-marks/"


def call(member: Any, method: str, url: str, body: Any = None, **headers: str) -> Any:
    named = {"Authorization": f"Bearer {token_for(member)}"} if member else {}
    return getattr(Client(), method)(url, body, content_type="application/json", headers={**named, **headers})


def test_a_visitor_reads_the_list_with_facets() -> None:
    make_mark(make_offer(answers={"name": "Nuage"}, price="4.20"))
    body = Client().get(f"{OFFERS}?q=nuage&model=SaaS&facets=1&couleur=bleu").json()
    assert (body["count"], body["next"], body["previous"], body["ignored"]) == (1, None, None, ["couleur"])
    card = body["results"][0]
    assert card["name"] == "Nuage"
    assert card["trust"] == [
        {
            "scheme": "secnumcloud",
            "status": "in_force",
            "valid_until": None,
            "origin": "register",
            "undermined": False,
        }
    ]
    assert set(body["facets"]) == {*FACETS, "price_max"}
    assert {"value": "saas", "label": "SaaS (logiciel)", "count": 1} in body["facets"]["model"]


def test_pages_fields_and_wrong_parameters() -> None:
    for n in range(3):
        make_offer(answers={"name": f"O{n}"})
    body = Client().get(f"{OFFERS}?page_size=2&fields=id,name&ordering=-name").json()
    assert [set(r) for r in body["results"]] == [{"id", "name"}] * 2
    assert [r["name"] for r in body["results"]] == ["O2", "O1"]
    assert "page=2" in body["next"]
    assert Client().get(f"{OFFERS}?page=9").status_code == 404
    for wrong in (
        "page=0",
        "page=abc",
        "page_size=1000",
        "fields=zzz",
        "hds=zzz",
        "hds=100%25%20%25s",
        "price_max=-1",
        "ordering=zzz",
    ):
        answer = Client().get(f"{OFFERS}?{wrong}")
        assert answer.status_code == 400, wrong
        assert answer.json()["errors"][0]["field"] == wrong.split("=")[0]
    assert Client().get(f"{OFFERS}?q=%00").status_code == 200


def test_one_offer_has_its_version_its_trust_and_its_prices() -> None:
    offer = make_offer(answers={"name": "Nuage"}, price="4.20")
    make_mark(offer, valid_until="2030-01-01")
    answer = Client().get(f"{OFFERS}{offer.uuid}/")
    body = answer.json()
    assert answer["ETag"] == f'"{offer.version}"'
    assert (body["id"], body["state"], body["orderable"], body["draft"]) == (
        str(offer.uuid),
        "listed",
        True,
        None,
    )
    assert body["plans"][0]["lines"][0]["amount_eur_ht"] == "4.200000"
    assert body["trust"][0]["valid_until"] == "2030-01-01"


def test_closed_offers_are_gone_and_drafts_are_nobodys_business() -> None:
    draft, gone = make_offer(state="draft"), make_offer(state="withdrawn")
    assert Client().get(f"{OFFERS}{draft.uuid}/").status_code == 404
    assert Client().get(f"{OFFERS}{uuid.uuid4()}/").status_code == 404
    answer = Client().get(f"{OFFERS}{gone.uuid}/")
    assert answer.status_code == 410
    assert answer.json()["reason"] == "Motif d’essai."


def test_a_draft_is_created_then_edited_with_its_version() -> None:
    make_category()
    member = make_member("supplier_editor")
    body = {**COMPLETE, "name": "Brume", "plans": [
        {"name": "Standard", "lines": [
            {"label": "Poste", "kind": "unit", "unit": "poste", "amount_eur_ht": "4.20"}
        ]}
    ]}  # fmt: skip
    assert call(None, "post", OFFERS, body).status_code == 401
    assert call(make_member("requester"), "post", OFFERS, body).status_code == 403
    made = call(member, "post", OFFERS, body)
    assert made.status_code == 201, made.json()
    said = made.json()
    assert (said["state"], said["answers"]["storage_regions"]) == ("draft", ["FR-Paris"])
    assert said["draft"]["plans"][0]["lines"][0]["code"] == "poste"
    url = made["Location"]
    assert call(make_member("supplier_editor"), "patch", url, {"name": "X"}).status_code == 404
    assert call(member, "patch", url, {"name": "Bruine"}).status_code == 428
    assert call(member, "patch", url, {"name": "Bruine"}, **{"If-Match": '"99"'}).status_code == 412
    fresh = call(member, "get", url)
    assert fresh["ETag"] == made["ETag"]
    edited = call(
        member, "patch", url, {"name": "Bruine", "open_source": True}, **{"If-Match": fresh["ETag"]}
    )
    assert (edited.status_code, edited.json()["answers"]["open_source"]) == (200, True)
    assert edited["ETag"] != fresh["ETag"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", 12),
        ("name", ""),
        ("couleur", "bleu"),
        ("service_models", "saas"),
        ("service_models", ["faas"]),
        ("storage_regions", ["Mars"]),
        ("exit_transition_days", "trente"),
        ("availability_percent", 150),
        ("website", "http://127.0.0.1/"),
        ("category", "zzz"),
        ("description", "a\x00b"),
        (
            "plans",
            [{"name": "P", "lines": [{"label": "L", "kind": "unit", "unit": "u", "amount_eur_ht": -1}]}],
        ),
    ],
)
def test_bad_input_names_its_field(field: str, value: Any) -> None:
    make_category()
    answer = call(make_member("supplier_editor"), "post", OFFERS, {"name": "Brume", field: value})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].split(".")[0] == field
    assert not Offer.objects.exists()


@pytest.mark.parametrize(
    ("move", "state"), [("suspend", "suspended"), ("withdraw", "withdrawn"), ("remove", "removed")]
)
def test_moves_of_an_offer(move: str, state: str) -> None:
    offer = make_offer()
    url, curator = f"{OFFERS}{offer.uuid}/{move}/", make_member("curator")
    assert call(None, "post", url, {"reason": "x"}).status_code == 401
    assert call(make_member("requester"), "post", url, {"reason": "x"}).status_code == 403
    assert call(curator, "post", url, {"reason": "x"}, **{"If-Match": '"77"'}).status_code == 412
    assert call(curator, "post", url, {}).status_code == 400
    done = call(curator, "post", url, {"reason": "Essai."})
    assert (done.status_code, done.json()["state"]) == (200, state)
    assert call(curator, "post", url, {"reason": "Essai."}).status_code in (409, 410)


def test_a_supplier_withdraws_its_own_offer_only() -> None:
    member = make_member("supplier_manager")
    own, other = make_offer(organisation=member.organisation), make_offer()
    assert call(member, "post", f"{OFFERS}{other.uuid}/withdraw/", {"reason": "x"}).status_code == 403
    assert call(member, "post", f"{OFFERS}{own.uuid}/withdraw/", {"reason": "x"}).status_code == 200
    assert call(member, "post", f"{OFFERS}{own.uuid}/remove/", {"reason": "x"}).status_code == 403


ACT = {"issuer": "ANSSI", "act_reference": "DEC-7", "act_date": "2026-11-01", "reason": "Essai."}


def test_a_curator_records_the_anssi_s_act() -> None:
    mark, curator = make_mark(make_offer()), make_member("curator")
    url = f"{MARKS}{mark.uuid}/suspend/"
    assert call(None, "post", url, ACT).status_code == 401
    assert call(make_member("supplier_manager"), "post", url, ACT).status_code == 403
    assert call(curator, "post", f"{MARKS}{mark.uuid}/reinstate/", ACT).status_code == 409
    refused = call(curator, "post", url, {"reason": "x"})
    assert refused.status_code == 400
    assert {e["field"] for e in refused.json()["errors"]} == {"issuer", "act_reference", "act_date"}
    done = call(curator, "post", url, ACT)
    assert (done.status_code, done.json()["status"], done.json()["effective"]) == (
        200,
        "suspended",
        "suspended",
    )
    assert done.json()["facts"][-1]["act_reference"] == "DEC-7"
    assert call(curator, "post", url, ACT).status_code == 409
    assert call(curator, "post", f"{MARKS}{mark.uuid}/reinstate/", ACT).json()["status"] == "in_force"
    assert Client().get(f"{MARKS}?offer={mark.offer.uuid}").json()["count"] == 1


def test_a_supplier_declares_on_its_own_offer_and_origin_is_not_its_choice() -> None:
    member = make_member("supplier_editor")
    own = make_offer(state="draft", organisation=member.organisation)
    body = {"offer": str(own.uuid), "scheme": "hds", "status": "in_force", "scope": "Hébergement"}
    assert (
        call(member, "post", MARKS, {**body, "offer": str(make_offer(state="draft").uuid)}).status_code == 404
    )
    assert call(member, "post", MARKS, {**body, "offer": str(make_offer().uuid)}).status_code == 403
    assert call(member, "post", MARKS, {**body, "origin": "register"}).status_code == 400
    assert (
        call(
            member, "post", MARKS, {**body, "valid_from": "2026-02-01", "valid_until": "2026-01-01"}
        ).status_code
        == 400
    )
    assert call(member, "post", MARKS, body).json()["origin"] == "declared"
    assert TrustMark.objects.get().offer == own


def test_suppliers_with_a_public_offer_are_listed() -> None:
    offer = make_offer()
    make_offer(state="draft")
    body = Client().get("/api/v1/suppliers/").json()
    assert (body["count"], body["results"][0]["id"], body["results"][0]["offers_count"]) == (
        1,
        str(offer.supplier.uuid),
        1,
    )
    assert Client().get(f"/api/v1/suppliers/{offer.supplier.uuid}/").status_code == 200
    offer.remove(actor=ACTOR, reason="x")
    assert Client().get(f"/api/v1/suppliers/{offer.supplier.uuid}/").status_code == 404
