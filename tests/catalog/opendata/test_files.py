"""GET /api/v1/open-data/…: whole datasets, only what is public, with licence and sources."""

from __future__ import annotations

import csv
import gc
import gzip
import io
import json
import re
import tracemalloc
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from catalog.enums import OfferState
from catalog.models import Change, Supplier
from catalog.opendata.answers import open_questions
from catalog.opendata.datasets import DATASETS
from catalog.stack import add_edge
from catalog.trust import record_status
from tests.catalog.builders import ACTOR, make_mark, make_offer, make_supplier
from tests.catalog.opendata.commits import rename, separate

BASE = "/api/v1/open-data/"
FILES = [f"{one.name}.{fmt}" for one in DATASETS.values() for fmt in one.formats]
# An empty table is its head alone: no row says the licence, and there is nothing to make shorter.
FILLED = [name for name in FILES if name != "waivers.csv"]
PRICE = ("offer", "plan", "kind", "unit", "period", "amount_eur_ht", "licence")
pytestmark = pytest.mark.django_db


CURSOR = re.compile(r"(?<=cursor=)[\w=%-]*")


def text(name: str) -> str:
    answer = APIClient().get(BASE + name)
    assert answer.status_code == 200, answer.content
    return b"".join(answer.streaming_content).decode()


def results(name: str) -> list[dict[str, Any]]:
    return json.loads(text(name))["results"]


def table(name: str) -> list[dict[str, str]]:
    body = text(name)
    assert body.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(body[1:]), delimiter=";"))


def test_the_index_names_each_file() -> None:
    body = APIClient().get(BASE).json()
    assert body["licence"]["url"] == "https://spdx.org/licenses/etalab-2.0"
    urls = [one["url"] for dataset in body["datasets"] for one in dataset["files"]]
    assert urls == [f"http://localhost:8000{BASE}{name}" for name in FILES]


@pytest.mark.parametrize("name", FILLED)
def test_each_file_says_its_licence_and_where_to_follow(name: str) -> None:
    make_mark(make_offer(price="4.20"))
    answer = APIClient().get(BASE + name)
    assert '<https://spdx.org/licenses/etalab-2.0>; rel="license"' in answer["Link"]
    assert "/api/v1/changes/?cursor=" in answer["Link"]
    assert "Licence Ouverte 2.0" in b"".join(answer.streaming_content).decode()


@pytest.mark.parametrize("name", ["catalogue.xml", "catalogue", "autre.csv", "prices.ndjson"])
def test_a_file_that_does_not_exist_is_not_found(name: str) -> None:
    answer = APIClient().get(BASE + name)
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_only_public_offers_are_given() -> None:
    public, sheet = make_offer(), make_offer(state=OfferState.UNCLAIMED, source_key="fiche-essai")
    suspended = make_offer(state=OfferState.SUSPENDED)
    for state in (OfferState.DRAFT, OfferState.WITHDRAWN, OfferState.REMOVED):
        make_mark(make_offer(state=state, price="1"))
    given = {str(offer.uuid) for offer in (public, sheet, suspended)}
    assert {row["id"] for row in results("catalogue.json")} == given
    assert {row["id"] for row in table("catalogue.csv")} == given
    assert results("prices.json") == []


def test_an_offer_with_its_answers_prices_marks_layers_and_sources() -> None:
    base = make_offer()
    offer = make_offer(price="4.20", sources={"regions": ["S6"], "siren": "unsourced"}, public_prices=True)
    make_mark(offer, source="Catalogue d’essai", read_on="2026-09-15", scope="Stockage")
    add_edge(offer, actor=ACTOR, base=base, layer="infrastructure", inherits=False)
    (row,) = [row for row in results("catalogue.json") if row["number"] == offer.number]
    assert row["page"] == f"http://localhost:8000{offer.get_absolute_url()}"
    assert set(row["answers"]) == {one.id for one in open_questions()}
    assert row["answers"]["storage_regions"] == ["FR-Paris"]
    assert row["answers"]["non_eu_law"] is False
    assert row["plans"][0]["lines"][0]["amount_eur_ht"] == "4.200000"
    mark = row["marks"][0]
    assert (mark["origin"], mark["source"], mark["read_on"]) == (
        "register",
        "Catalogue d’essai",
        "2026-09-15",
    )
    assert row["trust"][0]["status"] == "in_force"
    assert row["stack"][0]["offer"] == str(base.uuid)
    assert row["sources"]["regions"] == ["Site de Cloud Temple, page sur les données de santé"]
    assert row["sources"]["siren"] == ["Source non retrouvée"]


def test_unknown_is_null_and_an_empty_cell_never_no() -> None:
    make_offer(answers={"non_eu_law": None, "open_source": None})
    (row,) = results("catalogue.json")
    assert row["answers"]["non_eu_law"] is None
    assert row["open_source"] is None
    (line,) = table("catalogue.csv")
    assert (line["answer_non_eu_law"], line["open_source"], line["secnumcloud_status"]) == ("", "", "")


def test_the_origin_in_the_spreadsheet_is_that_of_the_mark_behind_the_status() -> None:
    offer = make_offer()
    make_mark(offer, status="announced", origin="declared", scope="Calcul")
    mark = make_mark(offer, status="in_force", origin="register", scope="Stockage")
    (line,) = table("catalogue.csv")
    assert (line["secnumcloud_status"], line["secnumcloud_origin"]) == ("in_force", "register")
    assert results("catalogue.json")[0]["trust"][0]["mark"] == str(mark.uuid)


def test_ndjson_says_first_what_it_is_then_one_offer_a_line() -> None:
    offers = [make_offer(), make_offer()]
    about, *rows = [json.loads(line) for line in text("catalogue.ndjson").splitlines()]
    assert about["about"]["licence"]["name"] == "Licence Ouverte 2.0 (Etalab)"
    assert about["about"]["demonstration"] is True
    assert [row["id"] for row in rows] == [str(offer.uuid) for offer in offers]


def test_a_spreadsheet_runs_nothing() -> None:
    make_offer(answers={"name": "=HYPERLINK(1)", "description": '@SUM(A1);"x"\nsuite'})
    (line,) = table("catalogue.csv")
    assert (line["name"], line["description"]) == ("'=HYPERLINK(1)", '\'@SUM(A1);"x"\nsuite')


def test_prices_one_line_each() -> None:
    offer = make_offer(price="4.20")
    (line,) = table("prices.csv")
    got = {
        name: line[name] for name in ("offer", "plan", "kind", "unit", "period", "amount_eur_ht", "licence")
    }
    assert got == {
        "offer": str(offer.uuid),
        "plan": "standard",
        "kind": "unit",
        "unit": "poste",
        "period": "month",
        "amount_eur_ht": "4.200000",
        "licence": "Licence Ouverte 2.0 (Etalab)",
    }


def test_the_history_keeps_each_fact_and_names_what_it_corrects() -> None:
    offer = make_offer()
    mark = make_mark(offer, source="Registre d’essai")
    first = mark.facts.get()
    record_status(mark, status="in_force", actor=ACTOR, supersedes=first, reason="Date corrigée.")
    make_mark(make_offer(state=OfferState.DRAFT))
    kept, corrected = results("trust-history.json")
    assert (kept["source"], kept["corrects"], kept["origin"]) == ("Registre d’essai", None, "register")
    assert (corrected["reason"], corrected["corrects"]) == ("Date corrigée.", kept["id"])
    assert kept["id"] == str(Change.objects.get(fact=first).uuid)
    assert [row["id"] for row in table("trust-history.csv")] == [kept["id"], corrected["id"]]


def test_a_withdrawn_offer_keeps_its_history_and_a_removed_one_is_said_no_more() -> None:
    withdrawn, removed = make_offer(), make_offer()
    make_mark(withdrawn)
    make_mark(removed)
    withdrawn.withdraw(actor=ACTOR, reason="Fin.")
    removed.remove(actor=ACTOR, reason="Doublon.")
    assert [row["offer"] for row in results("trust-history.json")] == [str(withdrawn.uuid)]


def test_unchanged_is_said_without_sending_it_and_any_change_sends_it_again() -> None:
    offer = make_offer()
    client = APIClient()
    first = client.get(BASE + "catalogue.json")
    assert first["Last-Modified"].endswith("GMT")
    again = client.get(BASE + "catalogue.json", HTTP_IF_NONE_MATCH=first["ETag"])
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    other = client.get(BASE + "catalogue.csv", HTTP_IF_NONE_MATCH=first["ETag"])
    assert other.status_code == 200
    make_mark(offer)
    assert client.get(BASE + "catalogue.json", HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


def test_the_day_changes_the_tag_because_a_status_may_end(time_machine: Any) -> None:
    time_machine.move_to("2026-11-26T10:00:00+01:00")
    make_mark(make_offer(), valid_until="2026-11-26")
    first = APIClient().get(BASE + "catalogue.json")
    assert json.loads(b"".join(first.streaming_content))["results"][0]["trust"][0]["status"] == "expiring"
    time_machine.move_to("2026-11-27T00:10:00+01:00")
    later = APIClient().get(BASE + "catalogue.json", HTTP_IF_NONE_MATCH=first["ETag"])
    assert json.loads(b"".join(later.streaming_content))["results"][0]["trust"][0]["status"] == "expired"


def test_head_reads_no_offer() -> None:
    make_offer()
    APIClient().head(BASE + "catalogue.json")
    with CaptureQueriesContext(connection) as seen:
        answer = APIClient().head(BASE + "catalogue.json")
        assert b"".join(answer.streaming_content) == b""
    assert len(seen) == 1


@pytest.mark.parametrize("name", ["catalogue.json", "prices.csv", "trust-history.csv"])
def test_more_offers_cost_no_more_queries(name: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            text(name)
        return len(seen)

    make_mark(make_offer(price="1"))
    few = queries()
    for _ in range(5):
        make_mark(make_offer(price="1"))
    assert queries() == few


@pytest.mark.parametrize("name", FILLED)
def test_a_reader_who_takes_gzip_is_sent_the_same_file_smaller(name: str) -> None:
    for number in range(12):
        make_mark(make_offer(answers={"name": f"Nuage {number}"}, price="4.20"))
    packed = APIClient().get(BASE + name, headers={"Accept-Encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    sent = b"".join(packed.streaming_content)
    plain = text(name)
    # The cursor to resume from moves with every transaction of the server, of other tests too.
    assert CURSOR.sub("", gzip.decompress(sent).decode()) == CURSOR.sub("", plain)
    assert len(sent) < len(plain.encode())
    assert packed["ETag"] == APIClient().get(BASE + name)["ETag"]


def test_what_a_supplier_says_of_itself_is_given_with_its_day() -> None:
    said = make_offer()
    Supplier.objects.filter(pk=said.supplier_id).update(
        region="53", is_ess=True, founded_year=2012, facts_declared_at=timezone.now()
    )
    make_offer()
    told = {row["id"]: row["supplier"] for row in results("catalogue.json")}
    mine = told.pop(str(said.uuid))
    assert (mine["region"], mine["is_ess"], mine["founded_year"], mine["inclusion"]) == (
        "53",
        True,
        2012,
        None,
    )
    assert mine["facts_declared_at"]
    (silent,) = told.values()
    assert (silent["is_ess"], silent["facts_declared_at"]) == (None, None)
    lines = {line["id"]: line for line in table("catalogue.csv")}
    assert (lines[str(said.uuid)]["supplier_is_ess"], lines[str(said.uuid)]["supplier_region"]) == (
        "true",
        "53",
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.alone
def test_a_copy_and_the_feed_after_it_miss_nothing() -> None:
    """What was still open when the copy began is in the feed from the address the copy gives."""
    slow, quick = make_offer(), make_offer()
    with separate() as first, separate() as second:
        rename(first, slow.pk, "Commencée avant")
        rename(second, quick.pk, "Validée avant")
        second.commit()
        copy = json.loads(text("catalogue.json"))
        first.commit()
    known = {row["id"]: row["name"] for row in copy["results"]}
    assert known == {str(slow.uuid): slow.name, str(quick.uuid): "Validée avant"}
    changes = APIClient().get(copy["changes"].removeprefix("http://localhost:8000")).json()
    assert str(slow.uuid) in {row["offer"]["id"] for row in changes["results"]}
    assert changes["next"] is None


@pytest.mark.django_db(transaction=True)
def test_a_late_commit_changes_the_tag() -> None:
    """The greatest key and the latest date are the same before and after: the tag is not."""
    slow, quick = make_offer(), make_offer()
    with separate() as first, separate() as second:
        rename(first, slow.pk, "Commencée avant")
        rename(second, quick.pk, "Validée avant")
        second.commit()
        before = APIClient().get(BASE + "catalogue.json")["ETag"]
        first.commit()
    assert APIClient().get(BASE + "catalogue.json", HTTP_IF_NONE_MATCH=before).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_memory_does_not_grow_with_the_rows_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is still held after eighty offers is what was held after the first ten."""
    monkeypatch.setattr("catalog.opendata.datasets.CHUNK", 5)
    supplier = make_supplier()
    for _ in range(85):
        make_offer(supplier=supplier, answers={"description": "x" * 1900})
    text("catalogue.ndjson")
    held = []
    tracemalloc.start()
    lines = APIClient().get(BASE + "catalogue.ndjson").streaming_content
    for number, _ in enumerate(lines):
        if number % 10 == 0:
            gc.collect()
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert len(held) == 9
    assert max(held[2:]) < 1.3 * held[1]
