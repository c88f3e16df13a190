"""The cheapest family that covers a whole, against every family. No database."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qualification.coverage.set_cover import cheapest, greedy

SETS = st.lists(st.tuples(st.integers(1, 2**12 - 1), st.integers(0, 40), st.integers(1, 36)), max_size=9)


def brute(sets, whole, price):
    every = itertools.chain.from_iterable(itertools.combinations(sets, size) for size in range(len(sets) + 1))
    return min(total(some, price) for some in every if union(sets, some) == whole)


def union(sets, some):
    found = 0
    for one in some:
        found |= sets[one]
    return found


def total(some, price):
    return tuple(sum(parts) for parts in zip(*map(price, some), strict=True)) or (0, 0, 0)


@given(SETS)
def test_the_cheapest_is_the_cheapest_of_all(rows):
    sets = {place: bits for place, (bits, _cost, _months) in enumerate(rows)}
    whole = union(sets, sets)

    def price(place):
        _bits, cost, months = rows[place]
        return cost, 1, months

    found = cheapest(sets, whole, price)
    assert union(sets, found) == whole
    assert len(set(found)) == len(found)
    assert total(found, price) == brute(sets, whole, price)
    quick = greedy(sets, whole, price)
    assert union(sets, quick) == whole
    assert total(quick, price) >= total(found, price)


def test_a_whole_out_of_reach_is_refused():
    for search in (cheapest, greedy):
        with pytest.raises(ValueError, match="do not make the whole"):
            search({"a": 0b01}, 0b11, lambda _one: (1,))


def test_sixteen_sets_over_three_hundred_needs_are_quick():
    """As many certificates and requirements as there are: well under a second, whatever they cost."""
    sets = {
        place: sum(1 << need for need in range(300) if (need * 7 + place * 5) % 11 < 4) for place in range(16)
    }
    whole = union(sets, sets)
    assert union(sets, cheapest(sets, whole, lambda place: (100 + place * 3 % 7, 1, 6))) == whole
