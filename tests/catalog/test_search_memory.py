"""The index in memory: against plain Python, against PostgreSQL, and never late."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from catalog.models import OfferSearchRow
from catalog.prices.usage import Usage
from catalog.search import sql
from catalog.search.engine import search
from catalog.search.memory import file, rows
from catalog.search.memory.generation import build
from catalog.search.memory.keeper import Keeper, keeper
from catalog.search.query import OfferQuery
from tests.catalog.builders import make_category, make_mark, make_offer
from tests.catalog.search_oracle import TODAY, TREE, check, insert, random_query, random_row, seeded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def in_memory(settings: Settings) -> Iterator[Keeper]:
    settings.SEARCH_IN_MEMORY = True
    keeper.generation = build(rows.everything(), day=TODAY)
    yield keeper
    keeper.generation = None


def flat(counts: Any) -> dict[tuple[str, str], int]:
    return {(name, value): count for name, told in counts.items() for value, count in told.items()}


def asked(query: OfferQuery) -> Any:
    """From the index, or the test fails."""
    found = keeper.answer(query)
    assert found is not None
    return search(query, categories=TREE)


@pytest.mark.parametrize("round_", range(3))
def test_counts_ids_and_order_equal_those_of_plain_python_after_each_change(round_: int) -> None:
    rng = seeded()
    known = insert(rng, 60)
    for turn in range(12):
        query = random_query(rng, known)
        check(asked(query), query, known)
        changed = rng.choice(known)
        if turn % 4 == 3:
            OfferSearchRow.objects.filter(offer_id=changed["id"]).delete()
            known.remove(changed)
        else:
            fresh = random_row(rng, turn)
            OfferSearchRow.objects.filter(offer_id=changed["id"]).update(**fresh)
            changed.update(fresh)


WORDS = (
    "messagerie", "sécurisée", "coffre-fort", "pare-feu", "visioconférence", "sauvegarde", "données", "santé",
    "kubernetes", "le", "agents", "hébergement", "souverain", "archivage", "électronique",
)  # fmt: skip


def random_text(rng: random.Random) -> str:
    words = [rng.choice(WORDS) for _ in range(rng.randint(1, 3))]
    made = [
        " ".join(words),
        f'"{" ".join(words)}"',
        " or ".join(words),
        f"{words[0]} -{words[-1]}",
        f"-{words[0]}",
        f'{words[0]} "{words[-1]}',
        "visio",
        "le or santé",
        f"{words[0][:4]}*",
    ]
    return rng.choice(made)


def test_texts_equal_those_of_postgresql_whatever_their_shape() -> None:
    rng = seeded()
    for n in range(30):
        said = " ".join(rng.choice(WORDS) for _ in range(8))
        make_offer(answers={"name": f"{rng.choice(WORDS)} {n}", "description": said})
    for _ in range(80):
        query = OfferQuery(today=TODAY, q=random_text(rng), page_size=50, with_facets=True)
        fast, slow = keeper.answer(query), sql.answer(query)
        assert fast is not None
        assert (fast.total, fast.ids, flat(fast.counts)) == (slow.total, slow.ids, flat(slow.counts)), query.q
        assert fast.readings == slow.readings, query.q


def mistyped(rng: random.Random, word: str) -> str:
    """One letter away: missing, added, changed, or exchanged with its neighbour."""
    at = rng.randrange(len(word) - 1)
    letter = rng.choice("abcdefghijklmnopqrstuvwxyz0é")
    made = (
        word[:at] + word[at + 1 :],
        word[:at] + letter + word[at:],
        word[:at] + letter + word[at + 1 :],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )
    return rng.choice(made)


def test_mistyped_words_are_mended_alike_by_the_index_and_by_postgresql() -> None:
    rng = seeded()
    for n in range(30):
        said = " ".join(rng.choice(WORDS) for _ in range(6))
        make_offer(answers={"name": f"{rng.choice(WORDS)} {n}", "description": said})
    mended = 0
    for _ in range(80):
        words = [rng.choice(WORDS) for _ in range(rng.randint(1, 3))]
        at = rng.randrange(len(words))
        words[at] = mistyped(rng, words[at])
        query = OfferQuery(today=TODAY, q=rng.choice((" ", " or ", " -")).join(words), page_size=50)
        fast, slow = keeper.answer(query), sql.answer(query)
        assert fast is not None
        assert (fast.total, fast.ids, fast.readings) == (slow.total, slow.ids, slow.readings), query.q
        mended += bool(fast.readings)
    assert mended > 15


def test_every_facet_counts_as_postgresql_does() -> None:
    for n in range(5):
        make_mark(make_offer(price=str(n), answers={"non_eu_law": n > 2, "open_source": None}), scheme="c5")
    for _ in range(2):
        query = OfferQuery(today=TODAY, with_facets=True, facets={"c5": ("in_force",)})
        fast, slow = keeper.answer(query), sql.answer(query)
        assert fast is not None
        assert flat(fast.counts) == flat(slow.counts)
        assert fast.suppliers.items() <= slow.suppliers.items()
        assert fast.suppliers
        make_offer(answers={"name": "Une de plus"})


def names(text: str) -> list[str]:
    return [card["name"] for card in asked(OfferQuery(today=TODAY, q=text)).cards]


def test_a_word_nothing_holds_is_mended_by_a_letter_or_taken_as_a_beginning_and_said() -> None:
    make_offer(answers={"name": "Messagerie Zéta", "description": "Autre chose."})
    make_offer(answers={"name": "Alpha", "description": "Des visioconférences pour tous."})
    assert names("mesagerie") == ["Messagerie Zéta"]
    assert names("zéta mess") == ["Messagerie Zéta"]
    assert names("visio") == ["Alpha"]
    assert names("visio -alpha") == []
    assert names("quetzalcoatl") == []
    mended = asked(OfferQuery(today=TODAY, q="mesagerie")).readings
    assert [(r.kind, r.typed, r.used) for r in mended] == [("corrected", "mesagerie", "messagerie")]
    begun = asked(OfferQuery(today=TODAY, q="visiocon")).readings
    assert [(r.kind, r.typed, r.used) for r in begun] == [("prefix", "visiocon", "visiocon")]


def test_midnight_changes_the_answer_without_a_write() -> None:
    offer = make_offer()
    make_mark(offer, valid_until=TODAY)
    query = OfferQuery(today=TODAY, facets={"secnumcloud": ("expired",)}, with_facets=True)
    assert asked(query).total == 0
    tomorrow = replace(query, today=TODAY + dt.timedelta(1))
    assert asked(tomorrow).ids == (offer.pk,)
    assert asked(query).total == 0


def test_a_change_not_committed_is_seen_by_its_own_transaction_alone() -> None:
    from django.db import transaction

    with transaction.atomic():
        make_offer(answers={"name": "Pas encore"})
        assert keeper.answer(OfferQuery(today=TODAY)) is None
        assert search(OfferQuery(today=TODAY)).total == 1
        transaction.set_rollback(True)
    assert asked(OfferQuery(today=TODAY)).total == 0


def other() -> psycopg.Connection[Any]:
    """A second connection to the same database, as another process has."""
    values = connection.get_connection_params()
    known = ("host", "port", "user", "password", "dbname")
    return psycopg.connect(**{name: values[name] for name in known if name in values})


def test_commits_out_of_order_miss_nothing() -> None:
    offers = [make_offer(answers={"name": f"O{n}"}, price="1") for n in range(3)]
    cheap = OfferQuery(today=TODAY, price_max=Decimal(5))
    assert asked(cheap).total == 3
    change = f"UPDATE {rows.ROW} SET price_eur_ht = 900 WHERE offer_id = %s"
    with other() as first, other() as second:
        first.execute(change, [offers[0].pk])
        second.execute(change, [offers[1].pk])
        second.commit()
        # The later transaction is committed, the earlier one is not.
        assert asked(cheap).total == 2
        OfferSearchRow.objects.filter(offer=offers[2]).update(price_eur_ht=900)
        assert asked(cheap).total == 1
        first.commit()
    assert asked(cheap).total == 0


def test_two_workers_under_concurrent_writers_are_never_late() -> None:
    rng = seeded()
    offers = [make_offer(answers={"name": f"O{n}"}, price="1") for n in range(8)]
    workers = [Keeper(), Keeper()]
    for worker in workers:
        worker.generation = build(rows.everything(), day=TODAY)
    prices = {offer.pk: 1 for offer in offers}
    change = f"UPDATE {rows.ROW} SET price_eur_ht = %s WHERE offer_id = %s"
    query = OfferQuery(today=TODAY, price_max=Decimal(50))
    writers = [other() for _ in range(3)]
    held: dict[int, tuple[int, int]] = {}
    for turn in range(200):
        number = rng.randrange(3)
        if number in held:
            writers[number].commit()
            prices.update([held.pop(number)])
        else:
            free = sorted(set(prices) - {offer for offer, _ in held.values()})
            held[number] = (rng.choice(free), rng.randint(1, 100))
            writers[number].execute(change, [held[number][1], held[number][0]])
        found = workers[turn % 2].answer(query)
        assert found is not None
        assert found.total == sum(price <= 50 for price in prices.values()), turn
    for writer in writers:
        writer.close()


def test_the_file_gives_back_the_same_index_and_takes_what_was_written_since(tmp_path: Path) -> None:
    rng = seeded()
    known = insert(rng, 40)
    make_mark(make_offer(answers={"name": "Coffre-fort numérique"}), scheme="iso27001")
    assert keeper.generation is not None
    asked(OfferQuery(today=TODAY))
    file.save(keeper.generation, tmp_path / "kept")
    OfferSearchRow.objects.filter(offer_id=known[0]["id"]).delete()
    keeper.generation = file.load(tmp_path / "kept", day=TODAY)
    usage = Usage(12, TODAY, seats=Decimal(7))
    for q, ordering in (("", ""), ("coffre", ""), ("coffre-fort", ""), ("numer*", ""), ("", "usage")):
        query = OfferQuery(today=TODAY, q=q, with_facets=True, ordering=ordering, usage=usage)
        fast, slow = keeper.answer(query), sql.answer(query)
        assert fast is not None
        assert (fast.total, fast.ids, flat(fast.counts)) == (slow.total, slow.ids, flat(slow.counts))


@pytest.mark.parametrize("damage", [b"", b"oups", file.MAGIC + b"\0" * 30])
def test_a_damaged_file_is_ignored(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "kept").write_bytes(damage)
    assert file.load(tmp_path / "kept", day=TODAY) is None


def test_a_file_cut_short_is_ignored(tmp_path: Path) -> None:
    assert keeper.generation is not None
    file.save(keeper.generation, tmp_path / "kept")
    (tmp_path / "kept").write_bytes((tmp_path / "kept").read_bytes()[:-1])
    assert file.load(tmp_path / "kept", day=TODAY) is None


def test_postgresql_answers_while_there_is_no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    make_offer()
    keeper.generation = None
    assert search(OfferQuery(today=TODAY)).total == 1
    assert keeper._loader is None  # a process that serves no page loads nothing
    monkeypatch.setattr(keeper, "serves", True)
    assert search(OfferQuery(today=TODAY)).total == 1
    if keeper._loader is not None:
        keeper._loader.join()
    assert asked(OfferQuery(today=TODAY)).total == 1


def test_slots_of_changed_offers_are_cleared_without_changing_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("catalog.search.memory.keeper.REQUEST_SECONDS", -1)
    monkeypatch.setattr("catalog.search.memory.keeper.MOST_DEAD", 0)
    rng = seeded()
    known = insert(rng, 30)
    for turn in range(20):
        fresh, changed = random_row(rng, turn), rng.choice(known)
        OfferSearchRow.objects.filter(offer_id=changed["id"]).update(**fresh)
        changed.update(fresh)
        query = random_query(rng)
        check(asked(query), query, known)


def test_a_page_reads_the_tree_of_categories_again_only_once_it_has_changed(client: Client) -> None:
    make_offer()
    keeper.generation = build(rows.everything(), day=timezone.localdate())
    category = make_category("entrepots")
    client.get("/offres/")

    def page() -> tuple[str, int]:
        with CaptureQueriesContext(connection) as told:
            text = client.get("/offres/").content.decode()
        return text, sum("catalog_category_tree" in one["sql"] for one in told.captured_queries)

    text, trees = page()
    assert "Entrepots" in text
    assert trees == 0
    category.label = "Entrepôts de données"
    category.save()
    text, trees = page()
    assert "Entrepôts de données" in text
    assert trees == 1
    category.delete()
    text, trees = page()
    assert "Entrepôts de données" not in text
    assert (trees, page()[1]) == (1, 0)
