"""Counts and order against plain Python on random catalogues; what the words find."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.filters import OfferFilterSet
from catalog.models import Offer, OfferSearchRow
from catalog.models.trust import status_by_the_clock
from catalog.search.engine import search, spelling, total_without
from catalog.search.facets import FACETS, PRICE_STEPS
from catalog.search.query import OfferQuery
from tests.catalog.builders import make_offer, make_supplier

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 22)
MODELS = ("iaas", "paas", "saas", "caas")
CATEGORIES = ("data", "security", "")
STATUSES = ("in_force", "suspended", "none", "unknown", "in_progress", "renewal_pending")
LEVELS = ("label_1", "label_2", "unknown")
REGIONS = ("FR", "DE", "EU", "unknown")
PRICES = (None, Decimal(5), Decimal(10), Decimal("99.5"), Decimal(4000))
UNTIL = (None, TODAY - dt.timedelta(1), TODAY, TODAY + dt.timedelta(180), TODAY + dt.timedelta(400))


def random_rows(rng: random.Random, count: int) -> list[dict[str, Any]]:
    return [
        {
            "is_public": rng.random() > 0.1,
            "sort_name": rng.choice("abcde") + str(n % 7),
            "service_models": sorted(rng.sample(MODELS, rng.randint(0, 3))),
            "category": rng.choice(CATEGORIES),
            "regions": sorted(rng.sample(REGIONS, rng.randint(1, 2))),
            "open_source": rng.choice((True, False, None)),
            "price_eur_ht": rng.choice(PRICES),
            **{f"{s}": rng.choice(STATUSES) for s in ("secnumcloud", "hds")},
            "gaiax": rng.choice(LEVELS),
            **{f"{s}_until": rng.choice(UNTIL) for s in ("secnumcloud", "hds", "gaiax")},
            **{f"{s}_base_until": rng.choice(UNTIL) for s in ("secnumcloud", "hds", "gaiax")},
        }
        for n in range(count)
    ]


def insert(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    supplier = make_supplier()
    offers = Offer.objects.bulk_create(
        [Offer(state="draft", supplier=supplier, name=f"O{n}", slug=f"o{n}") for n in range(len(rows))]
    )
    OfferSearchRow.objects.bulk_create(
        [
            OfferSearchRow(offer=offer, supplier=supplier, card={"n": offer.pk}, **row)
            for offer, row in zip(offers, rows, strict=True)
        ]
    )
    return [{**row, "id": offer.pk} for offer, row in zip(offers, rows, strict=True)]


def values(row: dict[str, Any], facet: str) -> set[str]:
    """The oracle's own reading of a row."""
    if facet == "model":
        return set(row["service_models"])
    if facet == "region":
        return set(row["regions"])
    if facet == "category":
        return {row["category"]}
    if facet == "open_source":
        return {{True: "true", False: "false", None: "unknown"}[row["open_source"]]}
    if facet == "gaiax":
        ends = [e for e in (row["gaiax_until"], row["gaiax_base_until"]) if e]
        return {"expired"} if ends and min(ends) < TODAY else {row["gaiax"]}
    return {
        status_by_the_clock(
            row[facet], until=row[f"{facet}_until"], on=TODAY, base_until=row[f"{facet}_base_until"]
        ).value
    }


def passes(row: dict[str, Any], query: OfferQuery, *, but: str = "") -> bool:
    if not row["is_public"]:
        return False
    for name, chosen in query.facets.items():
        if name != but and chosen and not values(row, name) & set(chosen):
            return False
    price = row["price_eur_ht"]
    return but == "price_max" or query.price_max is None or (price is not None and price <= query.price_max)


def random_query(rng: random.Random) -> OfferQuery:
    pool = {
        "model": MODELS, "category": ("data", "security"), "secnumcloud": (*STATUSES, "expired", "expiring"),
        "hds": (*STATUSES, "expired", "expiring"), "gaiax": (*LEVELS, "expired"), "region": REGIONS,
        "open_source": ("true", "false", "unknown"),
    }  # fmt: skip
    names = rng.sample(sorted(pool), rng.randint(0, 3))
    return OfferQuery(
        today=TODAY,
        facets={n: tuple(rng.sample(pool[n], rng.randint(1, 2))) for n in names},
        price_max=rng.choice((None, None, Decimal(10), Decimal(100))),
        ordering=rng.choice(("", "name", "-name", "price", "-price")),
        page=rng.randint(1, 3),
        page_size=7,
        with_facets=True,
    )


def ordered(rows: list[dict[str, Any]], ordering: str) -> list[int]:
    if ordering == "-name":
        return [r["id"] for r in sorted(rows, key=lambda r: (r["sort_name"], r["id"]), reverse=True)]
    if ordering in ("price", "-price"):
        sign = -1 if ordering == "-price" else 1
        key = lambda r: (r["price_eur_ht"] is None, sign * (r["price_eur_ht"] or 0), r["sort_name"], r["id"])  # noqa: E731
        return [r["id"] for r in sorted(rows, key=key)]
    return [r["id"] for r in sorted(rows, key=lambda r: (r["sort_name"], r["id"]))]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32))
def test_counts_ids_and_order_equal_those_of_plain_python(seed: int) -> None:
    rng = random.Random(seed)
    OfferSearchRow.objects.all().delete()
    rows = insert(random_rows(rng, 60))
    for _ in range(6):
        query = random_query(rng)
        page = search(query, categories={"data": "Données", "security": "Sécurité"})
        found = [row for row in rows if passes(row, query)]
        assert page.total == len(found)
        start = (query.page - 1) * query.page_size
        assert list(page.ids) == ordered(found, query.ordering)[start : start + query.page_size]
        for name in FACETS:
            expected = Counter(
                v for row in rows if passes(row, query, but=name) for v in values(row, name) if v
            )
            assert {v.value: v.count for v in page.facets[name] if v.count} == dict(expected), name
        prices = [
            r["price_eur_ht"]
            for r in rows
            if passes(r, query, but="price_max") and r["price_eur_ht"] is not None
        ]
        told = {v.value: v.count for v in page.facets["price_max"]}
        assert {s: told[s] for s in PRICE_STEPS} == {s: sum(p <= int(s) for p in prices) for s in PRICE_STEPS}
        for name in query.used:
            assert total_without(query, name) == sum(passes(r, query.without(name)) for r in rows)


def found(text: str, **more: Any) -> list[str]:
    query = OfferQuery(today=TODAY, q=text, **more)
    return [card["name"] for card in search(query).cards]


def test_words_are_found_without_accents_in_any_form_and_names_first() -> None:
    make_offer(answers={"name": "Alpha", "description": "Messageries sécurisées pour les agents."})
    make_offer(answers={"name": "Messagerie Zéta", "description": "Autre chose."})
    assert found("messagerie") == ["Messagerie Zéta", "Alpha"]
    assert found("securisee") == ["Alpha"]
    assert found("zeta") == ["Messagerie Zéta"]
    assert found("messagerie -zéta") == ["Alpha"]
    assert found("le de") == ["Alpha", "Messagerie Zéta"]
    assert found("introuvable") == []
    assert spelling("mesagerie") == "messagerie"
    assert spelling("quetzalcoatl") is None


def test_a_change_shows_in_the_next_search_and_moves_the_version() -> None:
    from catalog.actions.reviews import accept, propose
    from marketplace.accounts.actors import Actor
    from tests.builders import actor_for, make_member

    member = make_member("supplier_manager")
    offer = make_offer(organisation=member.organisation, answers={"name": "Avant"})
    before = search(OfferQuery(today=TODAY)).version
    draft = offer.versions.get().successor(created_by=None)
    draft.answers = {**draft.answers, "name": "Après"}
    draft.save()
    review = propose(offer, actor=Actor.of(member))
    assert found("Avant") == ["Avant"]
    accept(review, actor=actor_for("curator"))
    assert (found("Avant"), found("Après")) == ([], ["Après"])
    assert search(OfferQuery(today=TODAY)).version != before


@pytest.mark.parametrize("state", ["draft", "withdrawn", "removed"])
def test_closed_and_draft_offers_are_not_found(state: str) -> None:
    make_offer(state=state, answers={"name": "Cachée"})
    assert found("cachée") == []


def read(text: str, *, lenient: bool = True) -> OfferFilterSet:
    filters = OfferFilterSet(QueryDict(text), lenient=lenient)
    filters.valid = filters.is_valid()  # type: ignore[attr-defined]
    return filters


def test_parameters_are_read_alike_and_what_is_unknown_is_said() -> None:
    strange = read(
        "q=a%00b&couleur=bleu&hds=oups&hds=IN_FORCE&model=SaaS&open_source=oui&price_max=abc&page=2"
    )
    query = strange.query()
    assert strange.ignored == ["couleur", "hds=oups", "price_max"]
    assert query.q == "a b"
    assert query.facets == {"model": ("saas",), "hds": ("in_force",), "open_source": ("true",)}
    assert query.price_max is None


def test_the_api_names_the_wrong_value() -> None:
    strict = read("hds=oups&price_max=-3&couleur=bleu", lenient=False)
    assert set(strict.errors) == {"hds", "price_max"}
    assert strict.unknown == ["couleur"]


def test_a_search_is_two_statements_whatever_the_rows() -> None:
    for _ in range(3):
        make_offer()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        search(OfferQuery(today=TODAY, with_facets=True))
    assert len(queries) == 2
