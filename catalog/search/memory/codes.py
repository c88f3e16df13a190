"""The main facets of an offer as one row of small numbers: few hits are counted in one pass over it, many by
bitmaps. A number stands for all that an offer says of a facet: one value, or several together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from pyroaring import BitMap

from catalog.search.memory.store import ids

# Measured: above both, the bitmaps are faster (those of hits are then dense, and as many as the offers ask).
MOST_HITS, MOST_SHARE = 4096, 10
# Beyond: a facet is left to the bitmaps. A set of values is told apart by the bits of one number.
MOST_VALUES, MOST_SETS = 64, 4096
Key = tuple[str, str]


class Codes:
    def __init__(self, names: Iterable[str], slots: int) -> None:
        self.columns = {name: column for column, name in enumerate(names)}
        self.keys: list[tuple[Key, ...]] = [()]
        self.numbers: dict[tuple[Key, ...], int] = {(): 0}
        self.matrix = np.zeros((max(slots, 1024), len(self.columns)), dtype=np.uint16)

    def put(self, name: str, values: tuple[str, ...], slots: Any) -> None:
        """All that one slot, or each of an array, says of a facet. One not counted here is left out."""
        column = self.columns.get(name)
        if column is not None:
            self.matrix[slots, column] = self._number(name, values)

    def put_sets(self, name: str, found: Mapping[str, BitMap]) -> None:
        """A facet of which an offer may have several values, from the slots of each."""
        column = self.columns.get(name)
        if column is None:
            return
        if len(found) > MOST_VALUES:
            del self.columns[name]
            return
        marks = np.zeros(len(self.matrix), dtype=np.uint64)
        for place, slots in enumerate(found.values()):
            marks[ids(slots)] |= np.uint64(1 << place)
        sets, which = np.unique(marks, return_inverse=True)
        if len(sets) > MOST_SETS:
            del self.columns[name]
            return
        values = list(found)
        told = [tuple(values[place] for place in _bits(int(mark))) for mark in sets]
        self.matrix[:, column] = np.array([self._number(name, one) for one in told], dtype=np.uint16)[which]

    def _number(self, name: str, values: tuple[str, ...]) -> int:
        key = tuple((name, value) for value in values)
        number = self.numbers.get(key)
        if number is None:
            self.keys.append(key)
            number = self.numbers[key] = len(self.keys) - 1
        return number

    def reserve(self, slot: int) -> None:
        """Readers hold the former matrix: equal to the new one on the slots they see."""
        if slot >= len(self.matrix):
            longer = np.zeros((max(2 * len(self.matrix), slot + 1), self.matrix.shape[1]), dtype=np.uint16)
            longer[: len(self.matrix)] = self.matrix
            self.matrix = longer

    def count(self, hits: BitMap, names: Iterable[str]) -> dict[str, dict[str, int]]:
        """Of those of these facets that have a column: value → offers."""
        found: dict[str, dict[str, int]] = {name: {} for name in names if name in self.columns}
        self._tell(self.matrix.take(ids(hits), axis=0).ravel(), found)
        return found

    def count_one(self, name: str, hits: BitMap) -> dict[str, int]:
        found: dict[str, int] = {}
        self._tell(self.matrix[ids(hits), self.columns[name]], {name: found})
        return found

    def _tell(self, numbers: Any, found: dict[str, dict[str, int]]) -> None:
        counted = np.bincount(numbers)
        present = np.flatnonzero(counted)
        keys = self.keys
        for number, count in zip(present.tolist(), counted[present].tolist(), strict=True):
            for name, value in keys[number]:
                if (one := found.get(name)) is not None:
                    one[value] = one.get(value, 0) + count


def _bits(mark: int) -> list[int]:
    return [place for place in range(mark.bit_length()) if mark >> place & 1]
