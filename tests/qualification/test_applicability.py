"""The statement of applicability: by its supplier alone, line by line, in the page, the API and the files."""

from __future__ import annotations

import io
import json

import pypdf
import pytest

from marketplace.audit.models import AuditEvent
from qualification.applicability import stated_of
from qualification.models import Applicability
from tests.builders import client_for, make_member, make_organisation
from tests.qualification import builders
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
KEY, CODE = "secnumcloud-3.2", "5.2.a"


@pytest.fixture
def people() -> builders.People:
    return builders.make_people()


@pytest.fixture
def offer(people):
    return builders.make_offer(people.supplier)


def page(offer, code=""):
    tail = f"{code}/" if code else ""
    return f"/mes-offres/{offer.number}/couverture/{KEY}/applicabilite/{tail}"


def test_nobody_else_reads_or_writes_it(people, offer):
    rival = make_member("supplier_manager", organisation=make_organisation(kind="supplier"))
    for member in (rival, make_member("requester"), people.officer):
        for url in (page(offer), page(offer, CODE)):
            assert client_for(member).get(url).status_code == 404
        assert client_for(member).post(page(offer, CODE), {"applicable": "oui"}).status_code == 404
        url = f"/api/v1/coverage/{offer.uuid}/applicability/"
        problem_of(client_for_token(member).get(url), 404)
    assert client_for(people.editor).get(page(offer, "99.9.z")).status_code == 404
    assert not Applicability.objects.exists()


def test_an_exclusion_is_justified_and_what_was_typed_stays(people, offer):
    client = client_for(people.editor)
    refused = client.post(page(offer, CODE), {"applicable": "non", "justification": " ", "status": "planned"})
    text = refused.content.decode()
    assert refused.status_code == 400 and "Dites pourquoi l’exigence ne s’applique pas." in text
    assert 'value="non"' in text and 'href="#id_justification"' in text
    said = {"applicable": "non", "justification": "L’offre n’a pas de locaux."}
    assert client.post(page(offer, CODE), said).status_code == 302
    line = stated_of(offer)[(KEY, CODE)]
    assert (line.applicable, line.justification, line.status) == (False, "L’offre n’a pas de locaux.", "")
    table = client.get(page(offer)).content.decode()
    assert "1\u00a0ligne déclarée" in table and "L’offre n’a pas de locaux." in table


def test_a_line_replaces_the_former_one_which_the_journal_keeps(people, offer):
    proof = builders.make_evidence(people)
    client = client_for(people.editor)
    client.post(page(offer, CODE), {"applicable": "non", "justification": "Sans objet."})
    again = {"applicable": "oui", "status": "done", "evidence": [proof.number]}
    assert client.post(page(offer, CODE), again).status_code == 302
    line = stated_of(offer)[(KEY, CODE)]
    assert (line.applicable, line.status_words, line.evidence_words) == (
        True,
        "En place",
        f"{proof.title} ({proof.number})",
    )
    assert Applicability.objects.count() == 1
    told = AuditEvent.objects.filter(what="state_applicability").order_by("pk")
    assert [one.side.detail["applicable"] for one in told] == [False, True]


def test_the_same_by_api(people, offer):
    api, url = client_for_token(people.editor), f"/api/v1/coverage/{offer.uuid}/applicability/"
    proof = builders.make_evidence(people)
    line = {"scheme": KEY, "requirement": CODE, "applicable": True, "status": "planned"}
    made = api.post(url, line | {"evidence": [str(proof.uuid)]}, format="json")
    assert made.json() == line | {"justification": "", "evidence": [proof.number]}
    assert api.get(url).json() == [made.json()]
    for bad, field in (
        ({"scheme": "secnumcloud-9"}, "scheme"),
        ({"requirement": "99.9.z"}, "requirement"),
        ({"applicable": False}, "justification"),
    ):
        problem = problem_of(api.post(url, line | bad, format="json"), 400)
        assert problem["errors"][0]["field"] == field
    other = builders.make_evidence(builders.make_people())
    problem_of(api.post(url, line | {"evidence": [str(other.uuid)]}, format="json"), 404)


def test_it_is_in_the_files_for_an_auditor(people, offer):
    client = client_for(people.editor)
    client.post(page(offer, CODE), {"applicable": "non", "justification": "L’offre n’a pas de locaux."})
    base = f"/mes-offres/{offer.number}/couverture/preuves"
    answer = client.get(f"{base}.json?referentiel={KEY}")
    rows = json.loads(b"".join(answer.streaming_content))
    rows = rows if isinstance(rows, list) else rows["rows"]
    line = next(row for row in rows if row["requirement"] == CODE)
    assert (line["applicable"], line["justification"]) == ("Non applicable", "L’offre n’a pas de locaux.")
    other = next(row for row in rows if row["requirement"] != CODE)
    assert (other["justification"], other["status"]) == (None, None)
    pdf = client.get(f"{base}.pdf?referentiel={KEY}")
    text = " ".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(pdf.content)).pages)
    assert "Non applicable" in " ".join(text.split())
    assert client.get(f"{base}.ods?referentiel={KEY}").status_code == 200
