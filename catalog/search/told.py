"""The counts of an answer in the order of the screen, and in words when they are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from catalog.categories import CategoryTree
from catalog.search.facets import CATEGORY, FACETS, PRICE_MAX, PRICE_STEPS, SUPPLIERS
from catalog.search.query import Answer, FacetValue, OfferQuery

NOTHING: Mapping[str, int] = {}
STEPS = frozenset(PRICE_STEPS)


class Told(Mapping[str, tuple[FacetValue, ...]]):
    """Facet → all its values, those at zero too. Nothing is made of a facet that nobody reads."""

    def __init__(self, query: OfferQuery, found: Answer, tree: CategoryTree) -> None:
        self.query, self.tree = query, tree
        self._total, self._counts, self._suppliers = found.total, found.counts, found.suppliers
        self._names = _counted(query.counted) if query.with_facets else ()

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __getitem__(self, name: str) -> tuple[FacetValue, ...]:
        if name not in self._names:
            raise KeyError(name)
        return tuple(
            FacetValue(value, self.label(name, value), count, self.parent(name, value))
            for value, count in self.rows(name)
        )

    def rows(self, name: str) -> list[tuple[str, int]]:
        """(value, offers) of a facet: known values in their order, then the others by count. An empty code is
        no value."""
        counts = self._counts.get(name, NOTHING)
        if name == PRICE_MAX:
            return list(self._price_rows(counts))
        chosen = self.query.facets.get(name, ())
        known: Mapping[str, object] = FACETS[name].labels
        if name == CATEGORY.name:
            known, counts = self.tree.nodes, self._summed(counts)
        get = counts.get
        rows = [(value, get(value, 0)) for value in known]
        if chosen or not counts.keys() <= known.keys():
            others = {*counts, *chosen}.difference(known, ("",))
            rows += [(value, get(value, 0)) for value in sorted(others, key=lambda v: (-get(v, 0), v))]
        return rows

    def label(self, name: str, value: str) -> str:
        if name == PRICE_MAX:
            return f"{value} € HT par mois"
        if name == CATEGORY.name and value in self.tree.nodes:
            return self.tree.nodes[value].label
        if name == SUPPLIERS.name and value in self._suppliers:
            return self._suppliers[value]
        return FACETS[name].label_of(value)

    @property
    def is_tree(self) -> bool:
        """Whether some categories stand under others."""
        return bool(self.tree.under)

    def parent(self, name: str, value: str) -> str:
        node = self.tree.nodes.get(value) if name == CATEGORY.name else None
        return node.parent if node else ""

    def _price_rows(self, counts: Mapping[str, int]) -> Iterator[tuple[str, int]]:
        """Each step holds those under it. A price typed by the reader stands among them with its total."""
        most = self.query.price_max
        typed = "" if most is None else format(most.normalize(), "f")
        under = 0
        for step in sorted({*PRICE_STEPS, typed} - {""}, key=float) if typed else PRICE_STEPS:
            under += counts.get(step, 0)
            yield step, under if step in STEPS else self._total

    def _summed(self, counts: Mapping[str, int]) -> Mapping[str, int]:
        """An offer has one category, so that a branch counts the sum of its leaves."""
        if not self.tree.under:
            return counts
        summed = dict(counts)
        for code, leaves in self.tree.under.items():
            summed[code] = sum(counts.get(leaf, 0) for leaf in leaves)
        return summed


@lru_cache(maxsize=64)
def _counted(asked: tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(name for name in (*FACETS, PRICE_MAX) if asked is None or name in asked)
