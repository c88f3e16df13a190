"""A question's document by page and by API: joined, its scan told beside it and as a field, taken away."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from catalog.models import Offer
from marketplace.accounts.models import Membership
from marketplace.files.models import FileAccess, FileScan, StoredFile
from marketplace.files.tasks import scan_file, sweep_scans
from tests.builders import client_for, make_member
from tests.catalog.builders import ACTOR, make_offer
from tests.rest.builders import client_for_token, faults, problem_of
from tests.support.clamd import EICAR, Clamd, running_clamd

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
INFECTED = b"%PDF-1.7\n" + EICAR + b"\n%%EOF\n"
PLAN, CERTIFICATE = "exit_plan_document", "iso27017_held_certificate"


@pytest.fixture(autouse=True)
def _files(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    monkeypatch.setattr(scan_file, "ring_now", lambda pk: True)


@pytest.fixture
def clamd(settings: Any) -> Iterator[Clamd]:
    with running_clamd() as server:
        settings.CLAMAV_ADDRESS = server.address
        yield server


@pytest.fixture
def member() -> Membership:
    return make_member("supplier_editor")


@pytest.fixture
def api(member: Membership) -> APIClient:
    return client_for_token(member)


@pytest.fixture
def offer(member: Membership) -> Offer:
    return make_offer(state="draft", organisation=member.organisation)


def address(offer: Offer, question: str = "", part: str = "") -> str:
    return f"/api/v1/offers/{offer.uuid}/documents/" + "".join(f"{one}/" for one in (question, part) if one)


def join(api: APIClient, offer: Offer, *, question: str = PLAN, content: bytes = PDF, **headers: str) -> Any:
    upload = SimpleUploadedFile("plan.pdf", content, "application/pdf")
    body = {"question": question, "file": upload}
    return api.post(address(offer), body, format="multipart", headers=headers)


def section_of(member: Membership, offer: Offer, name: str = "switching") -> str:
    page = client_for(member).get(f"{offer.get_absolute_url()}modifier/{name}/")
    assert page.status_code == 200
    return page.content.decode().replace("\xa0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def test_strangers_and_others(api: APIClient, offer: Offer, member: Membership) -> None:
    assert join(api, offer).status_code == 201
    online = make_offer(supplier=offer.supplier)
    for client, status in ((client_for_token(None), 401), (client_for_token(make_member("curator")), 403)):
        problem_of(join(client, online), status)
    problem_of(join(client_for_token(make_member("supplier_manager")), offer), 404)
    for url in (address(offer, PLAN), address(offer, PLAN, "file")):
        problem_of(client_for_token(make_member("requester")).get(url), 404)
    problem_of(client_for_token(make_member("supplier_manager")).delete(address(offer, PLAN)), 404)
    assert offer.draft_version.answers[PLAN]["name"] == "plan.pdf"


def test_joined_told_replaced_read_and_taken_away(api: APIClient, offer: Offer) -> None:
    assert api.get(address(offer)).json() == []
    problem_of(api.get(address(offer, PLAN)), 404)
    done = join(api, offer)
    assert done.status_code == 201, done.content
    body = done.json()
    kept = StoredFile.objects.get()
    assert {**body, "joined_at": "", "sha256": ""} == {
        "question": PLAN, "version": 1, "id": str(kept.uuid), "name": "plan.pdf",
        "media_type": "application/pdf", "size": len(PDF), "sha256": "", "joined_at": "",
        "scan": "unscanned", "scan_reason": "", "scanned_at": None,
    }  # fmt: skip
    assert done["Location"] == address(offer, PLAN)
    assert (kept.owner, kept.sha256) == (offer.supplier.organisation, body["sha256"])
    assert api.get(address(offer)).json() == [body] == [api.get(done["Location"]).json()]
    read = api.get(address(offer, PLAN, "file"))
    assert (read.content, read["Content-Type"]) == (PDF, "application/pdf")
    assert FileAccess.objects.count() == 1
    problem_of(join(api, offer, **{"If-Match": '"99"'}), 412)
    again = join(api, offer, content=PDF + b"\n", **{"If-Match": done["ETag"]})
    assert (again.status_code, again.json()["size"]) == (201, len(PDF) + 1), again.content
    assert offer.draft_version.answers[PLAN]["id"] == again.json()["id"] != body["id"]
    problem_of(api.delete(address(offer, PLAN), headers={"If-Match": done["ETag"]}), 412)
    assert api.delete(address(offer, PLAN), headers={"If-Match": again["ETag"]}).status_code == 204
    assert offer.draft_version.answers[PLAN] is None
    problem_of(api.delete(address(offer, PLAN)), 404)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"MZ\x90\x00" * 20, "n’est pas d’un type accepté"),
        (b"\x7fELF" + b"\x00" * 60, "n’est pas d’un type accepté"),
        (b"#!/bin/sh\nrm -r .\n", "n’est pas d’un type accepté"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "n’est pas d’un type accepté"),
        (PDF + b"\x00" * 10_000_000, "10 Mo au plus"),
        (b"", "vide"),
    ],
    ids=["windows", "linux", "script", "svg", "too large", "empty"],
)
def test_refused_alike_by_page_and_by_api(
    api: APIClient, member: Membership, offer: Offer, content: bytes, said: str
) -> None:
    by_api = join(api, offer, content=content)
    assert faults(by_api) == {"file"}
    assert said in by_api.content.decode().replace("\u00a0", " ")
    browser, url = client_for(member), f"{offer.get_absolute_url()}modifier/switching/"
    typed = {"base": browser.get(url).context["form"]["base"].value(), "erasure_days": "21"}
    by_page = browser.post(url, {**typed, PLAN: SimpleUploadedFile("plan.pdf", content)})
    text = by_page.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")
    assert by_page.status_code == 400 and said in text
    assert 'value="21"' in text, "what was typed stays"
    assert not StoredFile.objects.exists()


def test_bodies_refused(api: APIClient, offer: Offer) -> None:
    for body, fields in (
        ({}, {"file", "question"}),
        ({"question": PLAN}, {"file"}),
        ({"question": "description", "file": SimpleUploadedFile("a.pdf", PDF)}, {"question"}),
        ({"question": "inconnue", "file": SimpleUploadedFile("a.pdf", PDF)}, {"question"}),
    ):
        assert faults(api.post(address(offer), body, format="multipart")) == fields
    problem_of(api.post(address(offer), {"question": PLAN}), 415)
    problem_of(api.get(address(offer, "description")), 404)
    closed = make_offer(supplier=offer.supplier)
    closed.withdraw(actor=ACTOR, reason="Essai.")
    problem_of(join(api, closed), 409)


def test_a_certificate_keeps_what_it_says(api: APIClient, offer: Offer) -> None:
    assert faults(join(api, offer, question=CERTIFICATE)) == {CERTIFICATE}
    assert not StoredFile.objects.exists(), "nothing half done"
    said = {CERTIFICATE: {"issuer": "Certificateur", "valid_until": "2029-01-14"}}
    url = f"/api/v1/offers/{offer.uuid}/"
    tag = api.get(url)["ETag"]
    assert api.patch(url, said, format="json", headers={"If-Match": tag}).status_code == 200
    assert join(api, offer, question=CERTIFICATE).status_code == 201
    kept = offer.draft_version.answers[CERTIFICATE]
    assert (kept["issuer"], kept["file"]["name"]) == ("Certificateur", "plan.pdf")
    assert api.delete(address(offer, CERTIFICATE)).status_code == 204
    assert offer.draft_version.answers[CERTIFICATE] == said[CERTIFICATE]


def test_eicar_is_held_then_refused_with_its_reason(
    api: APIClient, member: Membership, offer: Offer, clamd: Clamd
) -> None:
    held = join(api, offer, content=INFECTED)
    assert (held.status_code, held.json()["scan"]) == (201, "waiting")
    page = section_of(member, offer)
    assert "En attente</span>" in page and "avant d’être trouvé sain" in page
    assert "Télécharger" not in page
    assert problem_of(api.get(address(offer, PLAN, "file")), 409)["code"] == "file_held"
    scan_file(FileScan.objects.get().pk)
    told = api.get(address(offer, PLAN)).json()
    assert (told["scan"], told["scanned_at"] is not None) == ("infected", True)
    assert "Eicar-Test-Signature" in told["scan_reason"] and "joignez un fichier sain" in told["scan_reason"]
    page = section_of(member, offer)
    assert "Refusé</span>" in page and "(Eicar-Test-Signature)" in page and "joignez un fichier sain" in page
    assert f'aria-describedby="id_{PLAN}_helptext id_{PLAN}_scan"' in page
    problem = problem_of(api.get(address(offer, PLAN, "file")), 410)
    assert problem["code"] == "file_infected" and "Eicar-Test-Signature" in problem["detail"]
    link = f"{offer.get_absolute_url()}versions/1/documents/{PLAN}/"
    refused = client_for(member).get(link)
    assert refused.status_code == 410 and "Eicar-Test-Signature" in refused.content.decode()


def test_eicar_by_the_form_is_refused_as_by_the_api(member: Membership, offer: Offer, clamd: Clamd) -> None:
    browser, url = client_for(member), f"{offer.get_absolute_url()}modifier/switching/"
    base = browser.get(url).context["form"]["base"].value()
    sent = browser.post(url, {"base": base, PLAN: SimpleUploadedFile("plan.pdf", INFECTED)})
    assert sent.status_code == 302
    scan_file(FileScan.objects.get().pk)
    page = section_of(member, offer)
    assert "Refusé</span>" in page and "(Eicar-Test-Signature)" in page


def test_a_clean_file_is_said_so_and_given(
    api: APIClient, member: Membership, offer: Offer, clamd: Clamd
) -> None:
    join(api, offer)
    scan_file(FileScan.objects.get().pk)
    assert api.get(address(offer, PLAN)).json()["scan"] == "clean"
    page = section_of(member, offer)
    assert "Sain</span>" in page and f'href="{offer.get_absolute_url()}versions/1/documents/{PLAN}/"' in page


def test_not_scanned_then_scanned_once_somebody_scans(
    api: APIClient, member: Membership, offer: Offer, settings: Any
) -> None:
    join(api, offer, content=INFECTED)
    assert "Non analysé</span>" in section_of(member, offer)
    with running_clamd() as server:
        settings.CLAMAV_ADDRESS = server.address
        sweep_scans()
        scan_file(FileScan.objects.get().pk)
    assert api.get(address(offer, PLAN)).json()["scan"] == "infected"


def test_the_public_reads_what_is_online_and_nothing_hidden(member: Membership, api: APIClient) -> None:
    draft = make_offer(state="draft", organisation=member.organisation)
    kept = {PLAN: {"id": join(api, draft).json()["id"], "name": "plan.pdf", "size": len(PDF)}}
    said = {"id": join(api, draft).json()["id"], "name": "c.pdf", "size": len(PDF)}
    hidden = {"iso27017_held": False, CERTIFICATE: {"issuer": "Certificateur", "file": said}}
    online = make_offer(supplier=draft.supplier, answers={**kept, **hidden})
    public = client_for_token(None).get(address(online)).json()
    assert [(one["question"], one["version"]) for one in public] == [(PLAN, 1)]
    assert client_for_token(None).get(address(online, PLAN, "file")).content == PDF
    assert {one["question"] for one in api.get(address(online)).json()} == {PLAN, CERTIFICATE}


def test_one_file_or_two_cost_the_same(api: APIClient, offer: Offer) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert api.get(address(offer)).status_code == 200
        return len(seen)

    join(api, offer)
    one = cost()
    join(api, offer, question="terms_document")
    assert cost() == one
