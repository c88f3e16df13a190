"""What is asked of the catalogue and what it answers."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

ORDERINGS = {
    "relevance": "Pertinence",
    "name": "Nom, de A à Z",
    "-name": "Nom, de Z à A",
    "price": "Prix, croissant",
    "-price": "Prix, décroissant",
    "-listed_on": "Référencées récemment",
}
PAGE_SIZE = 20
MAX_PAGE_SIZE = 100


@dataclass(frozen=True, slots=True)
class OfferQuery:
    """OR inside a facet, AND between facets. `today` decides what has expired."""

    today: datetime.date
    q: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    price_max: Decimal | None = None
    ordering: str = ""
    page: int = 1
    page_size: int = PAGE_SIZE
    with_facets: bool = False
    # An organisation: its supplier's offers in any state but removed, in place of the public ones.
    owner: int | None = None

    def without(self, name: str) -> OfferQuery:
        """The same query, one filter taken away."""
        if name == "price_max":
            return replace(self, price_max=None)
        if name == "q":
            return replace(self, q="")
        return replace(self, facets={k: v for k, v in self.facets.items() if k != name})

    @property
    def used(self) -> list[str]:
        """Names of the filters that narrow the list, in the order of the screen."""
        names = ["q"] if self.q else []
        names += [name for name, values in self.facets.items() if values]
        return names + (["price_max"] if self.price_max is not None else [])


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class OfferPage:
    """`version` moves with every change of the catalogue and every day (the clock changes statuses)."""

    version: str
    total: int
    ids: tuple[int, ...]
    cards: tuple[dict[str, Any], ...]
    facets: Mapping[str, tuple[FacetValue, ...]]
    page: int
    page_size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.page_size))
