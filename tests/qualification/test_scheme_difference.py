"""A new edition is a file: dossiers keep theirs, and what changes is shown on a page and by the API."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from qualification import schemes
from qualification.schemes import current_edition, edition_named, load_scheme
from qualification.schemes.difference import difference
from tests.builders import client_for
from tests.qualification import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def new_edition(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Listing 2027-01: one requirement leaves, one comes, one is said otherwise."""
    folder = tmp_path / "schemes"
    shutil.copytree(schemes.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    text = (folder / "listing-2026-11.toml").read_text()
    text = text.replace('edition = "2026-11"', 'edition = "2027-01"').replace("2026-11-01", "2027-01-01")
    text = text.replace('code = "website"', 'code = "site"').replace(
        "Le client peut partir", "Le client part"
    )
    (folder / "listing-2027-01.toml").write_text(text)
    monkeypatch.setattr(schemes, "FOLDER", folder)


def test_the_difference_names_what_comes_goes_and_moves(new_edition: None) -> None:
    found = difference(edition_named("listing-2026-11"), edition_named("listing-2027-01"))
    assert [each.code for each in found.added] == ["site"]
    assert [each.code for each in found.removed] == ["website"]
    assert [(each.after.code, each.what) for each in found.changed] == [("exit", ("libellé",))]
    assert found.same == 5
    with pytest.raises(ValueError, match="two schemes"):
        difference(edition_named("listing-2026-11"), edition_named("hds-2"))


def test_a_running_dossier_keeps_its_edition_and_leads_to_what_changes(new_edition: None) -> None:
    people = builders.make_people()
    dossier = builders.make_dossier(people, upto="checking")
    assert current_edition("listing").edition == "2027-01"
    assert (dossier.scheme, dossier.scheme_edition) == ("listing", builders.FEW)
    assert load_scheme(dossier.scheme, dossier.scheme_edition).requirement("website")
    page = client_for(people.manager).get(dossier.get_absolute_url()).content.decode()
    assert "/referentiels/listing-2026-11/changements/listing-2027-01/" in page


def test_without_a_newer_edition_the_dossier_says_nothing_of_it() -> None:
    people = builders.make_people()
    dossier = builders.make_dossier(people, upto="checking", edition=builders.CURRENT)
    assert "/changements/" not in client_for(people.manager).get(dossier.get_absolute_url()).content.decode()


def test_the_page_of_the_difference(new_edition: None, client) -> None:
    page = client.get("/referentiels/listing-2026-11/changements/listing-2027-01/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "Avant&nbsp;: Le client peut partir" in text
    assert "<strong>site</strong>" in text and "<strong>website</strong>" in text
    assert client.get("/referentiels/listing-2026-11/changements/hds-2/").status_code == 404


def test_the_endpoint_of_the_difference(new_edition: None) -> None:
    api = APIClient()
    answer = api.get("/api/v1/schemes/listing-2027-01/difference/", {"from": "listing-2026-11"}).json()
    assert [each["code"] for each in answer["added"]] == ["site"]
    assert [(each["code"], each["what"]) for each in answer["changed"]] == [("exit", ["libellé"])]
    refused = api.get("/api/v1/schemes/listing-2027-01/difference/")
    assert (refused.status_code, refused.json()["code"]) == (400, "edition_missing")
    assert (
        api.get("/api/v1/schemes/hds-2/difference/", {"from": "listing-2027-01"}).json()["code"]
        == "two_schemes"
    )
    assert api.get("/api/v1/schemes/hds-9/").status_code == 404


def test_the_list_and_the_requirements_are_public(client) -> None:
    listed = client.get("/referentiels/").content.decode()
    assert "Préparation SecNumCloud 3.2" in listed and "/referentiels/gaiax-24.11/" in listed
    shown = client.get("/referentiels/gaiax-24.11/").content.decode()
    assert "P5.1.7" in shown and "P1.3.3" not in shown
    assert "SecNumCloud est une preuve admise pour 27 des 40" in shown
    assert client.get("/referentiels/secnumcloud-9/").status_code == 404
    api = APIClient().get("/api/v1/schemes/").json()
    assert api["count"] == 12
    detail = APIClient().get("/api/v1/schemes/secnumcloud-3.2/").json()
    assert (detail["requirements_count"], len(detail["sections"])) == (278, 107)
    mfa = next(each for each in detail["requirements"] if each["code"] == "9.5.c")
    assert (mfa["models"], mfa["kind"], mfa["rule"]) == (
        ["saas"],
        "obligation",
        "SecNumCloud 3.2, exigence 9.5.c",
    )
