"""All public offers as sets, by the values of a filter: for what must look at the whole catalogue at once.

The sets are those of the index in memory; an offer is a slot in them, and `page` leads back to offers.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from django.conf import settings
from pyroaring import BitMap

from catalog.search.memory.find import values_of
from catalog.search.memory.generation import Generation
from catalog.search.memory.keeper import keeper

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class OfferSets:
    """Never changed by who reads them; a value may name offers no more public, `everything` does not."""

    _generation: Generation

    @property
    def everything(self) -> BitMap:
        return self._generation.alive

    def by(self, facet: str) -> Mapping[str, BitMap]:
        """The offers of each value, « unknown » among them. A status is the day's."""
        return values_of(self._generation, facet)

    def key(self, slot: int) -> int:
        return int(self._generation.store.offers.values[slot])

    def page(self, offers: BitMap, *, first: int, size: int) -> list[int]:
        """Keys of offers, by name."""
        return [self.key(slot) for slot in self._generation.today.orders["name"].page(offers, first, size)]


def ask(question: Callable[[OfferSets], T], *, on: dt.date) -> T | None:
    """What the question makes of the catalogue as it is. One statement. None where the index does not answer
    (it loads, a transaction is open): ask PostgreSQL."""
    if not settings.SEARCH_IN_MEMORY:
        return None
    return keeper.ask(lambda generation: question(OfferSets(generation)), on=on)
