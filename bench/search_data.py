"""A catalogue invented for one run: vocabulary, correlations and sizes drawn from the seed, none kept.

Rows go straight to the search's table, with texts that PostgreSQL stems itself; what the search makes of
an offer's answers is tested elsewhere.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import itertools
import json
import multiprocessing
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any

from django.db import connection

from catalog.card_markup import edition, markup
from catalog.enums import Meter, PriceKind, PricePeriod
from catalog.models import Category, Offer, Supplier
from catalog.prices.components import Component, Tier
from catalog.prices.cost import PricedPlan
from catalog.prices.packed import packed
from catalog.search.facets import FACETS, MAIN_FACETS
from catalog.search.fields import fair_number

SYLLABLES = [
    "ba",
    "bro",
    "cal",
    "den",
    "dru",
    "fal",
    "gor",
    "hel",
    "jun",
    "kra",
    "lim",
    "mor",
    "nev",
    "pol",
    "qua",
    "ril",
    "sto",
    "tam",
    "ulm",
    "vro",
    "xan",
    "yor",
    "zeb",
]
COUNTRIES = ("FR", "DE", "NL", "ES", "IT", "CH", "US", "GB")
STATUSES = ("in_force", "unknown", "in_progress", "suspended", "renewal_pending", "announced")
LEVELS = ("label_1", "label_2", "label_3", "standard", "unknown")
COLUMNS = (
    "offer_id, is_public, sort_name, supplier_id, service_models, category, regions, open_source,"
    " price_eur_ht, secnumcloud, secnumcloud_until, hds, hds_until, gaiax, gaiax_until, listed_on, fair,"
    " tags, numbers, statuses, card, card_html, card_edition, prices"
)
TEXTS = "name, middle, rest"
CHUNK = 10_000


@dataclass
class Corpus:
    seed: int
    today: dt.date
    words: list[str] = field(default_factory=list)
    brands: list[str] = field(default_factory=list)
    categories: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)

    @property
    def common(self) -> list[str]:
        return self.words[:400]


def invent(seed: int, *, today: dt.date, uniform: bool = False) -> Corpus:
    """Words of three or four syllables, in an order of frequency drawn from the seed."""
    chance = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < 3000:
        found["".join(chance.choices(SYLLABLES, k=chance.choice((3, 3, 4)))) + "k"] = None
    brands = {"".join(chance.choices(SYLLABLES, k=5)) + "z": None for _ in range(8000)}
    categories = [f"c{n:03d}" for n in range(300 if uniform else 40)]
    weights = list(itertools.accumulate(1 / (rank + 2) for rank in range(len(found))))
    return Corpus(seed, today, list(found), list(brands), categories, weights)


def fill(corpus: Corpus, count: int, *, uniform: bool = False) -> None:
    """Into an empty, migrated database. `uniform`: the second shape, with one supplier that has 40 %."""
    chance = random.Random(corpus.seed + count)
    Category.objects.bulk_create(Category(code=code, label=f"Catégorie {code}") for code in corpus.categories)
    Supplier.objects.bulk_create(
        Supplier(name=f"Entreprise {n:04d}", slug=f"entreprise-{n:04d}", country="FR", size="pme")
        for n in range(2000 if count > 10_000 else 200)
    )
    suppliers = list(Supplier.objects.order_by("pk"))
    chance.shuffle(suppliers)
    with _filling():
        _draft(suppliers[0], count)
        starts = range(0, count, CHUNK)
        cores = min(os.cpu_count() or 1, len(starts))
        # A child opens its own.
        connection.close()
        fork = multiprocessing.get_context("fork")
        parts = [
            fork.Process(target=_part, args=(corpus, suppliers, starts[core::cores], uniform))
            for core in range(cores)
        ]
        for part in parts:
            part.start()
        for part in parts:
            part.join()
        if any(part.exitcode for part in parts):
            raise RuntimeError("a part of the catalogue was not filled: see above")
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE catalog_offersearchrow")


def _draft(supplier: Supplier, count: int) -> None:
    """`count` offers: one by the model, the others copied from it by the database, which names them."""
    first = Offer.objects.create(state="draft", supplier=supplier, name="B0", slug="b0")
    own = {"id", "uuid", "number", "name", "slug"}
    alike = ", ".join(field.column for field in Offer._meta.concrete_fields if field.column not in own)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO catalog_offer ({alike}, uuid, name, slug)"
            f" SELECT {alike}, gen_random_uuid(), 'B' || n, 'b' || n"
            " FROM catalog_offer, generate_series(1, %s) AS n WHERE id = %s",
            [count - 1, first.pk],
        )


def _part(corpus: Corpus, suppliers: list[Supplier], starts: Sequence[int], uniform: bool) -> None:
    for start in starts:
        chance = random.Random(f"{corpus.seed} {start}")
        offers = Offer.objects.order_by("pk").only("pk", "uuid")[start : start + CHUNK]
        _copy([_row(chance, corpus, offer, suppliers, uniform=uniform) for offer in offers])


# Made once, when all the rows are there: the words of a million rows one by one take most of the fill.
MADE_AFTER = ("search_row_text", "catalog_offer_name_trgm")


@contextlib.contextmanager
def _filling() -> Iterator[None]:
    """Without these indexes, and without the queue of what is to be indexed: there is nothing to index."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = ANY(%s)", [list(MADE_AFTER)])
        made = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"DROP INDEX {', '.join(MADE_AFTER)}")
        cursor.execute("ALTER TABLE catalog_offer DISABLE TRIGGER offer_change")
    yield
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE catalog_offer ENABLE TRIGGER offer_change")
        for statement in made:
            cursor.execute(statement)


def _copy(rows: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE IF NOT EXISTS bench_rows AS"
            f" SELECT {COLUMNS}, ''::text AS name, ''::text AS middle, ''::text AS rest"
            " FROM catalog_offersearchrow WITH NO DATA"
        )
        cursor.execute("TRUNCATE bench_rows")
        with cursor.copy(f"COPY bench_rows ({COLUMNS}, {TEXTS}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(
            f"INSERT INTO catalog_offersearchrow ({COLUMNS}, text, name_text) SELECT {COLUMNS},"
            " setweight(to_tsvector('catalog_french', name), 'A')"
            " || setweight(to_tsvector('catalog_french', middle), 'B')"
            " || setweight(to_tsvector('catalog_french', rest), 'C'),"
            " to_tsvector('catalog_french', name) FROM bench_rows"
        )


def _words(chance: random.Random, corpus: Corpus, count: int) -> list[str]:
    """A few words are everywhere and most are rare, as in real texts (Zipf)."""
    return chance.choices(corpus.words, cum_weights=corpus.weights, k=count)


def _row(
    chance: random.Random, corpus: Corpus, offer: Offer, suppliers: list[Supplier], *, uniform: bool
) -> tuple[Any, ...]:
    heavy = uniform and chance.random() < 0.4
    at = 0 if heavy else min(int(chance.paretovariate(0.8)) - 1, len(suppliers) - 1)
    supplier, quality = suppliers[at], (at % 10) / 10
    category = chance.choice(corpus.categories)
    name, rest = _words(chance, corpus, 7), _words(chance, corpus, 150)
    if chance.random() < 0.5:
        name[0] = chance.choice(corpus.brands)
    models = sorted(chance.sample(("iaas", "caas", "paas", "saas"), chance.choice((1, 1, 2))))
    regions = sorted(set(chance.choices(COUNTRIES, weights=(40, 9, 8, 7, 6, 5, 4, 3), k=2)))
    price = chance.randint(50, 900_000) / 100 if chance.random() < 0.7 else None
    status = {scheme: _status(chance, corpus, quality) for scheme in ("secnumcloud", "hds", "iso27001")}
    level = chance.choice(LEVELS) if chance.random() < quality else "unknown"
    title = " ".join(name).capitalize()
    card = _card(offer, supplier, title, rest, models, category, regions)
    return (
        offer.pk, True, title.lower(), supplier.pk, models, category, regions,
        chance.choice((True, False, None)), price, *status["secnumcloud"], *status["hds"], level, None,
        corpus.today - dt.timedelta(days=chance.randint(0, 900)), fair_number(str(offer.uuid)),
        sorted(_tags(chance, supplier, quality)), "{}", json.dumps({"iso27001": _kept(status["iso27001"])}),
        json.dumps(card), _markup(card, on=corpus.today), edition(), json.dumps(_prices(chance)),
        title, f"{supplier.name} {category}", " ".join(rest),
    )  # fmt: skip


# What differs from one invented card to the next: (keys of the card, what stands for it in a kept markup).
_HOLES = (
    (("number",), 987_654_321),
    (("name",), "Nomdelacarte"),
    (("supplier", "name"), "Nomdufournisseur"),
    (("category_label",), "Nomdelacategorie"),
    (("description",), "Texte de la carte"),
)
_CHECKED_EVERY = 2000


def _markup(card: dict[str, Any], *, on: dt.date) -> str:
    """`card_markup.markup`, by the template once for each set of models: the invented texts are plain
    letters, which it prints as they are. One card in two thousand is rendered, and compared."""
    html = _shape(tuple(card["service_models"]), json.dumps(card["marks"]), on)
    for keys, mark in _HOLES:
        html = html.replace(str(mark), str(_at(card, keys)))
    if card["number"] % _CHECKED_EVERY == 1 and html != markup(card, on=on):
        raise AssertionError("the markup kept of an invented card is not the template's")
    return html


@cache
def _shape(models: tuple[str, ...], marks: str, on: dt.date) -> str:
    card: dict[str, Any] = {**_PLAIN, "service_models": list(models), "marks": json.loads(marks)}
    card["supplier"] = dict(card["supplier"])
    for keys, mark in _HOLES:
        _at(card, keys[:-1])[keys[-1]] = mark
    return markup(card, on=on)


def _at(card: dict[str, Any], keys: tuple[str, ...]) -> Any:
    for key in keys:
        card = card[key]
    return card


def _status(chance: random.Random, corpus: Corpus, quality: float) -> tuple[str, dt.date | None]:
    if chance.random() > quality:
        return "unknown", None
    until = corpus.today + dt.timedelta(days=chance.randint(-200, 1000))
    return chance.choice(STATUSES), until if chance.random() < 0.9 else None


def _kept(status: tuple[str, dt.date | None]) -> dict[str, str | None]:
    return {"status": status[0], "until": status[1].isoformat() if status[1] else None, "base_until": None}


def _prices(chance: random.Random) -> dict[str, Any]:
    """One to three formulas: a fixed part, seats, often storage and egress, some by tiers."""
    plans = [
        PricedPlan("", f"Formule {n}", tuple(_lines(chance)), chance.choice((0, 0, 12, 36)))
        for n in range(chance.choice((0, 1, 1, 2, 3)))
    ]
    return packed(plans, vat_regime="normal")


def _lines(chance: random.Random) -> Iterator[Component]:
    yield _price(chance, "Forfait", Meter.OTHER, kind=PriceKind.FIXED)
    tiers = (Tier(Decimal(100), Decimal(5)), Tier(Decimal(1000), Decimal(3))) if chance.random() < 0.3 else ()
    yield _price(chance, "Poste", Meter.SEAT, tiers=tiers, included_quantity=Decimal(chance.choice((0, 10))))
    if chance.random() < 0.6:
        yield _price(chance, "Go", Meter.STORAGE_GB)
    if chance.random() < 0.3:
        yield _price(chance, "Go sorti", Meter.EGRESS_GB)


def _price(chance: random.Random, label: str, meter: Meter, **more: Any) -> Component:
    plain: dict[str, Any] = {"kind": PriceKind.UNIT, "period": PricePeriod.MONTH}
    amount = Decimal(chance.randint(1, 90_000)) / 1000
    return Component(code="", label=label, meter=meter, amount_eur_ht=amount, **plain | more)


def _tags(chance: random.Random, supplier: Supplier, quality: float) -> Iterator[str]:
    yield f"supplier={supplier.number}"
    for name, facet in FACETS.items():
        if not facet.sql and name != "supplier":
            values = list(facet.labels) or list(COUNTRIES)
            share = min(int(chance.expovariate(0.8 + quality)), len(values) - 1)
            yield f"{name}={values[share]}"


def _card(
    offer: Offer,
    supplier: Supplier,
    title: str,
    rest: list[str],
    models: list[str],
    category: str,
    regions: list[str],
) -> dict[str, Any]:
    mark = {
        "scheme": "secnumcloud", "status": "in_force", "until": "2029-01-01", "base_until": None,
        "undermined": False, "origin": "register", "milestone": "", "level": "",
    }  # fmt: skip
    return {
        **_PLAIN, "id": str(offer.uuid), "number": offer.pk, "name": title,
        "supplier": {
            "number": supplier.number, "slug": supplier.slug, "name": supplier.name, "size": "pme",
            "country": "FR",
        },
        "service_models": models, "category": category, "category_label": f"Catégorie {category}",
        "description": " ".join(rest)[:220], "regions": regions,
        "marks": [mark, {**mark, "scheme": "iso27001"}],
    }  # fmt: skip


# What all the cards say alike.
_PLAIN: dict[str, Any] = {
    "slug": "offre",
    "supplier": {"number": 1, "slug": "", "name": "", "size": "pme", "country": "FR"},
    "state": "listed",
    "regions": [],
    "open_source": None,
    "is_internal_state": False,
    "orderable": True,
    "price": {"amount_eur_ht": "12.50", "unit": "poste", "period": "month", "kind": "unit"},
}


COUNTED = MAIN_FACETS
