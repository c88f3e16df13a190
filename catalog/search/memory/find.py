"""The answer of one generation: hits, exact counts, one page of slots. No SQL but for phrases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from pyroaring import BitMap

from catalog.prices.usage import Usage
from catalog.search.facets import FACETS, PRICE_MAX, PRICE_STEPS
from catalog.search.fairness import PRIME
from catalog.search.memory.columns import MICRO
from catalog.search.memory.generation import Generation
from catalog.search.memory.prices import UNKNOWN
from catalog.search.memory.store import ABSENT, bitmap, ids
from catalog.search.memory.text import Text
from catalog.search.query import Bounds, OfferQuery, Reading

# A facet of many values, one an offer, is counted from its column rather than value by value.
MANY_VALUES = 200
DIRECT = {"name": ("name", False), "-name": ("name", True)}
ORDERS = ("price", "-price", "-listed_on")


@dataclass(frozen=True, slots=True)
class Found:
    total: int
    offers: tuple[int, ...]
    counts: Mapping[str, Mapping[str, int]]
    readings: tuple[Reading, ...]
    unpriced: int = 0


def find(generation: Generation, query: OfferQuery) -> Found:
    text = Text(generation, query.q)
    filters = dict(_filters(generation, query))
    base = text.hits if query.only is None else text.hits & _slots(generation, query.only)
    hits = base
    for chosen in filters.values():
        hits = hits & chosen
    counts = _counts(generation, query, base=base, filters=filters, hits=hits) if query.with_facets else {}
    unpriced = 0
    if query.priced_usage is None:
        slots = _page(generation, query, hits, text)
    else:
        slots, unpriced = _cheapest(generation, query, query.priced_usage, hits)
    offers = generation.store.offers.values
    return Found(len(hits), tuple(offers[slots].tolist()), counts, text.readings, unpriced)


def _slots(generation: Generation, offers: Iterable[int]) -> BitMap:
    """Where these offers stand. A slot that a later generation gave is in no hit of this one: whoever
    finds the index late answers again."""
    slots = generation.store.slots
    return BitMap([slot for offer in offers if (slot := slots.get(offer)) is not None])


def _filters(generation: Generation, query: OfferQuery) -> Iterator[tuple[str, BitMap]]:
    """Name of each filter in use → the slots it lets through."""
    for name, chosen in query.facets.items():
        if chosen:
            values = values_of(generation, name)
            found = [values.get(value, _NOTHING) for value in query.wanted(name)]
            yield name, found[0] if len(found) == 1 else BitMap.union(_NOTHING, *found)
    for name, bounds in query.bounds.items():
        yield f"range {name}", _range(generation, name, bounds)


_NOTHING = BitMap()


def values_of(generation: Generation, name: str) -> dict[str, BitMap]:
    return generation.today.values_of(name)


def _range(generation: Generation, name: str, bounds: Bounds) -> BitMap:
    store = generation.store
    column = store.price if name == "price" else store.numbers.get(name)
    if column is None:
        return BitMap()
    numbers = column.values[: store.count]
    least, most = bounds
    inside = numbers != ABSENT
    if least is not None:
        inside &= numbers >= _micro(least, up=True)
    if most is not None:
        inside &= numbers <= _micro(most, up=False)
    return bitmap(np.flatnonzero(inside))


def _micro(number: Decimal, *, up: bool) -> int:
    """Millionths within 64 bits: a bound finer than what is stored moves inwards."""
    scaled = number * MICRO
    whole = int(scaled)
    if up and whole < scaled:
        whole += 1
    if not up and whole > scaled:
        whole -= 1
    return max(min(whole, 2**63 - 1), ABSENT + 1)


def _counts(
    generation: Generation, query: OfferQuery, *, base: BitMap, filters: dict[str, BitMap], hits: BitMap
) -> dict[str, dict[str, int]]:
    """Each facet under every filter but its own."""
    wanted = tuple(FACETS) + (PRICE_MAX,) if query.counted is None else query.counted
    own = {PRICE_MAX if name == "range price" else name: name for name in filters}
    counters = generation.today.counters
    of_all = counters.hits(hits)
    found: dict[str, dict[str, int]] = {}
    for name in wanted:
        within = _without(base, filters, own[name]) if name in own else hits
        if name not in counters.sets:
            found[name] = _by_value(generation, name, within)
            continue
        found[name] = counters.count(name, of_all if within is hits else counters.hits(within))
        if name == PRICE_MAX:
            found[name] = dict(_price_steps(found[name]))
    return found


def _by_value(generation: Generation, name: str, within: BitMap) -> dict[str, int]:
    values = values_of(generation, name)
    if len(values) > MANY_VALUES and name == "supplier":
        return dict(_by_column(generation, within))
    count_in = within.intersection_cardinality
    return {value: count for value, slots in list(values.items()) if (count := count_in(slots))}


def _without(base: BitMap, filters: dict[str, BitMap], name: str) -> BitMap:
    found = base
    for other, chosen in filters.items():
        if other != name:
            found = found & chosen
    return found


def _by_column(generation: Generation, within: BitMap) -> Iterator[tuple[str, int]]:
    numbers = np.bincount(generation.store.supplier.values[ids(within)])
    for number in np.flatnonzero(numbers).tolist():
        if number:
            yield str(number), int(numbers[number])


def _price_steps(at_most: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """As the SQL path: each step holds what the step before does not."""
    under = 0
    for step in PRICE_STEPS:
        count = at_most.get(step, 0)
        if count > under:
            yield step, count - under
        under = count


def _page(generation: Generation, query: OfferQuery, hits: BitMap, text: Text) -> list[int]:
    orders = generation.today.orders
    if query.ordering in DIRECT:
        name, backwards = DIRECT[query.ordering]
        return orders[name].page(hits, query.first, query.page_size, backwards=backwards)
    if query.ordering in ORDERS:
        return orders[query.ordering].page(hits, query.first, query.page_size)
    found: list[int] = []
    first = query.first
    for tier in text.tiers(hits):
        found += orders["fair"].page(tier, first, query.page_size - len(found))
        first = max(0, first - len(tier))
        if len(found) == query.page_size:
            break
    return found


def _cheapest(generation: Generation, query: OfferQuery, usage: Usage, hits: BitMap) -> tuple[list[int], int]:
    """The page by the price of a usage, equals by the fair order; how many of all the hits have none."""
    store, slots, need = generation.store, ids(hits), query.first + query.page_size
    totals = store.prices.totals(usage, slots)
    unpriced = int(np.count_nonzero(totals == UNKNOWN))
    if len(slots) > 4 * need:
        # Only what may be among the first ones is sorted.
        kept = totals <= np.partition(totals, need - 1)[need - 1]
        slots, totals = slots[kept], totals[kept]
    fair = store.fair.values[slots].astype(np.int64) * generation.today.multiplier % PRIME
    order = np.lexsort((store.offers.values[slots], fair, totals))
    page: list[int] = slots[order][query.first : need].tolist()
    return page, unpriced


def supplier_names(generation: Generation, found: Found, query: OfferQuery) -> dict[str, str]:
    """Of those counted or chosen."""
    names = generation.store.supplier_names
    wanted = {*found.counts.get("supplier", ()), *query.facets.get("supplier", ())}
    return {number: names[number] for number in wanted if number in names}
