"""The slots of each value of the main facets, so kept that to count hits in them costs the same whatever
their numbers.

Roaring writes the slots of a container one by one up to 4,096 and as bits beyond, and only bits against bits
are counted a whole vector at a time: ten times as fast here. Each set is therefore filled up with slots that
no offer takes. Those of the values are not those of the hits, so that no count changes.

Where an offer has one value only, that of each slot is also kept as a number: few hits among many values are
counted hit by hit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import numpy as np
from pyroaring import BitMap

from catalog.search.facets import CATEGORY
from catalog.search.memory.columns import Column
from catalog.search.memory.store import CONTAINER, USABLE, bitmap, ids

# Measured: below so many hits a container, they are counted one by one at the same cost.
FEW = 256
# An offer has one of their values.
SINGLE = frozenset({CATEGORY.name})
# Measured, from 40,000 to 1,000,000 offers and 40 to 300 values: hits counted one by one in the time that the
# bits of a value take in a container.
HITS_A_VALUE = 64


class Hits:
    """What is counted, in each form that counting may take it, made once."""

    def __init__(self, plain: BitMap, filled: BitMap) -> None:
        self.plain, self.filled, self.number = plain, filled, len(plain)

    @cached_property
    def slots(self) -> Any:
        return ids(self.plain)


class Coded:
    """The value of each slot as a number; 0 for none (the empty value is one). A slot is written before any
    hit holds it."""

    def __init__(self, values: Mapping[str, BitMap], slots: int) -> None:
        self.values, self.numbers = [""], dict[str, int]()
        self.column = Column(np.int32, np.zeros(slots, dtype=np.int32))
        for value, held in values.items():
            at = ids(held)
            # One given meanwhile is seen by no hit of this day's sets.
            self.column.values[at[at < slots]] = self._number(value)

    def put(self, slot: int, value: str) -> None:
        self.column.put(slot, self._number(value))

    def count(self, slots: Any) -> dict[str, int]:
        numbers = np.bincount(self.column.values[slots], minlength=1)
        numbers[0] = 0
        return {value: n for value, n in zip(self.values, numbers.tolist(), strict=False) if n}

    def _number(self, value: str) -> int:
        found = self.numbers.get(value)
        if found is None:
            found = self.numbers[value] = len(self.values)
            self.values.append(value)
        return found


class Counters:
    def __init__(self, slots: int) -> None:
        self.slots, self.containers = slots, slots // CONTAINER + 1
        self.of_values = _filling(USABLE, self.containers)
        self.of_hits = _filling(USABLE + 1, self.containers)
        self.sets: dict[str, dict[str, BitMap]] = {}
        self.coded: dict[str, Coded] = {}

    def put(self, name: str, values: Mapping[str, BitMap]) -> None:
        """All the values of a facet."""
        self.sets[name] = {value: slots | self.of_values for value, slots in values.items()}
        if name in SINGLE:
            self.coded[name] = Coded(values, self.slots)

    def add(self, name: str, value: str, slot: int) -> None:
        """A facet not counted here is left out."""
        values = self.sets.get(name)
        if values is None:
            return
        found = values.get(value)
        if found is None:
            found = values[value] = self.of_values.copy()
        found.add(slot)
        if name in self.coded:
            self.coded[name].put(slot, value)

    def hits(self, plain: BitMap) -> Hits:
        """The hits as `count` takes them."""
        number = len(plain)
        return Hits(plain, plain | self.of_hits if number > FEW * self.containers else plain)

    def count(self, name: str, hits: Hits) -> dict[str, int]:
        """Value → hits, none at zero."""
        values, coded = self.sets[name], self.coded.get(name)
        if coded is not None and hits.number < HITS_A_VALUE * len(values) * self.containers:
            return coded.count(hits.slots)
        count_in = hits.filled.intersection_cardinality
        return {value: count for value, slots in list(values.items()) if (count := count_in(slots))}

    def bitmaps(self) -> Iterator[BitMap]:
        for values in self.sets.values():
            yield from values.values()


def _filling(start: int, containers: int) -> BitMap:
    """The slots left out of each container, one of two: neighbours would be written as a run."""
    one = np.arange(start, CONTAINER, 2, dtype=np.int64)
    return bitmap(np.concatenate([one + CONTAINER * place for place in range(containers)]))
