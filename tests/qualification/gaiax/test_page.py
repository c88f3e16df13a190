"""The page where a credential is pasted."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from qualification.gaiax.report import IDS, interrupted
from qualification.models import GaiaxVerification
from tests.builders import client_for, make_member
from tests.qualification.gaiax.vectors import Bundle

pytestmark = pytest.mark.django_db
URL = "/gaia-x/verifier/"


@pytest.fixture
def client() -> Client:
    return client_for(make_member("supplier_manager"))


def test_a_stranger_signs_in_first() -> None:
    assert Client().get(URL).status_code == 302


def test_the_checks_are_read_on_the_page_with_the_text_kept(client: Client) -> None:
    bundle = Bundle.of("loire")
    documents = json.dumps(list(bundle.documents.values()))
    text = bundle.sign("terms").replace(".", ".A", 1)
    page = client.post(URL, {"credential": text, "did_documents": documents, "anchors": bundle.anchors})
    assert page.status_code == 200
    html = page.content.decode()
    assert text in html
    assert "Les vôtres" in html and "Réparer" in html


def test_without_documents_a_worker_is_asked(client: Client) -> None:
    page = client.post(URL, {"credential": Bundle.of("loire").text()})
    row = GaiaxVerification.objects.get()
    assert (page.status_code, page["Location"]) == (302, row.get_absolute_url())
    assert "Vérification en cours" in client.get(page["Location"]).content.decode()
    GaiaxVerification.objects.update(report=interrupted("none").as_dict(), lease_state="done")
    done = client.get(page["Location"]).content.decode()
    assert done.count("Pour le vérifier") == len(IDS)
    again = client.get(f"{URL}?depuis={row.uuid}").content.decode()
    assert row.text in again


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"credential": ""}, "Collez un titre"),
        ({"credential": "{}", "did_documents": "{"}, "Documents DID"),
        ({"credential": "{}", "anchors": "rien"}, "Ancres"),
    ],
)
def test_what_cannot_be_read_is_said_on_its_field(client: Client, fields: dict[str, str], said: str) -> None:
    page = client.post(URL, fields)
    assert page.status_code == 400
    assert said in page.content.decode()
    assert not GaiaxVerification.objects.exists()


def test_a_stale_link_opens_an_empty_form(client: Client) -> None:
    assert client.get(f"{URL}?depuis=ailleurs").status_code == 200
