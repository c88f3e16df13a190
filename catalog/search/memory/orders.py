"""Sorted walks: the slots of an order cut into blocks, each a bitmap, so that a page of any set of hits
reads a few blocks and sorts only what falls into them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

from pyroaring import BitMap

from catalog.search.memory.store import bitmap, ids

BLOCK = 512
Key = Callable[[int], Any]
# (slots, how many of the first ones are needed; 0: all) → slots in order
Arrange = Callable[..., Any]


class Order:
    """`key` orders slots one by one, `arrange` sorts an array of slots: the same total order.

    Slots are added in place, into the block whose bound they follow; a block grown too long is cut in
    lists that replace the former, so that whoever walks those still sees all their slots.
    """

    __slots__ = ("arrange", "blocks", "bounds", "key")

    def __init__(self, arranged: Any, *, key: Key, arrange: Arrange) -> None:
        """`arranged`: every slot, sorted."""
        self.key, self.arrange = key, arrange
        starts = range(0, len(arranged), BLOCK)
        self.blocks = [bitmap(arranged[start : start + BLOCK]) for start in starts] or [BitMap()]
        self.bounds = [key(int(arranged[start])) for start in starts[1:]]

    def add(self, slot: int) -> None:
        place = bisect_right(self.bounds, self.key(slot))
        block = self.blocks[place]
        block.add(slot)
        if len(block) > 2 * BLOCK:
            self._cut(place)

    def _cut(self, place: int) -> None:
        arranged = self.arrange(ids(self.blocks[place]))
        half = len(arranged) // 2
        blocks, bounds = list(self.blocks), list(self.bounds)
        blocks[place : place + 1] = [bitmap(arranged[:half]), bitmap(arranged[half:])]
        bounds.insert(place, self.key(int(arranged[half])))
        self.blocks, self.bounds = blocks, bounds

    def page(self, hits: BitMap, first: int, size: int, *, backwards: bool = False) -> list[int]:
        """`size` slots of `hits` in order, after the `first` ones."""
        if len(hits) <= 2 * BLOCK:
            return self._sorted(hits, first + size, backwards=backwards)[first : first + size]
        found: list[int] = []
        blocks = self.blocks
        for block in reversed(blocks) if backwards else blocks:
            if len(found) >= size:
                break
            count = hits.intersection_cardinality(block)
            if count <= first:
                first -= count
                continue
            wanted = size - len(found)
            found += self._sorted(hits & block, first + wanted, backwards=backwards)[first : first + wanted]
            first = 0
        return found

    def _sorted(self, hits: BitMap, need: int, *, backwards: bool) -> list[int]:
        arranged: list[int] = self.arrange(ids(hits), 0 if backwards else need).tolist()
        return arranged[::-1] if backwards else arranged
