"""/mes-offres/<n>/couverture/ and /api/v1/coverage/: one's own offer read in several schemes."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from catalog.enums import Origin
from catalog.models import StackEdge
from marketplace.accounts.enums import Role
from qualification.coverage.gather import coverage_facts
from tests.builders import client_for, make_member
from tests.catalog.builders import make_mark
from tests.catalog.builders import make_offer as make_base
from tests.qualification import builders
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
ON = dt.date(2026, 11, 26)


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def offer(people):
    return builders.make_offer(people.supplier, governing_law="FR", iso27017_held=True)


def test_strangers_and_other_suppliers_see_nothing(people, offer):
    url = f"/mes-offres/{offer.number}/couverture/"
    assert client_for(None).get(url).status_code == 302
    for other in (make_member(Role.SUPPLIER_MANAGER), make_member(Role.REQUESTER), people.officer):
        assert client_for(other).get(url).status_code == 404
        assert client_for(other).get(f"{url}hds-2/").status_code == 404
        assert client_for_token(other).get(f"/api/v1/coverage/{offer.uuid}/").status_code == 404


def test_the_page_counts_each_scheme_and_says_what_would_close(people, offer):
    page = client_for(people.editor).get(f"/mes-offres/{offer.number}/couverture/").content.decode()
    assert page.count("/couverture/gaiax-24.11-") == 4
    assert "seule l’ANSSI qualifie" in page
    assert "ISO/IEC 27017" in page and "déclaré, sans preuve jointe ni registre" in page
    assert "Qualification SecNumCloud (décidée par l’ANSSI)" in page
    assert "18 à 24 mois" in page and "Coût total inconnu" in page
    assert "témoignage rapporté, que nous n’avons pas vérifié" in page and "document officiel" in page


def test_schemes_may_be_chosen_and_an_unknown_one_is_said(people, offer):
    url = f"/mes-offres/{offer.number}/couverture/"
    page = client_for(people.editor).get(url, {"referentiel": ["hds-2", "rien-1"]}).content.decode()
    assert "/couverture/hds-2/" in page and "/couverture/secnumcloud-3.2/" not in page
    assert "Référentiel inconnu" in page
    assert 'value="hds-2" checked' in page and 'value="secnumcloud-3.2" checked' not in page


def test_the_page_of_a_scheme_says_by_what_each_requirement_is_covered(people, offer):
    page = client_for(people.editor).get(f"/mes-offres/{offer.number}/couverture/secnumcloud-3.2/")
    text = page.content.decode()
    assert text.count("Aucune réponse, aucun certificat ni aucune couche ne la couvre.") > 200
    assert "Réponses : « Stockage », « Traitement »" in text
    assert "la qualification elle-même est décidée par l’ANSSI" in text
    assert client_for(people.editor).get(f"/mes-offres/{offer.number}/couverture/rien-1/").status_code == 404


def test_marks_answers_and_layers_are_what_is_held(people, offer):
    base = make_base()
    make_mark(base, scope="Socle")
    StackEdge.objects.create(offer=offer, base=base, layer="infrastructure")
    make_mark(offer, scheme="hds", origin=Origin.DECLARED)
    make_mark(offer, scheme="iso27001", valid_until=dt.date(2026, 11, 25))
    found = {(each.code, each.layer): each.proven for each in coverage_facts(offer, on=ON).held}
    assert found == {("secnumcloud", base.name): True, ("hds", ""): False, ("iso27017", ""): False}


def test_a_declared_certificate_that_has_ended_is_not_held(people):
    ended = builders.make_offer(
        people.supplier, iso27018_held=True, iso27018_held_certificate={"valid_until": "2026-11-25"}
    )
    assert coverage_facts(ended, on=ON).held == ()
    assert coverage_facts(ended, on=dt.date(2026, 11, 25)).held[0].code == "iso27018"


def test_the_endpoint_says_the_same(people, offer):
    api = client_for_token(people.editor)
    answer = api.get(
        f"/api/v1/coverage/{offer.uuid}/", {"scheme": ["immunity-2022-03", "iso27017-2026-11"]}
    ).json()
    assert [each["key"] for each in answer["schemes"]] == ["immunity-2022-03", "iso27017-2026-11"]
    assert answer["schemes"][1]["counts"] == {"covered": 0, "partly": 1, "not_covered": 0, "unknown": 0}
    seat = answer["schemes"][0]["requirements"][0]
    assert (seat["code"], seat["state"], seat["missing"]) == ("19.6.a", "unknown", ["headquarters_country"])
    assert [one["code"] for one in answer["closing"]["certificates"]] == ["secnumcloud", "iso27017"]
    assert answer["closing"]["cost_max_eur_ht"] is None
    told = [
        (one["confidence"], one["read_on"], one["aid_up_to_eur"]) for one in answer["closing"]["certificates"]
    ]
    assert told == [("reported", "2026-11-26", "180000.00"), ("official", "2026-11-26", None)]
    refused = api.get(f"/api/v1/coverage/{offer.uuid}/", {"scheme": "rien-1"})
    assert (refused.status_code, refused.json()["code"]) == (400, "scheme_unknown")


def test_one_mark_or_many_and_one_scheme_or_all_cost_the_same_queries(people, offer):
    client = client_for(people.editor)
    url = f"/mes-offres/{offer.number}/couverture/"
    make_mark(offer)
    few = _queries(client, f"{url}hds-2/")
    for scheme in ("hds", "iso27001", "c5"):
        make_mark(offer, scheme=scheme)
    assert _queries(client, url) == _queries(client, f"{url}hds-2/") == few


def _queries(client, url):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen.captured_queries)


def test_the_offer_leads_its_supplier_there(people, offer):
    link = f"/mes-offres/{offer.number}/couverture/"
    page = f"{offer.get_absolute_url()}modifier/"
    assert link in client_for(people.editor).get(page).content.decode()
    listed = make_base()
    assert "/couverture/" not in client_for(people.editor).get(listed.get_absolute_url()).content.decode()


def test_the_evidence_file_says_every_requirement_in_each_format(people, offer):
    client = client_for(people.editor)
    url = f"/mes-offres/{offer.number}/couverture/preuves"
    told = b"".join(client.get(f"{url}.json?referentiel=secnumcloud-3.2").streaming_content)
    rows = json.loads(told)["rows"]
    assert len(rows) == 278
    mfa = next(each for each in rows if each["requirement"] == "9.5.c")
    assert mfa["applicable"] == "À confirmer\u00a0: le texte nomme SaaS"
    place = next(each for each in rows if each["requirement"] == "19.2.b")
    assert (place["state"], place["applicable"]) == ("En partie", "Applicable")
    ods = client.get(f"{url}.ods")
    assert ods["Content-Type"] == "application/vnd.oasis.opendocument.spreadsheet"
    assert zipfile.ZipFile(io.BytesIO(ods.content)).read("mimetype").startswith(b"application/vnd.oasis")
    pdf = client.get(f"{url}.pdf?referentiel=hds-2")
    assert pdf.content.startswith(b"%PDF")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf.content)).pages)
    assert "EXI28" in text and "que seule l’ANSSI prononce" in text
    assert client.get(f"{url}.exe").status_code == 404
    assert client_for(make_member(Role.SUPPLIER_MANAGER)).get(f"{url}.pdf").status_code == 404


def test_the_endpoint_gives_the_same_file(people, offer):
    api, url = client_for_token(people.editor), f"/api/v1/coverage/{offer.uuid}/export/"
    assert api.get(url, {"scheme": "hds-2"}).content.startswith(b"%PDF")
    lines = b"".join(api.get(url, {"scheme": "hds-2", "format": "csv"}).streaming_content).decode()
    assert lines.count("EXI") >= 31
    assert api.get(url, {"format": "exe"}).json()["code"] == "bad_format"
    assert api.get(url, {"scheme": "rien-1"}).json()["code"] == "scheme_unknown"
