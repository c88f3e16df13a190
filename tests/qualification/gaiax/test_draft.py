"""The draft Loire description: what the offer says, in the shapes of the generation; nothing is invented."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
from pathlib import Path

import pytest
from rdflib import Graph

from qualification.gaiax import claims, shapes
from qualification.gaiax.draft import TO_COMPLETE, Draft, DraftFacts, draft
from qualification.gaiax.envelope import CREDENTIAL, Item
from qualification.gaiax.identity import siren_in, vat_of_siren
from qualification.gaiax.report import Findings
from tests.builders import client_for, make_member
from tests.qualification import builders
from tests.rest.builders import client_for_token

FACTS = DraftFacts(
    offer="Nuage Exemple",
    description="Machines virtuelles.",
    host="nuage.example",
    country="FR",
    siren="732829320",
    vat="FR44732829320",
    local="",
    terms=("https://place.example/cgv", "0" * 64),
    regime=True,
    request="API",
    exports=("application/json",),
    keywords=("stockage", "calcul"),
    on=dt.date(2026, 11, 26),
)


def read(made: Draft) -> tuple[list[claims.Credential], Findings]:
    findings = Findings()
    items = [Item("", CREDENTIAL, "loire", document) for document in made.credentials]
    return [one for item in items if (one := claims.read(item, findings))], findings


def test_a_full_draft_holds_to_our_shapes() -> None:
    credentials, findings = read(draft(FACTS))
    assert len(credentials) == 4
    shapes.judge_shapes(credentials, findings)
    assert [check for check in findings.found if check.verdict == "fail"] == []
    assert draft(FACTS).credentials[3]["issuer"] == "did:web:nuage.example"


@pytest.mark.shared
def test_a_full_draft_holds_to_the_official_shapes(shared: Path) -> None:
    credentials, _ = read(draft(FACTS))
    official = Graph().parse(shared / "gaiax" / "shapes" / "loire-2511-slim.shacl.ttl", format="turtle")
    assert shapes.violations(shapes.union(credentials), official) == []


def test_what_is_not_known_is_left_out_and_named() -> None:
    bare = dataclasses.replace(
        FACTS, host="", siren="", vat="", terms=None, regime=False, exports=(), request="", description=""
    )
    made = draft(bare)
    text = json.dumps(made.credentials)
    assert "serviceOfferingTermsAndConditions" not in text and "registrationNumber" not in text
    assert TO_COMPLETE in text and "GDPR2016" not in text and "dataAccountExport" not in text
    said = " ".join(made.missing)
    assert "conditions générales" in said and "immatriculation" in said and "site du fournisseur" in said


@pytest.mark.parametrize(
    ("number", "siren"),
    [
        ("732 829 320", "732829320"),
        ("73282932000074", "732829320"),
        ("FR44732829320", "732829320"),
        ("FR7501.732829320", "732829320"),
        ("DE123456789", ""),
        ("", ""),
    ],
)
def test_one_company_has_several_numbers(number: str, siren: str) -> None:
    assert siren_in(number) == siren
    assert vat_of_siren("732829320") == "FR44732829320"
    assert vat_of_siren("73282932") == ""


@pytest.mark.django_db
def test_the_page_and_the_endpoint_give_the_draft_to_its_supplier_alone() -> None:
    people = builders.make_people()
    offer = builders.make_offer(people.supplier, data_processing_agreement=True)
    url = f"/mes-offres/{offer.number}/titres/description.json"
    told = json.loads(client_for(people.editor).get(url).content)
    assert told[-1]["credentialSubject"]["gx:dataProtectionRegime"] == "GDPR2016"
    answer = client_for_token(people.editor).get(f"/api/v1/gaiax/descriptions/{offer.uuid}/").json()
    assert answer["credentials"] == told
    assert answer["missing"]
    other = make_member("supplier_manager")
    assert client_for(other).get(url).status_code == 404
    assert client_for_token(other).get(f"/api/v1/gaiax/descriptions/{offer.uuid}/").status_code == 404
