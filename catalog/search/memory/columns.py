"""A growing array that readers share with the one writer."""

from __future__ import annotations

from typing import Any

import numpy as np

START = 1024
# Numbers are kept in millionths.
MICRO = 1_000_000


class Column:
    """Readers take `values` once: a longer copy replaces it, equal on their slots."""

    __slots__ = ("values",)

    def __init__(self, dtype: Any, values: Any = None) -> None:
        self.values = np.zeros(START, dtype=dtype) if values is None else values

    def put(self, slot: int, value: int) -> None:
        if slot >= len(self.values):
            longer = np.zeros(max(2 * len(self.values), slot + 1), dtype=self.values.dtype)
            longer[: len(self.values)] = self.values
            self.values = longer
        self.values[slot] = value
