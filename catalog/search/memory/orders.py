"""Sorted walks: the slots of an order cut into blocks, each a bitmap, so that a page of any set of hits
reads a few blocks and sorts only what falls into them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from typing import Any

import numpy as np
from pyroaring import BitMap

from catalog.search.memory.store import bitmap, ids

BLOCK = 512
# Measured: to sort all the hits costs as much as to walk the blocks that hold a page of them when the square
# of their number is this many times (slots wanted × blocks).
SORTED = 75
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
        count, need, blocks = len(hits), first + size, self.blocks
        if not count or not size:
            return []
        if count * count <= SORTED * need * len(blocks):
            return self._sorted(ids(hits), need, backwards=backwards)[first:need]
        found, held = [], 0
        for block in reversed(blocks) if backwards else blocks:
            part = hits & block
            if not held and len(part) <= first:
                first, need = first - len(part), need - len(part)
                continue
            found.append(ids(part))
            held += len(part)
            if held >= need:
                break
        slots = found[0] if len(found) == 1 else np.concatenate(found) if found else ids(BitMap())
        return self._sorted(slots, need, backwards=backwards)[first:need]

    def _sorted(self, slots: Any, need: int, *, backwards: bool) -> list[int]:
        arranged: list[int] = self.arrange(slots, 0 if backwards else need).tolist()
        return arranged[::-1] if backwards else arranged
