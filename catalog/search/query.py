"""What is asked of the catalogue and what it answers."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from catalog.prices.usage import Usage
from catalog.search.cards import KeptCard

if TYPE_CHECKING:
    from catalog.search.told import Told

ORDERINGS = {
    "relevance": "Pertinence",
    "name": "Nom, de A à Z",
    "-name": "Nom, de Z à A",
    "price": "Prix, croissant",
    "-price": "Prix, décroissant",
    "usage": "Prix pour mon usage, croissant",
    "-listed_on": "Référencées récemment",
}
PAGE_SIZE = 20
MAX_PAGE_SIZE = 100
Bounds = tuple[Decimal | None, Decimal | None]


@dataclass(frozen=True, slots=True)
class OfferQuery:
    """OR inside a facet, AND between facets. `today` decides what has expired.

    `ranges`: name → (least, most), either may be None. `price_max` is the most of the range « price ».
    `counted`: the facets to count; None: all. `usage`: what is priced when ordered by « usage »; offers
    without a price for all of it come last, in the fair order.
    """

    today: datetime.date
    q: str = ""
    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    price_max: Decimal | None = None
    ranges: Mapping[str, Bounds] = field(default_factory=dict)
    ordering: str = ""
    usage: Usage | None = None
    page: int = 1
    page_size: int = PAGE_SIZE
    with_facets: bool = False
    counted: tuple[str, ...] | None = None
    # An organisation: its supplier's offers in any state but removed, in place of the public ones.
    owner: int | None = None
    # Cards are shown as they are kept: those whose markup still holds may come without their data.
    markup_only: bool = False
    # Keys of the only offers to look among (what an administration retained); None: all.
    only: frozenset[int] | None = None
    # Code of a category that has others under it → itself and all of them.
    branches: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def wanted(self, name: str) -> tuple[str, ...]:
        """What the filter of this name lets through: a branch of the tree stands for its leaves."""
        chosen = self.facets[name]
        if name != "category" or not self.branches:
            return chosen
        return tuple(dict.fromkeys(leaf for code in chosen for leaf in self.branches.get(code, (code,))))

    @property
    def bounds(self) -> dict[str, Bounds]:
        """The ranges that narrow, with `price_max` in its place."""
        found = dict(self.ranges)
        if self.price_max is not None:
            found["price"] = (found.get("price", (None, None))[0], self.price_max)
        return {name: pair for name, pair in found.items() if pair != (None, None)}

    def without(self, name: str) -> OfferQuery:
        """The same query, one filter taken away."""
        if name == "q":
            return replace(self, q="")
        if name == "retained":
            return replace(self, only=None)
        if name == "price_max" or name in self.ranges:
            name = "price" if name == "price_max" else name
            kept = {k: v for k, v in self.ranges.items() if k != name}
            return replace(self, ranges=kept, price_max=None if name == "price" else self.price_max)
        return replace(self, facets={k: v for k, v in self.facets.items() if k != name})

    @property
    def used(self) -> list[str]:
        """Names of the filters that narrow the list, in the order of the screen."""
        names = ["q"] if self.q else []
        names += ["retained"] if self.only is not None else []
        names += [name for name, values in self.facets.items() if values]
        return names + ["price_max" if name == "price" else name for name in self.bounds]

    @property
    def priced_usage(self) -> Usage | None:
        """The usage by which the list is ordered; None when another order is asked, or no usage told."""
        return self.usage if self.ordering == "usage" else None

    @property
    def first(self) -> int:
        """Rows before the page."""
        return (self.page - 1) * self.page_size


class FacetValue(NamedTuple):
    """`parent`: the value above it in a tree; empty elsewhere. A tuple: a page makes a hundred of them."""

    value: str
    label: str
    count: int  # type: ignore[assignment]  # in place of the method of tuples, which nobody calls
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """How a word that nothing holds was read: « corrected » (one letter) or « prefix »."""

    kind: str
    typed: str
    used: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What an engine finds, before words are put on it. `counts`: facet → value → offers, none at zero.
    `categories`: the state of their table at that moment; empty when it was not read."""

    version: str
    total: int
    ids: tuple[int, ...]
    cards: tuple[KeptCard, ...]
    counts: Mapping[str, Mapping[str, int]]
    suppliers: Mapping[str, str] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()
    unpriced: int = 0
    categories: bytes = b""


@dataclass(frozen=True, slots=True)
class OfferPage:
    """`version` moves with every change of the catalogue and every day (the clock changes statuses).

    `unpriced`: of the offers found, those without a price for the usage they are ordered by; 0 in another
    order. `categories_stand`: whether the tree it was asked with is known to be the one of that moment.
    """

    version: str
    total: int
    ids: tuple[int, ...]
    cards: tuple[KeptCard, ...]
    facets: Told
    page: int
    page_size: int
    readings: tuple[Reading, ...] = ()
    unpriced: int = 0
    categories_stand: bool = False
    is_from_memory: bool = False

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.page_size))
