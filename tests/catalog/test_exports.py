"""A list taken away: the same offers in the same order, on the page and by the API."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from odfdo import Document

from catalog.search.engine import stream_cards
from catalog.search.query import OfferQuery
from tests.catalog.builders import make_mark, make_offer

pytestmark = pytest.mark.django_db
FORMATS = ["csv", "ods", "xlsx", "json"]
HOSTILE = ["=1+1", "+33", "-2+3", "@SUM(A1)", "\t=1+1", "\r=1+1"]


def text(answer: Any) -> str:
    return str(answer.content.decode())


def body(answer: Any) -> bytes:
    assert answer.status_code == 200
    return answer.getvalue()


def rows(answer: Any, code: str) -> list[dict[str, Any]]:
    """By the label of the column in a spreadsheet, by its code in JSON."""
    data = body(answer)
    if code == "json":
        return list(json.loads(data)["rows"])
    if code == "csv":
        lines: list[Any] = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    elif code == "ods":
        lines = [row.get_values() for row in Document(io.BytesIO(data)).body.tables[0].rows]
    else:
        lines = [[c.value for c in row] for row in openpyxl.load_workbook(io.BytesIO(data)).active]
    return [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]


@pytest.mark.parametrize("code", FORMATS)
@pytest.mark.parametrize("address", ["/offres/resultats.{}?", "/api/v1/offers/export/?format={}&"])
def test_the_whole_result_in_its_order(client: Client, address: str, code: str) -> None:
    for n in range(25):
        make_offer(answers={"name": f"Offre {n:02}", "service_models": ["iaas" if n < 22 else "saas"]})
    make_offer(state="draft")
    found = rows(client.get(address.format(code) + "model=iaas&ordering=-name"), code)
    name = "name" if code == "json" else "Offre"
    assert [row[name] for row in found] == [f"Offre {n:02}" for n in range(21, -1, -1)]


def test_what_a_row_says(client: Client) -> None:
    offer = make_offer(
        price="12.5", answers={"name": "Nuage d’essai", "non_eu_law": False, "exit_formats": None}
    )
    make_mark(offer, valid_until="2099-05-01")
    (row,) = rows(client.get("/offres/resultats.json"), "json")
    assert (row["name"], row["supplier"], row["state"]) == (
        "Nuage d’essai",
        offer.supplier.name,
        "Référencée",
    )
    assert (row["price_from_eur_ht"], row["price_unit"]) == ("12.500000", "par poste et par mois")
    assert (row["secnumcloud_status"], row["secnumcloud_until"]) == ("En vigueur", "2099-05-01")
    assert (row["secnumcloud_origin"], row["hds_status"]) == ("Constaté au registre", None)
    assert (row["non_eu_law"], row["exit_formats"], row["exit_transition_days"]) == (False, None, "30")
    assert row["page"] == f"http://testserver{offer.get_absolute_url()}"


def test_unknown_is_said_in_a_spreadsheet(client: Client) -> None:
    make_offer(answers={"open_source": None})
    (row,) = rows(client.get("/offres/resultats.csv"), "csv")
    assert (row["HDS : statut"], row["Prix d’entrée, en euros HT"]) == ("Inconnu", "Inconnu")


@pytest.mark.parametrize("code", FORMATS)
def test_hostile_titles_are_never_computed(client: Client, code: str) -> None:
    for title in HOSTILE:
        make_offer(answers={"name": title})
    found = {
        row["name" if code == "json" else "Offre"]
        for row in rows(client.get(f"/offres/resultats.{code}"), code)
    }
    if code == "csv":
        assert found == {f"'{title}" for title in HOSTILE}
    else:
        assert {name.replace("_x000D_", "\r").strip() for name in found} == {
            title.strip() for title in HOSTILE
        }


def test_rows_cost_no_query_each(client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            body(client.get("/offres/resultats.csv"))
        return len(seen)

    make_offer()
    queries()
    few = queries()
    for _ in range(8):
        make_mark(make_offer(price="3"))
    assert queries() == few


def test_cards_come_by_batches_from_the_server() -> None:
    offers = [make_offer() for _ in range(5)]
    batches = list(stream_cards(OfferQuery(today=offers[0].listed_on), batch=2))
    assert [len(batch) for batch in batches] == [2, 2, 1]
    assert {offer for batch in batches for offer, _ in batch} == {offer.pk for offer in offers}


def test_what_is_not_understood(client: Client) -> None:
    make_offer()
    assert client.get("/offres/resultats.pdf").status_code == 404
    assert client.post("/offres/resultats.csv").status_code == 405
    assert len(rows(client.get("/offres/resultats.csv?couleur=bleu&hds=oups"), "csv")) == 1
    refused = client.get("/api/v1/offers/export/?format=docx")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "format")
    refused = client.get("/api/v1/offers/export/?hds=oups")
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "hds")


def test_the_page_leads_to_the_files_of_its_result(client: Client) -> None:
    make_offer(answers={"service_models": ["iaas"]})
    page = client.get("/offres/?model=iaas&page=1").content.decode()
    for code in FORMATS:
        assert f'href="/offres/resultats.{code}?model=iaas"' in page
    assert "Télécharger cette offre" in page
    make_offer(answers={"service_models": ["iaas"]})
    assert "Télécharger ces 2\u00a0offres" in text(client.get("/offres/?model=iaas"))


def test_a_mistyped_word_gives_the_file_of_what_the_page_shows(client: Client) -> None:
    make_offer(answers={"name": "Messagerie Zéta"})
    make_offer(answers={"name": "Autre"})
    page = text(client.get("/offres/?q=mesagerie"))
    assert "<strong>messagerie</strong>" in page
    (row,) = rows(client.get("/offres/resultats.csv?q=mesagerie"), "csv")
    assert row["Offre"] == "Messagerie Zéta"
