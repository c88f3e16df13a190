"""What the index holds for one day: statuses by the clock, the fair order, the orders that end on it.

Made again on the first search of a day: an expiry at midnight changes the answer without a write.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any

import numpy as np
from pyroaring import BitMap

from catalog.models.trust import EXPIRING_WITHIN
from catalog.search.facets import FACETS, MAIN_FACETS
from catalog.search.fairness import PRIME, multiplier
from catalog.search.memory.codes import Codes
from catalog.search.memory.orders import Order
from catalog.search.memory.rows import Row
from catalog.search.memory.store import ABSENT, NO_DAY, Dated, Store, bitmap, ids

LATEST = np.iinfo(np.int64).max


class Today:
    def __init__(self, store: Store, alive: BitMap, day: datetime.date) -> None:
        self.store, self.day = store, day
        self.multiplier = multiplier(day)
        slots = ids(alive)
        self.values: dict[str, dict[str, BitMap]] = {}
        self.codes = Codes((n for n in MAIN_FACETS if n in FACETS and n not in store.several), store.count)
        for name, values in store.values.items():
            for value, found in values.items():
                self.codes.put(name, value, ids(found))
        for scheme in list(store.statuses):
            self._read(scheme, slots)
        self.orders = {
            "fair": self._order(slots, lambda of: ()),
            "price": self._order(slots, lambda of: (self._price(of),)),
            "-price": self._order(slots, lambda of: (self._price_down(of),)),
            "-listed_on": self._order(slots, lambda of: (self._listed(of),)),
            "name": self._by_name(slots),
        }

    def add(self, slot: int, row: Row) -> None:
        one = np.array([slot], dtype=np.uint32)
        self.codes.reserve(slot)
        for name, value in row.values():
            self.codes.put(name, value, slot)
        for scheme in list(self.store.statuses):
            self._read(scheme, one)
        for order in self.orders.values():
            order.add(slot)

    def bitmaps(self) -> Iterator[BitMap]:
        for values in self.values.values():
            yield from values.values()
        for order in self.orders.values():
            yield from order.blocks

    def _read(self, scheme: str, slots: Any) -> None:
        """Put each slot under the value its status has on the day."""
        kept, codes = self.store.statuses[scheme], self.store.codes
        read = _effective(kept, slots, codes=codes, day=self.day, scheme=scheme)
        values = self.values.setdefault(scheme, {})
        for code in np.unique(read).tolist():
            name = codes[code]
            here = slots[read == code]
            values.setdefault(name, BitMap()).update(bitmap(here))
            self.codes.put(scheme, name, here)

    def _fair(self, slots: Any) -> Any:
        return self.store.fair.values[slots].astype(np.int64) * self.multiplier % PRIME

    def _price(self, slots: Any) -> Any:
        price = self.store.price.values[slots]
        return np.where(price == ABSENT, LATEST, price)

    def _price_down(self, slots: Any) -> Any:
        price = self.store.price.values[slots]
        return np.where(price == ABSENT, LATEST, -np.where(price == ABSENT, 0, price))

    def _listed(self, slots: Any) -> Any:
        listed = self.store.listed.values[slots].astype(np.int64)
        return np.where(listed == NO_DAY, LATEST, -listed)

    def _order(self, slots: Any, primary: Any) -> Order:
        """By `primary`, equals by the fair order, then by offer."""

        def keys(of: Any) -> tuple[Any, ...]:
            return (*primary(of), self._fair(of), self.store.offers.values[of])

        def arrange(of: Any, need: int = 0) -> Any:
            if need and len(of) > 4 * need:
                # Only what may be among the first ones is sorted.
                first = keys(of)[0]
                of = of[first <= np.partition(first, need - 1)[need - 1]]
            return of[np.lexsort(keys(of)[::-1])]

        def key(slot: int) -> tuple[int, ...]:
            return tuple(int(column[0]) for column in keys(np.array([slot])))

        return Order(arrange(slots), key=key, arrange=arrange)

    def _by_name(self, slots: Any) -> Order:
        names, store = self.store.names, self.store

        def key(slot: int) -> tuple[str, int]:
            return names[slot], int(store.offers.values[slot])

        def arrange(of: Any, need: int = 0) -> Any:
            return np.array(sorted(of.tolist(), key=key), dtype=np.uint32)

        return Order(arrange(slots), key=key, arrange=arrange)


def _effective(kept: Dated, slots: Any, *, codes: list[str], day: datetime.date, scheme: str) -> Any:
    """Codes of the statuses read on the day: the rule of `status_by_the_clock`, on arrays.

    A Gaia-X level has no « expires soon »: its value is the level, until its end.
    """
    for name in ("expired", "expiring", "in_force", "renewal_pending"):
        if name not in codes:
            codes.append(name)
    code = kept.code.values[slots]
    until, base = kept.until.values[slots], kept.base_until.values[slots]
    today, soon = day.toordinal(), (day + EXPIRING_WITHIN).toordinal()
    ended = ((until > 0) & (until < today)) | ((base > 0) & (base < today))
    if scheme == "gaiax":
        return np.where(ended, codes.index("expired"), code)
    in_force = code == codes.index("in_force")
    stands = in_force | (code == codes.index("renewal_pending"))
    expiring = in_force & (until > 0) & (until <= soon)
    read = np.where(expiring, codes.index("expiring"), code)
    return np.where(stands & ended, codes.index("expired"), read)
