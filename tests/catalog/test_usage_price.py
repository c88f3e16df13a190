"""The price of a usage: its rule, and the same figure in plain Python, in SQL and in the index's arrays."""

from __future__ import annotations

import json
from decimal import Decimal as D
from typing import Any

import numpy as np
import pytest
from django.db import connection

from catalog.enums import Meter, PriceKind
from catalog.models import OfferSearchRow
from catalog.prices.components import Component
from catalog.prices.cost import PricedPlan, cost
from catalog.prices.packed import packed, unpacked
from catalog.prices.usage import ExitTerms, Usage
from catalog.prices.usage_price import NO_PRICE, OTHER_PRICES, TOO_LARGE, usage_price
from catalog.search import sql_prices
from catalog.search.memory.prices import UNKNOWN, Prices
from tests.catalog.builders import make_offer
from tests.catalog.invented_prices import STARTS, random_plans, random_usage
from tests.catalog.search_oracle import seeded
from tests.catalog.test_cost import price

SEATS = Usage(months=12, starts_on=STARTS, seats=D(10))


def plan(name: str, *components: Component, months: int = 0) -> PricedPlan:
    return PricedPlan("", name, components, months)


def test_the_cheapest_formula_that_prices_it_all_even_when_another_is_cheaper_in_part() -> None:
    partial = plan("Partielle", price("1"))
    dear = plan("Chère", price("9"), price("1", meter=Meter.EGRESS_GB))
    fair = plan("Juste", price("8"), price("1", meter=Meter.EGRESS_GB))
    found = usage_price([partial, dear, fair], usage=Usage(12, STARTS, seats=D(10), egress_gb=D(5)))
    assert (found.plan, found.total_eur_ht, found.missing) == ("Juste", D(85 * 12), ())


@pytest.mark.parametrize(
    ("plans", "missing"),
    [
        ([], (NO_PRICE,)),
        ([plan("A", price("1", meter=Meter.STORAGE_GB))], ("le prix du poste n’est pas publié",)),
        ([plan("A", price("1", kind=PriceKind.EXIT))], ("le prix du poste n’est pas publié",)),
        (
            [plan("A", price("1"), price("1", meter=Meter.OTHER, label="Requêtes"))],
            ("la quantité à compter pour «\u00a0Requêtes\u00a0» ne se déduit pas de l’usage",),
        ),
        ([plan("A", price("999999999999"))], (TOO_LARGE,)),
        ([plan("A", price("90000000000"))], (TOO_LARGE,)),
    ],
)
def test_what_is_missing_is_named(plans: list[PricedPlan], missing: tuple[str, ...]) -> None:
    found = usage_price(plans, usage=SEATS)
    assert (found.total_eur_ht, found.missing) == (None, missing)


def test_a_usage_that_no_line_counts_has_no_price() -> None:
    found = usage_price([plan("A", price("1"))], usage=Usage(12, STARTS))
    assert (found.total_eur_ht, found.missing) == (None, (OTHER_PRICES,))


def test_it_is_the_cost_of_the_page_less_what_leaving_costs() -> None:
    one = plan("A", price("8"), price("500", kind=PriceKind.EXIT), months=24)
    whole = cost(one, usage=SEATS, terms=ExitTerms(notice_months=D(3)))
    found = usage_price([one], usage=SEATS)
    assert (found.total_eur_ht, found.months) == (whole.use_eur_ht, 24)
    assert whole.total_eur_ht > whole.use_eur_ht


def in_sql(rows: list[dict[str, Any]], usage: Usage) -> list[D | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {sql_prices.USAGE_PRICE} FROM unnest(%(rows)s::jsonb[])"
            " WITH ORDINALITY AS one(prices, n) ORDER BY n",
            {"rows": [json.dumps(row) for row in rows]} | sql_prices.parameters(usage),
        )
        return [found for (found,) in cursor.fetchall()]


@pytest.mark.django_db
def test_postgresql_finds_the_price_of_plain_python() -> None:
    rng = seeded()
    known = 0
    for _ in range(30):
        usage, lists = random_usage(rng), [random_plans(rng) for _ in range(40)]
        expected = [usage_price(plans, usage=usage).total_eur_ht for plans in lists]
        assert in_sql([packed(plans) for plans in lists], usage) == expected
        known += sum(total is not None for total in expected)
    assert known > 60


@pytest.mark.django_db
def test_what_is_kept_beside_the_search_row_gives_back_the_price_list() -> None:
    rng = seeded()
    plans = tuple(plan for _ in range(30) for plan in random_plans(rng))
    assert unpacked(packed(plans)) == plans
    offer = make_offer(price="12.5", answers={"vat_regime": "normal"})
    row = OfferSearchRow.objects.get(offer=offer)
    assert row.prices["vat_regime"] == "normal"
    (kept,) = unpacked(row.prices)
    assert [(line.label, line.amount_eur_ht) for line in kept.components] == [("Abonnement", D("12.5"))]


def test_the_arrays_find_the_price_of_plain_python_for_all_and_for_some() -> None:
    rng = seeded()
    lists = [random_plans(rng) for _ in range(600)]
    kept = Prices()
    for slot, plans in enumerate(lists):
        kept.add(slot, packed(plans))
    for _ in range(40):
        usage = random_usage(rng)
        expected = [usage_price(plans, usage=usage).total_eur_ht for plans in lists]
        for slots in (range(600), sorted(rng.sample(range(600), 50)), []):
            found = kept.totals(usage, np.array(slots, dtype=np.uint32)).tolist()
            assert [None if cents == UNKNOWN else D(cents) / 100 for cents in found] == [
                expected[slot] for slot in slots
            ]
