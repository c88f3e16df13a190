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
from catalog.search.facets import FACETS, MAIN_FACETS, PRICE_MAX
from catalog.search.fairness import PRIME, multiplier
from catalog.search.memory.columns import START, Column
from catalog.search.memory.counters import Counters
from catalog.search.memory.orders import Order
from catalog.search.memory.rows import Row
from catalog.search.memory.store import ABSENT, NO_DAY, Dated, Store, bitmap, ids

LATEST = np.iinfo(np.int64).max
OFFER_BITS = 32


class Today:
    def __init__(self, store: Store, alive: BitMap, day: datetime.date) -> None:
        self.store, self.day = store, day
        self.multiplier = multiplier(day)
        slots = ids(alive)
        self.values: dict[str, dict[str, BitMap]] = {}
        for scheme in list(store.statuses):
            self._read(scheme, slots)
        self.counters = Counters(store.count)
        for name in MAIN_FACETS:
            self.counters.put(name, self.values_of(name))
        self.ties = Column(np.int64, np.zeros(max(store.count, START), dtype=np.int64))
        self.ties.values[slots] = self._ties(slots)
        self.orders = {
            "fair": self._order(slots),
            "price": self._order(slots, self._price),
            "-price": self._order(slots, self._price_down),
            "-listed_on": self._order(slots, self._listed),
            "name": self._by_name(slots),
        }

    def add(self, slot: int, row: Row) -> None:
        one = np.array([slot], dtype=np.uint32)
        self.ties.put(slot, int(self._ties(one)[0]))
        for name, value in row.values():
            self.counters.add(name, value, slot)
        for step in self.store.steps_of(row.price):
            self.counters.add(PRICE_MAX, step, slot)
        for scheme in list(self.store.statuses):
            for value in self._read(scheme, one):
                self.counters.add(scheme, value, slot)
        for order in self.orders.values():
            order.add(slot)

    def bitmaps(self) -> Iterator[BitMap]:
        for values in self.values.values():
            yield from values.values()
        for order in self.orders.values():
            yield from order.blocks
        yield from self.counters.bitmaps()

    def values_of(self, name: str) -> dict[str, BitMap]:
        """Value of a facet → its slots, dead ones too; of PRICE_MAX: the slots at most at each step."""
        if name == PRICE_MAX:
            return self.store.steps
        if FACETS[name].scheme:
            return self.values.get(FACETS[name].scheme, {})
        return self.store.values.get(name, {})

    def _read(self, scheme: str, slots: Any) -> list[str]:
        """Put each slot under the value its status has on the day; the values met."""
        kept, codes = self.store.statuses[scheme], self.store.codes
        read = _effective(kept, slots, codes=codes, day=self.day, scheme=scheme)
        values = self.values.setdefault(scheme, {})
        met = [codes[code] for code in np.unique(read).tolist()]
        for name in met:
            values.setdefault(name, BitMap()).update(bitmap(slots[read == codes.index(name)]))
        return met

    def _ties(self, slots: Any) -> Any:
        """The fair order of the day, then the offer, as one number: no two slots alive have the same.

        Raises OverflowError for an offer's key beyond 32 bits, which it cannot hold.
        """
        offers = self.store.offers.values[slots]
        if len(offers) and int(offers.max()) >> OFFER_BITS:
            raise OverflowError("the key of an offer is longer than the search index provides for")
        fair = self.store.fair.values[slots].astype(np.int64) * self.multiplier % PRIME
        return fair << OFFER_BITS | offers

    def _price(self, slots: Any) -> Any:
        price = self.store.price.values[slots]
        return np.where(price == ABSENT, LATEST, price)

    def _price_down(self, slots: Any) -> Any:
        price = self.store.price.values[slots]
        return np.where(price == ABSENT, LATEST, -price)

    def _listed(self, slots: Any) -> Any:
        listed = self.store.listed.values[slots].astype(np.int64)
        return np.where(listed == NO_DAY, LATEST, -listed)

    def _order(self, slots: Any, primary: Any = None) -> Order:
        """By `primary`, equals by the fair order, then by offer."""
        ties = self.ties

        def key(slot: int) -> tuple[int, ...]:
            first = () if primary is None else (int(primary(np.array([slot]))[0]),)
            return (*first, int(ties.values[slot]))

        def by_tie(of: Any, need: int = 0) -> Any:
            last = ties.values[of]
            if need and len(of) > 2 * need:
                kept = np.argpartition(last, need - 1)[:need]
                of, last = of[kept], last[kept]
            return of[np.argsort(last)]

        def by_primary(of: Any, need: int = 0) -> Any:
            first = primary(of)
            if need and len(of) > 2 * need:
                # Only what may be among the first ones is sorted.
                kept = first <= np.partition(first, need - 1)[need - 1]
                of, first = of[kept], first[kept]
            return of[np.lexsort((ties.values[of], first))]

        arrange = by_tie if primary is None else by_primary
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
