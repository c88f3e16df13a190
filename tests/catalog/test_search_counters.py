"""Sets filled up to be counted as bits: the same counts, and no slot left out is ever an offer's."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal

import numpy as np
from pyroaring import BitMap

from catalog.prices.usage import Usage
from catalog.search.memory.counters import FEW, HITS_A_VALUE, Counters
from catalog.search.memory.find import find
from catalog.search.memory.generation import build
from catalog.search.memory.rows import Row
from catalog.search.memory.store import CONTAINER, USABLE
from catalog.search.query import OfferQuery

TODAY = dt.date(2026, 3, 2)


def test_counts_are_those_of_the_sets_themselves_whatever_their_sizes() -> None:
    rng = random.Random()
    slots = [slot for slot in range(2 * CONTAINER) if slot % CONTAINER < USABLE]
    sizes = (0, 1, FEW - 1, 3000, 4096, 4097, 30_000)
    values = {str(size): BitMap(rng.sample(slots, size)) for size in sizes}
    counters = Counters(2 * CONTAINER)
    counters.put("model", values)
    for size in (*sizes, 2 * FEW, 2 * FEW + 1, 100_000):
        hits = BitMap(rng.sample(slots, size))
        plain = {value: len(hits & held) for value, held in values.items() if hits.intersect(held)}
        assert counters.count("model", counters.hits(hits)) == plain
    kept = [held.get_statistics() for held in counters.sets["model"].values()]
    assert (
        [told["n_bitset_containers"] for told in kept] == [told["n_containers"] for told in kept] == [3] * 7
    )


def test_a_value_met_later_is_counted_and_a_facet_not_counted_here_left_out() -> None:
    counters = Counters(10)
    counters.put("model", {"iaas": BitMap([1, 2])})
    counters.add("model", "saas", 3)
    counters.add("model", "iaas", 3)
    counters.add("certainly-not-a-main-facet", "x", 3)
    assert counters.count("model", counters.hits(BitMap([2, 3]))) == {"iaas": 2, "saas": 1}
    assert list(counters.sets) == ["model"]


def test_the_one_value_of_each_offer_is_counted_hit_by_hit_or_by_its_bits_alike() -> None:
    rng = random.Random()
    slots = [slot for slot in range(2 * CONTAINER) if slot % CONTAINER < USABLE]
    many = 90
    values = {f"c{n}" if n else "": BitMap() for n in range(many)}
    for slot in slots:
        if place := rng.randrange(many + 1):  # some have none
            values[f"c{place - 1}" if place > 1 else ""].add(slot)
    counters = Counters(2 * CONTAINER)
    counters.put("category", values)
    values["new"] = BitMap(range(2 * CONTAINER, 2 * CONTAINER + 3))
    for slot in values["new"]:
        counters.add("category", "new", slot)
    limit = HITS_A_VALUE * (many + 1) * counters.containers
    for size in (0, 1, 500, limit - 4, limit + 4, len(slots)):
        hits = BitMap(rng.sample(slots, size)) | values["new"]
        plain = {value: len(hits & held) for value, held in values.items() if hits.intersect(held)}
        assert counters.count("category", counters.hits(hits)) == plain
    assert limit + 7 < len(slots)
    nothing = counters.count("category", counters.hits(BitMap()))
    assert nothing == {}


def test_the_slots_left_out_at_the_end_of_a_container_are_no_offers() -> None:
    many = USABLE + 50
    rows = (
        Row(
            offer, True, sort_name=f"offre {offer:06}", fair=offer, seq=offer, numbers={}, statuses={},
            prices={"plans": ()}, tags=("model=saas" if offer % 3 else "model=iaas",),
        )
        for offer in range(1, many + 1)
    )  # fmt: skip
    generation = build([("1:1:", rows)], day=TODAY)
    assert len(generation.alive) == many
    assert generation.store.count == many + CONTAINER - USABLE
    left_out = BitMap(np.arange(USABLE, CONTAINER))
    assert not generation.alive.intersect(left_out)
    first = OfferQuery(TODAY, ordering="name", with_facets=True, counted=("model",))
    found = find(generation, first)
    assert (found.total, found.offers[:2]) == (many, (1, 2))
    assert found.counts["model"] == {"saas": many - many // 3, "iaas": many // 3}
    last = find(generation, OfferQuery(TODAY, ordering="name", page=-(-many // 20)))
    assert last.offers[-1] == many
    by_price = OfferQuery(TODAY, ordering="usage", usage=Usage(months=12, starts_on=TODAY, seats=Decimal(5)))
    assert find(generation, by_price).unpriced == many
