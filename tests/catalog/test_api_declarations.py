"""trust-marks/: a supplier corrects, carries on, withdraws and documents what it declared itself."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from catalog.models import Offer, TrustMark
from catalog.stack import add_edge
from catalog.trust import effective_status, record_status
from marketplace.accounts.models import Membership
from marketplace.events.models import DomainEvent
from tests.builders import client_for, make_member
from tests.catalog.builders import ACTOR, make_mark, make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
MARKS = "/api/v1/trust-marks/"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


@pytest.fixture
def member() -> Membership:
    return make_member("supplier_editor")


@pytest.fixture
def offer(member: Membership) -> Offer:
    return make_offer(organisation=member.organisation)


@pytest.fixture
def mark(offer: Offer) -> TrustMark:
    return declared(offer)


def declared(offer: Offer, **values: Any) -> TrustMark:
    return make_mark(offer, **{"scheme": "hds", "origin": "declared", "scope": "Hébergement", **values})


def address(mark: TrustMark, act: str = "") -> str:
    return f"{MARKS}{mark.uuid}/" + (f"{act}/" if act else "")


def certificate(content: bytes = PDF, name: str = "certificat.pdf") -> dict[str, Any]:
    return {"file": SimpleUploadedFile(name, content, "application/pdf")}


TAG = {"If-Match": '"1"'}


def test_strangers_and_others(mark: TrustMark, member: Membership) -> None:
    hidden = declared(make_offer(state="draft"))
    client = client_for_token(member)
    for method, act in (("patch", ""), ("post", "retract")):
        problem_of(getattr(client_for_token(None), method)(address(mark, act), {}), 401)
        problem_of(getattr(client, method)(address(hidden, act), {}, headers=TAG), 404)
        for role in ("supplier_manager", "requester", "curator"):
            other = client_for_token(make_member(role))
            problem_of(getattr(other, method)(address(mark, act), {}, headers=TAG), 403)
    assert TrustMark.objects.get(pk=mark.pk).version == 1


@pytest.mark.parametrize("origin", ["register", "verified", "third_party"])
def test_what_others_say_is_not_the_supplier_s(offer: Offer, member: Membership, origin: str) -> None:
    mark, client = declared(offer, origin=origin), client_for_token(member)
    problem_of(client.patch(address(mark), {"scope": "Tout"}, headers=TAG), 403)
    problem_of(client.post(address(mark, "retract"), {}), 403)
    problem_of(client.post(address(mark, "evidence"), certificate(), format="multipart"), 403)


def test_a_correction_supersedes_the_fact_it_corrects(mark: TrustMark, member: Membership) -> None:
    client = client_for_token(member)
    problem_of(client.patch(address(mark), {"scope": "Tout"}), 428)
    problem_of(client.patch(address(mark), {"scope": "Tout"}, headers={"If-Match": '"9"'}), 412)
    done = client.patch(address(mark), {"scope": "Tout", "valid_until": "2031-01-01"}, headers=TAG)
    assert done.status_code == 200, done.content
    body = done.json()
    assert (body["scope"], body["valid_until"], body["version"], done["ETag"]) == (
        "Tout",
        "2031-01-01",
        2,
        '"2"',
    )
    assert [(fact["status"], fact["origin"], fact["valid_until"]) for fact in body["facts"]] == [
        ("in_force", "declared", None),
        ("in_force", "declared", "2031-01-01"),
    ]
    first, second = mark.facts.order_by("pk")
    assert (second.supersedes, second.recorded_by) == (first, member.user)
    same = client.patch(address(mark), {"scope": "Tout"}, headers={"If-Match": '"2"'})
    assert (same.json()["version"], mark.facts.count()) == (2, 2)


def test_a_status_goes_forward_only(offer: Offer, member: Membership) -> None:
    mark, client = declared(offer, status="announced"), client_for_token(member)
    for status, tag in (("in_progress", 1), ("in_force", 2), ("renewal_pending", 3)):
        done = client.patch(address(mark), {"status": status}, headers={"If-Match": f'"{tag}"'})
        assert done.json()["status"] == status, done.content
    back = client.patch(address(mark), {"status": "in_progress"}, headers={"If-Match": '"4"'})
    assert faults(back) == {"status"}
    assert [fact.supersedes for fact in mark.facts.all()] == [None] * 4


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"status": "suspended"}, "status"),
        ({"origin": "register"}, "origin"),
        ({"scheme": "secnumcloud"}, "scheme"),
        ({"valid_until": "demain"}, "valid_until"),
        ({"valid_from": "2030-01-01", "valid_until": "2029-01-01"}, ""),
        ({"scope": "Déjà décrit"}, ""),
        ({"scope": "x" * 501}, "scope"),
    ],
)
def test_bad_corrections(mark: TrustMark, member: Membership, wrong: dict, field: str) -> None:
    declared(mark.offer, scope="Déjà décrit")
    assert faults(client_for_token(member).patch(address(mark), wrong, headers=TAG)) == {field}
    assert mark.facts.count() == 1


def test_a_perimeter_is_declared_once(mark: TrustMark, member: Membership) -> None:
    again = {"offer": str(mark.offer.uuid), "scheme": "hds", "status": "in_force", "scope": "Hébergement"}
    assert "déjà décrit" in problem_of(client_for_token(member).post(MARKS, again), 400)["detail"]


def test_an_act_recorded_takes_the_mark_out_of_the_supplier_s_hands(
    mark: TrustMark, member: Membership
) -> None:
    client = client_for_token(member)
    act = {"issuer": "COFRAC", "act_reference": "ACTE-1", "act_date": timezone.localdate()}
    record_status(mark, status="suspended", actor=ACTOR, **act)
    tag = {"If-Match": f'"{mark.version}"'}
    problem_of(client.patch(address(mark), {"status": "in_force"}, headers=tag), 409)
    problem_of(client.post(address(mark, "retract"), {}), 409)
    problem_of(client.post(address(mark, "evidence"), certificate(), format="multipart"), 409)
    record_status(mark, status="in_force", actor=ACTOR, issuer="COFRAC", act_reference="ACTE-2")
    tag = {"If-Match": f'"{mark.version}"'}
    problem_of(client.patch(address(mark), {"scope": "Tout"}, headers=tag), 409)


def test_a_withdrawal_is_a_fact_and_reaches_who_relied_on_it(mark: TrustMark, member: Membership) -> None:
    dependant = make_offer()
    declared(dependant)
    add_edge(dependant, actor=ACTOR, base=mark.offer, layer="platform", inherits=True)
    done = client_for_token(member).post(address(mark, "retract"), {"reason": "Certificat rendu."})
    assert done.status_code == 200, done.content
    body = done.json()
    assert (body["status"], body["effective"], len(body["facts"])) == ("none", "none", 2)
    assert (body["facts"][1]["status"], body["facts"][1]["reason"]) == ("none", "Certificat rendu.")
    assert effective_status(dependant, "hds") == "none"
    event = DomainEvent.objects.filter(kind="trust_mark.status_changed").latest("pk").payload
    assert (event["from"], event["status"]) == ("in_force", "none")
    assert set(event["offers"]) == {mark.offer.pk, dependant.pk}
    problem_of(client_for_token(member).post(address(mark, "retract"), {}), 409)
    back = client_for_token(member).patch(
        address(mark), {"status": "in_force"}, headers={"If-Match": done["ETag"]}
    )
    assert (back.json()["status"], len(back.json()["facts"])) == ("in_force", 3)


def test_a_closed_offer_s_marks_do_not_move(mark: TrustMark, member: Membership) -> None:
    mark.offer.withdraw(actor=ACTOR, reason="Essai.")
    client = client_for_token(member)
    problem_of(client.post(address(mark, "retract"), {}), 409)
    new = {"offer": str(mark.offer.uuid), "scheme": "iso27001", "status": "in_force"}
    problem_of(client.post(MARKS, new), 409)


def test_a_certificate_is_joined_and_read_by_who_may(mark: TrustMark, member: Membership) -> None:
    client, url = client_for_token(member), address(mark, "evidence")
    problem_of(client_for_token(None).post(url, certificate(), format="multipart"), 401)
    problem_of(client_for_token(None).get(url), 401)
    problem_of(client.get(url), 404)
    assert "multipart" in problem_of(client.post(url, {"file": "x"}), 415)["detail"]
    for form in ("multipart/form-data", "multipart/form-data; boundary=b"):
        broken = client.generic("POST", url, b"--b\r\n\x00oups", content_type=form)
        assert broken.status_code == 400, broken.content
    stale = client.post(url, certificate(), format="multipart", headers={"If-Match": '"9"'})
    problem_of(stale, 412)
    done = client.post(url, certificate(), format="multipart")
    assert done.status_code == 201, done.content
    assert (done.json()["has_evidence"], done.json()["version"], len(done.json()["facts"])) == (True, 2, 1)
    read = client.get(url)
    assert (read.content, read["Content-Type"]) == (PDF, "application/pdf")
    assert client_for_token(make_member("qualification_officer")).get(url).status_code == 200
    problem_of(client_for_token(make_member("requester")).get(url), 403)
    mark.refresh_from_db()
    assert mark.evidence is not None
    assert mark.evidence.owner == member.organisation


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        certificate(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        certificate(b"MZ\x00\x00"),
        certificate(PDF + b"\x00" * 10_000_000),
        certificate(b""),
    ],
    ids=["nothing", "svg", "program", "too large", "empty"],
)
def test_files_refused(mark: TrustMark, member: Membership, wrong: dict) -> None:
    answer = client_for_token(member).post(address(mark, "evidence"), wrong, format="multipart")
    assert faults(answer) == {"file"}
    assert TrustMark.objects.get(pk=mark.pk).evidence is None


def test_the_pages_say_the_same(mark: TrustMark, member: Membership) -> None:
    browser, base = client_for(member), mark.offer.get_absolute_url() + "modifier/qualifications/"
    seen = declared(mark.offer, scheme="iso27001", origin="register")
    page = browser.get(base).content.decode()
    edit, retract = f"{base}{mark.uuid}/", f"{base}{mark.uuid}/retirer/"
    assert edit in page and retract in page
    assert f"{base}{seen.uuid}/" not in page
    for url in (f"{base}{seen.uuid}/", f"{base}{seen.uuid}/retirer/"):
        assert browser.get(url).status_code == 403
    assert client_for(make_member("supplier_editor")).get(edit).status_code == 403
    shown = browser.get(edit)
    assert "Hébergement" in shown.content.decode()
    form = {"scope": "Tout", "status": "in_force", "version": "1"}
    assert browser.post(edit, {**form, "valid_until": "hier"}).status_code == 400
    assert browser.post(edit, {**form, "status": "announced"}).status_code == 400
    assert browser.post(edit, {**form, "version": "7"}).status_code == 412
    upload = {"evidence": SimpleUploadedFile("certificat.pdf", PDF, "application/pdf")}
    assert browser.post(edit, {**form, **upload}).status_code == 302
    mark.refresh_from_db()
    assert (mark.scope, mark.evidence.name, mark.facts.count()) == ("Tout", "certificat.pdf", 2)
    assert browser.get(retract).status_code == 200
    assert browser.post(retract, {"reason": "Certificat rendu."}).status_code == 302
    mark.refresh_from_db()
    assert mark.status == "none"
    assert browser.post(retract, {"reason": "Encore."}).status_code == 409


def test_the_same_key_declares_once(offer: Offer, member: Membership) -> None:
    client = client_for_token(member)
    body = {"offer": str(offer.uuid), "scheme": "hds", "scope": "Hébergement", "status": "announced"}
    made = [client.post(MARKS, body, headers={"Idempotency-Key": "une-fois"}) for _ in range(2)]
    assert [answer.status_code for answer in made] == [201, 201], made[0].content
    assert made[0].json()["id"] == made[1].json()["id"]
    assert TrustMark.objects.filter(offer=offer).count() == 1
