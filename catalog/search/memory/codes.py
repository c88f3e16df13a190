"""The main facets of an offer as one row of small numbers: few hits are counted in one pass over it,
many by bitmaps. Facets of several values an offer stay with the bitmaps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np
from pyroaring import BitMap

from catalog.search.memory.store import ids

# Measured: above both, the bitmaps are faster (those of hits are then dense, and as many as the offers ask).
MOST_HITS, MOST_SHARE = 4096, 10


class Codes:
    def __init__(self, names: Iterable[str], slots: int) -> None:
        self.columns = {name: column for column, name in enumerate(names)}
        self.keys: list[tuple[str, str]] = [("", "")]
        self.numbers: dict[tuple[str, str], int] = {}
        self.matrix = np.zeros((max(slots, 1024), len(self.columns)), dtype=np.uint16)

    def put(self, name: str, value: str, slots: Any) -> None:
        """One slot or an array of them. A facet that is not counted here is left out."""
        column = self.columns.get(name)
        if column is None:
            return
        key = name, value
        if key not in self.numbers:
            self.keys.append(key)
            self.numbers[key] = len(self.keys) - 1
        self.matrix[slots, column] = self.numbers[key]

    def reserve(self, slot: int) -> None:
        """Readers hold the former matrix: equal to the new one on the slots they see."""
        if slot >= len(self.matrix):
            longer = np.zeros((max(2 * len(self.matrix), slot + 1), len(self.columns)), dtype=np.uint16)
            longer[: len(self.matrix)] = self.matrix
            self.matrix = longer

    def count(self, hits: BitMap) -> Iterator[tuple[tuple[str, str], int]]:
        numbers = np.bincount(self.matrix.take(ids(hits), axis=0).ravel())
        for code in np.flatnonzero(numbers).tolist():
            if code:
                yield self.keys[code], int(numbers[code])
