"""The slots of each value of the main facets, so kept that to count hits in them costs the same whatever
their numbers.

Roaring writes the slots of a container one by one up to 4,096 and as bits beyond, and only bits against bits
are counted a whole vector at a time: ten times as fast here. Each set is therefore filled up with slots that
no offer takes. Those of the values are not those of the hits, so that no count changes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from pyroaring import BitMap

from catalog.search.memory.store import CONTAINER, USABLE, bitmap

# Measured: below so many hits a container, they are counted one by one at the same cost.
FEW = 256


class Counters:
    def __init__(self, slots: int) -> None:
        self.containers = slots // CONTAINER + 1
        self.of_values = _filling(USABLE, self.containers)
        self.of_hits = _filling(USABLE + 1, self.containers)
        self.sets: dict[str, dict[str, BitMap]] = {}

    def put(self, name: str, values: Mapping[str, BitMap]) -> None:
        """All the values of a facet."""
        self.sets[name] = {value: slots | self.of_values for value, slots in values.items()}

    def add(self, name: str, value: str, slot: int) -> None:
        """A facet not counted here is left out."""
        values = self.sets.get(name)
        if values is None:
            return
        found = values.get(value)
        if found is None:
            found = values[value] = self.of_values.copy()
        found.add(slot)

    def filled(self, hits: BitMap) -> BitMap:
        """The hits as `count` takes them."""
        return hits | self.of_hits if len(hits) > FEW * self.containers else hits

    def count(self, name: str, filled: BitMap) -> dict[str, int]:
        """Value → hits, none at zero."""
        count_in = filled.intersection_cardinality
        return {value: count for value, slots in list(self.sets[name].items()) if (count := count_in(slots))}

    def bitmaps(self) -> Iterator[BitMap]:
        for values in self.sets.values():
            yield from values.values()


def _filling(start: int, containers: int) -> BitMap:
    """The slots left out of each container, one of two: neighbours would be written as a run."""
    one = np.arange(start, CONTAINER, 2, dtype=np.int64)
    return bitmap(np.concatenate([one + CONTAINER * place for place in range(containers)]))
