"""The rule of the search in plain Python over invented rows: neither SQL nor bitmaps."""

from __future__ import annotations

import datetime as dt
import json
import os
import random
import sys
from collections import Counter
from decimal import Decimal
from typing import Any

from catalog.categories import tree_of
from catalog.models import Offer, OfferSearchRow
from catalog.models.trust import status_by_the_clock
from catalog.prices.packed import unpacked
from catalog.prices.usage_price import usage_price
from catalog.search.facets import PRICE_STEPS
from catalog.search.fairness import fair_rank
from catalog.search.query import OfferPage, OfferQuery
from tests.catalog.builders import make_supplier
from tests.catalog.invented_prices import random_prices, random_usage

TODAY = dt.date(2026, 11, 22)
MODELS = ("iaas", "paas", "saas", "caas")
STATUSES = ("in_force", "suspended", "none", "unknown", "in_progress", "renewal_pending")
READ = (*STATUSES, "expired", "expiring")
LEVELS = ("label_1", "label_2", "unknown")
REGIONS = ("FR", "DE", "EU", "unknown")
PRICES = (None, Decimal(5), Decimal(10), Decimal("99.5"), Decimal(4000))
UNTIL = (None, TODAY - dt.timedelta(1), TODAY, TODAY + dt.timedelta(180), TODAY + dt.timedelta(400))
COLUMNS = ("secnumcloud", "hds", "gaiax")
# Their statuses are kept together in one column.
KEPT = ("iso27001", "c5", "cspn")
TAGS = {
    "orderable": ("true", "false"),
    "supplier_size": ("pme", "ge", "unknown"),
    "supplier_country": ("FR", "DE"),
    "public_prices": ("true", "false", "unknown"),
}
CHOICES: dict[str, tuple[str, ...]] = {
    "model": MODELS,
    "category": ("platform", "stores", "data", "files", "security"),
    "secnumcloud": READ,
    "hds": READ,
    "iso27001": READ,
    "gaiax": (*LEVELS, "expired"),
    "region": REGIONS,
    "open_source": ("true", "false", "unknown"),
    **TAGS,
}
# Code → what stands above it, nearest first.
ABOVE = {"data": ("stores", "platform"), "files": ("platform",), "stores": ("platform",)}
TREE = tree_of(
    json.dumps(
        [
            [code, code, code.capitalize(), (ABOVE.get(code) or (None,))[0], None, "open"]
            for code in ("platform", "stores", "data", "files", "security")
        ]
    ).encode()
)
ORDERINGS = ("", "name", "-name", "price", "-price", "-listed_on", "usage", "usage")


def seeded() -> random.Random:
    """Fresh each time; a failing test shows the seed."""
    seed = int(os.environ.get("SEARCH_SEED") or random.SystemRandom().randrange(2**32))
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


def random_row(rng: random.Random, n: int) -> dict[str, Any]:
    return {
        "is_public": rng.random() > 0.1,
        "sort_name": rng.choice("abcde") + str(n % 7),
        "service_models": sorted(rng.sample(MODELS, rng.randint(0, 3))),
        "category": rng.choice(("data", "files", "stores", "security", "")),
        "regions": sorted(rng.sample(REGIONS, rng.randint(1, 2))),
        "open_source": rng.choice((True, False, None)),
        "price_eur_ht": rng.choice(PRICES),
        "listed_on": rng.choice((None, TODAY, TODAY - dt.timedelta(9))),
        "fair": rng.randint(1, 2**31 - 2),
        "tags": sorted(f"{name}={rng.choice(values)}" for name, values in TAGS.items()),
        "statuses": rng.choice(({}, {"iso27001": _status(rng)})),
        "prices": random_prices(rng),
        **{scheme: rng.choice(STATUSES if scheme != "gaiax" else LEVELS) for scheme in COLUMNS},
        **{f"{scheme}_until": rng.choice(UNTIL) for scheme in COLUMNS},
        **{f"{scheme}_base_until": rng.choice(UNTIL) for scheme in COLUMNS},
    }


def _status(rng: random.Random) -> dict[str, str | None]:
    ends = [rng.choice(UNTIL), rng.choice(UNTIL)]
    until, base = (end.isoformat() if end else None for end in ends)
    return {"status": rng.choice(STATUSES), "until": until, "base_until": base}


def insert(rng: random.Random, count: int) -> list[dict[str, Any]]:
    supplier = make_supplier()
    rows = [random_row(rng, n) for n in range(count)]
    offers = Offer.objects.bulk_create(
        Offer(state="draft", supplier=supplier, name=f"O{n}", slug=f"o{n}") for n in range(count)
    )
    OfferSearchRow.objects.bulk_create(
        OfferSearchRow(offer=offer, supplier=supplier, card={"n": offer.pk}, **row)
        for offer, row in zip(offers, rows, strict=True)
    )
    return [{**row, "id": offer.pk} for offer, row in zip(offers, rows, strict=True)]


def random_query(rng: random.Random, rows: list[dict[str, Any]] | None = None) -> OfferQuery:
    """With `rows`: sometimes among a part of them only."""
    among = frozenset(row["id"] for row in rows if rng.random() > 0.5) if rows else None
    names = rng.sample(sorted(CHOICES), rng.randint(0, 3))
    least = rng.choice((None, None, Decimal("7.5")))
    return OfferQuery(
        today=TODAY,
        facets={name: tuple(rng.sample(CHOICES[name], rng.randint(1, 2))) for name in names},
        price_max=rng.choice((None, None, Decimal(10), Decimal(100))),
        ranges={"price": (least, None)} if least else {},
        ordering=rng.choice(ORDERINGS),
        usage=rng.choice((None, random_usage(rng), random_usage(rng))),
        page=rng.randint(1, 3),
        page_size=7,
        with_facets=True,
        branches=TREE.under,
        only=rng.choice((None, among)),
    )


def values(row: dict[str, Any], facet: str) -> set[str]:
    """The oracle's own reading of a row."""
    if facet == "model":
        return set(row["service_models"])
    if facet == "region":
        return set(row["regions"])
    if facet == "category":
        return {row["category"], *ABOVE.get(row["category"], ())}
    if facet == "open_source":
        return {{True: "true", False: "false", None: "unknown"}[row["open_source"]]}
    if facet == "gaiax":
        ends = [e for e in (row["gaiax_until"], row["gaiax_base_until"]) if e]
        return {"expired"} if ends and min(ends) < TODAY else {row["gaiax"]}
    if facet in KEPT:
        kept = row["statuses"].get(facet) or {"status": "unknown", "until": None, "base_until": None}
        until, base = (kept[k] and dt.date.fromisoformat(kept[k]) for k in ("until", "base_until"))
        return {status_by_the_clock(kept["status"], until=until, on=TODAY, base_until=base).value}
    if facet in COLUMNS:
        until, base = row[f"{facet}_until"], row[f"{facet}_base_until"]
        return {status_by_the_clock(row[facet], until=until, on=TODAY, base_until=base).value}
    return {tag.partition("=")[2] for tag in row["tags"] if tag.startswith(f"{facet}=")}


def passes(row: dict[str, Any], query: OfferQuery, *, but: str = "") -> bool:
    if not row["is_public"] or (query.only is not None and row["id"] not in query.only):
        return False
    for name, chosen in query.facets.items():
        if name != but and chosen and not values(row, name) & set(chosen):
            return False
    least, most = query.bounds.get("price", (None, None))
    price = row["price_eur_ht"]
    if but == "price_max" or (least, most) == (None, None):
        return True
    return price is not None and (least is None or price >= least) and (most is None or price <= most)


def ordered(rows: list[dict[str, Any]], query: OfferQuery) -> list[int]:
    """Equals by the fair order of the day; names from A to Z by offer."""
    if query.ordering in ("name", "-name"):
        by_name = sorted(rows, key=lambda row: (row["sort_name"], row["id"]))
        return [row["id"] for row in (by_name[::-1] if query.ordering == "-name" else by_name)]

    def key(row: dict[str, Any]) -> tuple[Any, ...]:
        price, listed, total = row["price_eur_ht"], row["listed_on"], _total(row, query)
        first: dict[str, tuple[Any, ...]] = {
            "price": (price is None, price or 0),
            "-price": (price is None, -(price or 0)),
            "usage": (total is None, total or 0),
            "-listed_on": (listed is None, -listed.toordinal() if listed else 0),
        }
        return (*first.get(query.ordering, ()), fair_rank(row["fair"], day=query.today), row["id"])

    return [row["id"] for row in sorted(rows, key=key)]


def _total(row: dict[str, Any], query: OfferQuery) -> Decimal | None:
    """None too when no usage was told: the order is then the fair one."""
    if query.ordering != "usage" or query.usage is None:
        return None
    return usage_price(unpacked(row["prices"]), usage=query.usage).total_eur_ht


def check(page: OfferPage, query: OfferQuery, rows: list[dict[str, Any]]) -> None:
    """Total, ids in order, and every count of every facet."""
    found = [row for row in rows if passes(row, query)]
    assert page.total == len(found)
    if query.ordering == "usage" and query.usage and page.ids:
        assert page.unpriced == sum(_total(row, query) is None for row in found)
    assert list(page.ids) == ordered(found, query)[query.first : query.first + query.page_size]
    for name in CHOICES:
        counted = Counter(
            value for row in rows if passes(row, query, but=name) for value in values(row, name) if value
        )
        assert {v.value: v.count for v in page.facets[name] if v.count} == dict(counted), name
    prices = [row["price_eur_ht"] for row in rows if passes(row, query, but="price_max")]
    told = {value.value: value.count for value in page.facets["price_max"]}
    assert {step: told[step] for step in PRICE_STEPS} == {
        step: sum(price is not None and price <= int(step) for price in prices) for step in PRICE_STEPS
    }
