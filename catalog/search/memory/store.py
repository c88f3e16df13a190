"""What the index knows of each offer, by slot. A slot is given once and never written again.

A changed offer takes a new slot: whoever answers on an earlier generation intersects with the slots
alive then, and so sees nothing of it. Bitmaps and arrays are therefore shared by all generations and only
grow; each change of a bitmap is one operation under the interpreter's lock.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

import numpy as np
from pyroaring import BitMap

from catalog.search.facets import PRICE_STEPS
from catalog.search.memory.columns import MICRO, START, Column
from catalog.search.memory.prices import Prices
from catalog.search.memory.rows import Row

ABSENT = np.iinfo(np.int64).min
NO_DAY = -1
# Of each container of a bitmap, the last slots are given to no offer: half of them are enough to have a set
# written as bits (`catalog.search.memory.counters`).
CONTAINER = 1 << 16
USABLE = CONTAINER - 2 * 4097


class Posting:
    """The slots of a lexeme: anywhere, in the name or the supplier or the category, in the name."""

    __slots__ = ("anywhere", "middle", "name")

    def __init__(self, anywhere: BitMap, middle: BitMap | None, name: BitMap | None) -> None:
        self.anywhere, self.middle, self.name = anywhere, middle, name

    def at(self, tier: int) -> BitMap | None:
        return (self.name, self.middle, self.anywhere)[tier]


class Dated:
    """A status by slot with its ends, as stored: `catalog.search.memory.clock` reads them on a day."""

    __slots__ = ("base_until", "code", "until")

    def __init__(self) -> None:
        self.code, self.until, self.base_until = Column(np.int16), Column(np.int32), Column(np.int32)


class Store:
    def __init__(self) -> None:
        self.count = 0
        self.slots: dict[int, int] = {}
        self.offers, self.price, self.listed = Column(np.int64), Column(np.int64), Column(np.int32)
        self.fair, self.supplier, self.changed = Column(np.int32), Column(np.int32), Column(np.int64)
        self.prices = Prices()
        self.names: list[str] = []
        self.numbers: dict[str, Column] = {}
        self.values: dict[str, dict[str, BitMap]] = {}
        self.steps = {step: BitMap() for step in PRICE_STEPS}
        self.statuses: dict[str, Dated] = {}
        self.codes: list[str] = [""]
        self.words: dict[str, Posting] = {}
        self.supplier_names: dict[str, str] = {}
        self.seq = 0
        # Slots of offers changed or deleted since, with the (monotonic) time they died at.
        self.dead: list[tuple[float, BitMap]] = []
        self._vocabulary: list[str] | None = None

    def add(self, row: Row) -> int:
        """The slot given to the offer as it is now. The caller decides which generation sees it."""
        slot = self.count
        self._add_columns(slot, row)
        for name, value in row.values():
            self._bitmap(name, value).add(slot)
        for step in self.steps_of(row.price):
            self.steps[step].add(slot)
        for scheme, status in row.statuses.items():
            self._add_status(slot, scheme, status)
        for lexemes, tier in ((row.anywhere, 2), (row.middle, 1), (row.name, 0)):
            self._add_lexemes(slot, lexemes, tier=tier)
        self.slots[row.offer_id] = slot
        self.seq = max(self.seq, row.seq)
        self.count = slot + 1
        if self.count % CONTAINER == USABLE:
            self._leave_out(range(self.count, self.count + CONTAINER - USABLE))
        return slot

    def _leave_out(self, slots: range) -> None:
        """They are never alive; the columns hold whatever there."""
        for slot in slots:
            self.prices.add(slot, {})
        self.names += [""] * len(slots)
        self.count = slots.stop

    def _add_columns(self, slot: int, row: Row) -> None:
        self.offers.put(slot, row.offer_id)
        self.price.put(slot, ABSENT if row.price is None else int(row.price * MICRO))
        self.listed.put(slot, NO_DAY if row.listed_on is None else row.listed_on.toordinal())
        self.fair.put(slot, row.fair)
        self.supplier.put(slot, int(row.supplier_number or 0))
        self.changed.put(slot, row.changed_in)
        self.prices.add(slot, row.prices or {})
        self.names.append(row.sort_name)
        if row.supplier_number:
            self.supplier_names[row.supplier_number] = row.supplier_name
        for name, number in row.numbers.items():
            self._number(name).put(slot, int(number * MICRO))
        for name, column in self.numbers.items():
            if name not in row.numbers:
                column.put(slot, ABSENT)

    def steps_of(self, price: Decimal | None) -> list[str]:
        """The steps that a price is at most at; none for an unknown one."""
        return [] if price is None else [step for step in PRICE_STEPS if price <= int(step)]

    def _number(self, name: str) -> Column:
        if name not in self.numbers:
            self.numbers[name] = Column(np.int64, np.full(max(START, self.count + 1), ABSENT))
        return self.numbers[name]

    def _bitmap(self, name: str, value: str) -> BitMap:
        values = self.values.setdefault(name, {})
        found = values.get(value)
        if found is None:
            found = values[value] = BitMap()
        return found

    def _add_status(self, slot: int, scheme: str, status: tuple[str, Any, Any]) -> None:
        kept = self.statuses.setdefault(scheme, Dated())
        code, until, base_until = status
        if code not in self.codes:
            self.codes.append(code)
        kept.code.put(slot, self.codes.index(code))
        kept.until.put(slot, until.toordinal() if until else 0)
        kept.base_until.put(slot, base_until.toordinal() if base_until else 0)

    def _add_lexemes(self, slot: int, lexemes: Iterable[str], *, tier: int) -> None:
        for lexeme in lexemes:
            posting = self.words.get(lexeme)
            if posting is None:
                posting = self.words[lexeme] = Posting(BitMap(), None, None)
                self._vocabulary = None
            if tier == 2:
                posting.anywhere.add(slot)
            elif tier == 1:
                posting.middle = posting.middle or BitMap()
                posting.middle.add(slot)
            else:
                posting.name = posting.name or BitMap()
                posting.name.add(slot)

    @property
    def vocabulary(self) -> list[str]:
        """The lexemes in order. Sorted again after a new one: a few milliseconds."""
        found = self._vocabulary
        if found is None:
            found = list(self.words)  # in one step: another thread may be adding
            found.sort()
            self._vocabulary = found
        return found

    def bitmaps(self) -> Iterator[BitMap]:
        yield from self.steps.values()
        for values in self.values.values():
            yield from values.values()
        for posting in self.words.values():
            yield from (b for b in (posting.anywhere, posting.middle, posting.name) if b is not None)

    def forget(self, dead: BitMap, *, also: Iterable[BitMap] = ()) -> None:
        """Clear slots that no generation in use sees, so that dead bits cost nothing."""
        for found in (*self.bitmaps(), *also):
            found.difference_update(dead)
        for slot in dead:
            self.names[slot] = ""


def ids(slots: BitMap) -> Any:
    """The slots as a numpy array, in order."""
    return np.frombuffer(slots.to_array(), dtype=np.uint32)


def bitmap(slots: Any) -> BitMap:
    """From a numpy array, in any order."""
    return BitMap(array("I", np.ascontiguousarray(slots, dtype=np.uint32).tobytes()))
