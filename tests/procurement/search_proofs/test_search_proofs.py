"""« Justificatif de recherche »: strangers first, what the paper says, one for a list, by page and API."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.db import Error, transaction
from pypdf import PdfReader

from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused
from marketplace.files.models import FileAccess
from marketplace.files.store import content_of
from procurement.actions.eligibility import freeze_offers
from procurement.actions.projects import edit_project
from procurement.models import EligibilityRow, SearchProof
from procurement.search_proofs.actions import hash_of, issue_latest, rows_of
from procurement.search_proofs.document import MOST_ROWS, proof_data, search_proof_pdf
from tests.builders import client_for, make_member
from tests.procurement.builders import Administration, assessed_project
from tests.procurement.search_proofs.builders import frozen_project, make_proof
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
PROOFS = "/api/v1/search-proofs/"


@pytest.fixture
def ministry() -> Administration:
    return Administration()


def words_of(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_strangers_and_others(ministry: Administration) -> None:
    proof = make_proof(ministry)
    page = f"/projets/{proof.project.number}/justificatifs/{proof.number}/"
    assert client_for(None).get(page).status_code == 302
    problem_of(client_for_token(None).get(PROOFS), 401)
    for role in ("requester", "supplier_manager", "curator"):
        member = make_member(role)
        assert client_for(member).get(page).status_code == 404
        assert client_for_token(member).get(PROOFS).json()["results"] == []
        for path in ("", "document/"):
            problem_of(client_for_token(member).get(f"{PROOFS}{proof.uuid}/{path}"), 404)
    colleague = ministry.person("approver")
    assert client_for(colleague.membership).get(page).status_code == 200
    asked = {"project": str(proof.project.uuid)}
    problem_of(client_for_token(colleague.membership).post(PROOFS, asked, format="json"), 403)


def test_the_paper_says_what_was_sought_and_found(ministry: Administration) -> None:
    project = frozen_project(
        ministry, users="2 500 agents", exit_plan="Export ouvert en 30 jours", equivalents="Aucun libre"
    )
    edit_project(project, actor=ministry.requester, criticality="high", least_zones=2)
    proof = issue_latest(project, actor=ministry.requester)
    content = content_of(proof.file)
    text = words_of(content)
    kept, refused = (row.offer.name for row in rows_of(proof.eligibility_list))
    for said in (
        proof.number, "2 500 agents", "Export ouvert en 30 jours", "Aucun libre", "6404/SG", "SecNumCloud",
        "Offres conformes (1)", f"{kept}, version 1 (présélectionnée)", "Offres écartées (1)", refused,
        "Expirée", proof.list_sha256[:30],
    ):  # fmt: skip
        assert said in text, said
    # Said since: the list was frozen on the need as it was.
    assert "Forte" not in text
    assert b"pdfaid:part" in content and len(PdfReader(io.BytesIO(content)).pages) >= 1
    event = AuditEvent.objects.get(object_type="procurement.searchproof", object_id=proof.pk, what="issue")
    assert event.side.detail["sha256"] == proof.file.sha256


def test_one_for_a_list_and_bound_to_its_rows(ministry: Administration) -> None:
    proof = make_proof(ministry)
    project = proof.project
    assert issue_latest(project, actor=ministry.requester) == proof
    assert hash_of(proof.eligibility_list, list(rows_of(proof.eligibility_list))) == proof.list_sha256
    freeze_offers(project, actor=ministry.requester)
    assert issue_latest(project, actor=ministry.requester) != proof
    with pytest.raises(Error), transaction.atomic():
        SearchProof.objects.filter(pk=proof.pk).update(list_sha256="0" * 64)
    with pytest.raises(MoveRefused):
        issue_latest(assessed_project(ministry), actor=ministry.requester)


def test_a_long_list_is_counted_beyond_what_is_printed(ministry: Administration) -> None:
    proof = make_proof(ministry)
    one = EligibilityRow.objects.filter(standing="refused").select_related("offer__supplier").first()
    assert one is not None
    table = proof_data(proof, rows=[one] * (MOST_ROWS + 2))["tables"][2]
    assert len(table["rows"]) == MOST_ROWS and "2 autres offres" in table["more"].replace("\xa0", " ")


def test_reasons_are_read_in_lines_not_word_under_word(ministry: Administration) -> None:
    proof = make_proof(ministry)
    one = EligibilityRow.objects.filter(standing="refused").select_related("offer__supplier").first()
    assert one is not None
    one.findings = [{"text": "SecNumCloud est obligatoire et n’est pas en vigueur."}] * 4
    paper = PdfReader(io.BytesIO(search_proof_pdf(proof, rows=[one] * 40)))
    assert len(paper.pages) <= 8


def test_by_the_pages(ministry: Administration) -> None:
    project = frozen_project(ministry)
    browser = client_for(ministry.requester.membership)
    shortlist = f"/projets/{project.number}/preselection/"
    assert "Établir le justificatif" in browser.get(shortlist).content.decode()
    answer = browser.post(f"/projets/{project.number}/justificatifs/etablir/")
    assert answer.status_code == 302
    proof = SearchProof.objects.get()
    for page in (shortlist, f"/projets/{project.number}/"):
        assert proof.number in browser.get(page).content.decode()
    paper = browser.get(f"/projets/{project.number}/justificatifs/{proof.number}/")
    assert paper.content[:5] == b"%PDF-" and FileAccess.objects.filter(file=proof.file).count() == 1


def test_by_the_api_whole(ministry: Administration) -> None:
    project = frozen_project(ministry)
    client: Any = client_for_token(ministry.requester.membership)
    answer = client.post(PROOFS, {"project": str(project.uuid)}, format="json")
    assert answer.status_code == 201, answer.content
    proof = SearchProof.objects.get()
    shown = client.get(answer["Location"]).json()
    assert all((shown.pop("issued_at"), shown.pop("frozen_at")))
    assert shown == {
        "id": str(proof.uuid),
        "number": proof.number,
        "project": str(project.uuid),
        "eligibility_list": str(proof.eligibility_list.uuid),
        "list_sha256": proof.list_sha256,
        "sha256": proof.file.sha256,
    }
    assert client.get(f"{PROOFS}{proof.uuid}/document/").content == content_of(proof.file)
    empty = {"project": str(assessed_project(ministry).uuid)}
    problem_of(client.post(PROOFS, empty, format="json"), 409)
