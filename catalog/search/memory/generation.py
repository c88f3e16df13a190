"""One state of the catalogue: which slots are alive, and the snapshot of PostgreSQL it stands for."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace

from pyroaring import BitMap

from catalog.search.memory.clock import Today
from catalog.search.memory.rows import Row
from catalog.search.memory.store import Store


@dataclass(frozen=True, slots=True)
class Generation:
    """Immutable for its readers: the store and the day behind it only gain slots that it does not see."""

    store: Store
    alive: BitMap
    snapshot: str
    today: Today

    def on(self, day: datetime.date) -> Generation:
        """The same offers on another day; itself when the day is its own."""
        if self.today.day == day:
            return self
        return replace(self, today=Today(self.store, self.alive, day))

    def after(self, rows: Iterable[Row], *, snapshot: str) -> Generation:
        """The generation that sees these rows as well. One writer at a time."""
        alive = self.alive.copy()
        for row in rows:
            former = self.store.slots.pop(row.offer_id, None)
            if former is not None:
                alive.discard(former)
            if row.is_public:
                slot = self.store.add(row)
                self.today.add(slot, row)
                alive.add(slot)
        return replace(self, alive=alive, snapshot=snapshot)


def build(batches: Iterable[tuple[str, Iterable[Row]]], *, day: datetime.date) -> Generation:
    """From (snapshot, rows) batches, all of one snapshot; at least one batch, which may be empty."""
    store, alive, snapshot = Store(), BitMap(), ""
    for told, rows in batches:
        snapshot = told
        alive.update(store.add(row) for row in rows if row.is_public)
    return Generation(store, alive, snapshot, Today(store, alive, day))
