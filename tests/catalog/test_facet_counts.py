"""Every number on the page of filters equals the one counted in plain Python, whatever is chosen."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import Counter
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from catalog.models import Category, Offer, OfferSearchRow
from catalog.search.facets import FACETS, MAIN_FACETS, PRICE_MAX, PRICE_STEPS, Facet
from catalog.search.query import OfferQuery
from tests.catalog import search_oracle as oracle
from tests.catalog.builders import make_offer, make_supplier

pytestmark = pytest.mark.django_db
ROWS, ROUNDS = 45, 5
NOON = dt.datetime.combine(oracle.TODAY, dt.time(12), tzinfo=dt.UTC)
PLACES = ("FR", "DE", "EU", "unknown")
NUMBER = re.compile(r'id="n-([a-z0-9_]+)-([^"]+)">\(([^)]*)\)<')


def known_values(facet: Facet, suppliers: list[str]) -> list[str]:
    """What a row of this test may say of a facet that has no column of its own."""
    return suppliers if facet.name == "supplier" else list(facet.labels) or list(PLACES)


def insert(rng: random.Random) -> list[dict[str, Any]]:
    """Rows that say something of every facet; the card of a real offer, so that a list can show them."""
    real = OfferSearchRow.objects.get(pk=make_offer().pk)
    OfferSearchRow.objects.filter(pk=real.pk).delete()
    for code in ("platform", "stores", "data", "files", "security"):
        above = Category.objects.filter(code=oracle.ABOVE.get(code, ("",))[0]).first()
        place = {"label": code, "parent": above, "level": above.level + 1 if above else 1}
        Category.objects.update_or_create(code=code, defaults=place)
    makers = [make_supplier() for _ in range(3)]
    rows = []
    for n in range(ROWS):
        offer = Offer.objects.create(state="draft", supplier=makers[n % 3], name=f"O{n}", slug=f"o{n}")
        row = oracle.random_row(rng, n) | {"tags": tags(rng, str(makers[n % 3].number), makers)}
        row["statuses"] = {scheme: oracle._status(rng) for scheme in oracle.KEPT if rng.random() > 0.3}
        OfferSearchRow.objects.create(offer=offer, supplier=offer.supplier, card=real.card, **row)
        rows.append(row | {"id": offer.pk})
    return rows


def tags(rng: random.Random, maker: str, makers: list[Any]) -> list[str]:
    said = [f"supplier={maker}"]
    for name, facet in FACETS.items():
        if facet.sql or name == "supplier":
            continue
        values = known_values(facet, [])
        several = rng.sample(values, min(len(values), rng.randint(1, 2)))
        said += [f"{name}={value}" for value in several]
    return sorted(said)


def chosen(rng: random.Random, rows: list[dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Up to two facets, each on values that some row has."""
    found = {}
    for name in rng.sample(sorted(FACETS), rng.randint(0, 2)):
        told = sorted({value for row in rows for value in oracle.values(row, name) if value})
        found[name] = tuple(rng.sample(told, min(len(told), rng.randint(1, 2))))
    return found


def read(page: str) -> dict[str, Counter[str]]:
    """Facet → value → number on the page; « aucune » is 0."""
    told: dict[str, Counter[str]] = {}
    for name, value, number in NUMBER.findall(page):
        told.setdefault(name, Counter())[value] = 0 if number == "aucune" else int(number)
    return told


def counted(rows: list[dict[str, Any]], query: OfferQuery, name: str) -> Counter[str]:
    if name == PRICE_MAX:
        prices = [r["price_eur_ht"] for r in rows if oracle.passes(r, query, but=PRICE_MAX)]
        return Counter({step: sum(p is not None and p <= int(step) for p in prices) for step in PRICE_STEPS})
    found = (row for row in rows if oracle.passes(row, query, but=name))
    return Counter(value for row in found for value in oracle.values(row, name) if value)


def test_every_facet_of_both_pages(client: Client) -> None:
    rng = oracle.seeded()
    with time_machine.travel(NOON, tick=False):
        rows = insert(rng)
        for round_ in range(ROUNDS):
            facets = chosen(rng, rows) if round_ else {}
            query = OfferQuery(today=oracle.TODAY, facets=facets)
            address = urlencode(facets, doseq=True)
            whole = client.get(f"/offres/filtres/?{address}").content.decode()
            listed = client.get(f"/offres/?{address}").content.decode()
            check(read(whole), rows, query, names={*FACETS, PRICE_MAX})
            check(read(listed), rows, query, names={*MAIN_FACETS, *facets})


def check(
    told: dict[str, Counter[str]], rows: list[dict[str, Any]], query: OfferQuery, *, names: set[str]
) -> None:
    assert set(told) == names, "a facet without a number, or one that nobody asked for"
    for name in sorted(names):
        right = counted(rows, query, name)
        assert +told[name] == +right, f"{name} with {query.facets}"
        assert all(right[value] == 0 for value, number in told[name].items() if not number), name
