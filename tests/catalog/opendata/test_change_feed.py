"""GET /api/v1/changes/: pages, cursors, and readers beside commits that come out of order."""

from __future__ import annotations

import random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from rest_framework.test import APIClient

from catalog.models import Change, Offer
from catalog.models.change import Position
from catalog.opendata.paging import cursor_of
from tests.catalog.builders import ACTOR, make_mark, make_offer
from tests.catalog.opendata.commits import rename, separate

URL = "/api/v1/changes/"
# « 1.18446744073709551616.1 »: no transaction has this number.
TOO_GREAT = "MS4xODQ0Njc0NDA3MzcwOTU1MTYxNi4x"
# Rows become readable once their transaction has ended: these tests commit.
pytestmark = [pytest.mark.alone, pytest.mark.django_db(transaction=True)]


def get(url: str = URL, **query: Any) -> dict[str, Any]:
    answer = APIClient().get(url, query or None)
    assert answer.status_code == 200, answer.content
    return answer.json()


def follow(url: str = URL) -> tuple[list[dict[str, Any]], str]:
    """Everything ready from an address on, and where to come back."""
    found: list[dict[str, Any]] = []
    while True:
        page = get(url)
        found += page["results"]
        if page["next"] is None:
            return found, page["resume"]
        assert page["next"] == page["resume"]
        url = page["next"]


def test_one_change_whole() -> None:
    offer = make_offer()
    offer.suspend(actor=ACTOR, reason="Faille non corrigée.")
    change = Change.objects.get(kind="suspended")
    body = get(URL, kind="suspended")
    assert body == {
        "next": None,
        "resume": f"http://testserver{URL}?kind=suspended&cursor={cursor_of(change.position)}",
        "results": [
            {
                "id": str(change.uuid),
                "at": body["results"][0]["at"],
                "kind": "suspended",
                "state": "suspended",
                "reason": "Faille non corrigée.",
                "offer": {
                    "id": str(offer.uuid),
                    "number": offer.number,
                    "name": offer.name,
                    "page": offer.get_absolute_url(),
                },
                "fact": None,
            }
        ],
    }


def test_a_fact_is_told_with_its_mark_its_origin_and_its_source() -> None:
    offer = make_offer()
    mark = make_mark(offer, source="Catalogue d’essai", scope="Stockage", issuer="ANSSI")
    (row,) = get(URL, kind="trust_fact")["results"]
    told = {name: row["fact"][name] for name in ("mark", "scheme", "scope", "status", "origin", "source")}
    assert told == {
        "mark": str(mark.uuid),
        "scheme": "secnumcloud",
        "scope": "Stockage",
        "status": "in_force",
        "origin": "register",
        "source": "Catalogue d’essai",
    }


def test_the_name_of_a_removed_offer_is_not_repeated() -> None:
    offer = make_offer()
    offer.remove(actor=ACTOR, reason="Doublon.")
    assert {row["offer"]["name"] for row in get()["results"]} == {None}


def test_pages_follow_one_another_and_end_with_a_place_to_come_back() -> None:
    offers = [make_offer() for _ in range(3)]
    first = get(URL, page_size=2)
    assert len(first["results"]) == 2
    rest, resume = follow(first["next"])
    ids = [row["offer"]["id"] for row in first["results"] + rest]
    assert ids == [str(offer.uuid) for offer in offers]
    assert follow(resume) == ([], resume)
    offers[0].suspend(actor=ACTOR, reason="Essai.")
    assert [row["kind"] for row in follow(resume)[0]] == ["suspended"]


def test_many_rows_of_one_transaction_are_paged_too() -> None:
    with transaction.atomic():
        offers = [make_offer() for _ in range(5)]
    found = follow(f"{URL}?page_size=2")[0]
    assert [row["offer"]["id"] for row in found] == [str(offer.uuid) for offer in offers]


def test_filters_keep_to_one_offer() -> None:
    offer, _ = make_offer(), make_offer()
    rows = get(URL, offer=str(offer.uuid))["results"]
    assert [row["offer"]["id"] for row in rows] == [str(offer.uuid)]


@pytest.mark.parametrize("cursor", ["abc", "é", "MS4y.", "x" * 500, TOO_GREAT, "LTEuMi4z"])
def test_a_cursor_that_is_not_ours_is_refused_by_name(cursor: str) -> None:
    answer = APIClient().get(URL, {"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "cursor"


def test_a_cursor_ahead_of_the_history_says_to_start_again() -> None:
    answer = APIClient().get(URL, {"cursor": cursor_of(Position(2**60, 1))})
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_of_another_history")


def test_a_cursor_of_another_cluster_says_to_start_again(monkeypatch: pytest.MonkeyPatch) -> None:
    make_offer()
    resume = follow()[1]
    monkeypatch.setattr("catalog.opendata.paging.cluster", lambda: "7")
    answer = APIClient().get(resume)
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_of_another_history")


def test_a_database_restored_elsewhere_gives_its_old_changes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows restored carry numbers that the new cluster has not reached: they would wait for years."""
    offers = [make_offer() for _ in range(3)]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("UPDATE catalog_change SET xid = ((xid::text)::bigint + 1000000000)::text::xid8")
        cursor.execute("SET session_replication_role = origin")
    assert follow()[0] == []
    call_command("renumber_changes")
    found = [row["offer"]["id"] for row in follow()[0]]
    assert found == [str(offer.uuid) for offer in offers]
    offers[0].suspend(actor=ACTOR, reason="Essai.")
    assert [row["kind"] for row in follow()[0]] == ["listed", "listed", "listed", "suspended"]


def test_the_later_transaction_that_commits_first_waits_for_the_earlier() -> None:
    slow, quick = make_offer(), make_offer()
    resume = follow()[1]
    with separate() as first, separate() as second:
        rename(first, slow.pk, "Commencée avant")
        rename(second, quick.pk, "Validée avant")
        second.commit()
        # Given now, the reader would pass over the first one for ever.
        assert follow(resume) == ([], resume)
        first.commit()
    found = follow(resume)[0]
    assert [row["offer"]["id"] for row in found] == [str(slow.uuid), str(quick.uuid)]


def test_what_is_rolled_back_was_never_told() -> None:
    offer = make_offer()
    resume = follow()[1]
    with separate() as other:
        rename(other, offer.pk, "Jamais validée")
        other.rollback()
    assert follow(resume)[0] == []


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_reader_beside_disordered_commits_misses_none_and_reads_none_twice(seed: int) -> None:
    """Four writers end in another order than they began, some rolled back; a reader polls after each."""
    chance = random.Random(seed)
    offers = [make_offer() for _ in range(8)]
    resume, read = follow()[1], []
    with separate() as a, separate() as b, separate() as c, separate() as d:
        writers = {"a": a, "b": b, "c": c, "d": d}
        for turn in range(4):
            taken = chance.sample(offers, 4)
            for order, (name, offer) in enumerate(zip(writers, taken, strict=True)):
                rename(writers[name], offer.pk, f"Tour {turn}, écriture {order}")
            for name in chance.sample(sorted(writers), 4):
                ended = writers[name].rollback if chance.random() < 0.2 else writers[name].commit
                ended()
                page, resume = follow(f"{resume}&page_size=1")
                read += page
    page, _ = follow(resume)
    read += page
    written = Change.objects.filter(kind="changed").order_by("xid", "pk")
    assert [row["id"] for row in read] == [str(change.uuid) for change in written]
    assert len(read) > 8


def test_a_whole_reading_costs_the_same_for_few_and_many(django_assert_num_queries: Any) -> None:
    offer = make_offer()
    make_mark(offer)
    get()
    with django_assert_num_queries(1):
        get()
    for _ in range(4):
        make_mark(make_offer())
    with django_assert_num_queries(1):
        get()
    assert Offer.objects.count() == 5
