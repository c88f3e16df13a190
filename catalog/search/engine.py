"""The one door of the search: `search(OfferQuery) → OfferPage`.

The index in memory answers; PostgreSQL does while it loads, inside a transaction, and for one's own
offers. Each facet is counted under all filters but its own, so that ticking a second value of a facet
shows what it would add. Counts are exact.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from django.conf import settings
from django.db import connection

from catalog.categories import EMPTY, CategoryTree
from catalog.search import sql
from catalog.search.facets import CATEGORY, FACETS, PRICE_MAX, PRICE_STEPS, SUPPLIERS, Facet
from catalog.search.memory.keeper import keeper
from catalog.search.query import Answer, FacetValue, OfferPage, OfferQuery

# The whole list, for exports: read from PostgreSQL by a cursor, whatever its length.
stream_cards = sql.stream_cards


def search(query: OfferQuery, *, categories: CategoryTree = EMPTY) -> OfferPage:
    """Two or three SQL statements at most. `categories` gives the words and the tree of that facet."""
    found = _answer(query)
    return OfferPage(
        version=found.version,
        total=found.total,
        ids=found.ids,
        cards=found.cards,
        facets=_facets(query, found, categories) if query.with_facets else {},
        page=query.page,
        page_size=query.page_size,
        readings=found.readings,
        unpriced=found.unpriced,
    )


def _answer(query: OfferQuery) -> Answer:
    in_memory = keeper.answer(query) if settings.SEARCH_IN_MEMORY else None
    return in_memory or sql.answer(query)


def total_without(query: OfferQuery, name: str) -> int:
    """How many offers the query would find without one of its filters. One statement."""
    return total(query.without(name))


def total(query: OfferQuery) -> int:
    """How many offers it finds, and nothing else of them. One statement."""
    return totals([query])[0]


def totals(queries: Sequence[OfferQuery]) -> list[int]:
    """Of each, on one day. One statement; from PostgreSQL, one each."""
    alone = [replace(query, with_facets=False, page=1, page_size=1) for query in queries]
    in_memory = keeper.totals(alone) if settings.SEARCH_IN_MEMORY and alone else None
    return [sql.total(query) for query in alone] if in_memory is None else in_memory


def _facets(query: OfferQuery, found: Answer, categories: CategoryTree) -> dict[str, tuple[FacetValue, ...]]:
    by_name: dict[str, dict[str, int]] = {}
    for (name, value), count in found.counts.items():
        by_name.setdefault(name, {})[value] = count
    told: dict[str, tuple[FacetValue, ...]] = {}
    for facet in FACETS.values():
        if query.counted is not None and facet.name not in query.counted:
            continue
        counts = by_name.get(facet.name, {})
        if facet is CATEGORY:
            told[facet.name] = tuple(_tree_values(categories, counts, query.facets.get(facet.name, ())))
            continue
        known = facet.labels
        words = found.suppliers if facet is SUPPLIERS else {}
        told[facet.name] = tuple(_values(facet, known, counts, query.facets.get(facet.name, ()), words))
    if query.counted is None or PRICE_MAX in query.counted:
        told[PRICE_MAX] = tuple(_price_values(query, by_name.get(PRICE_MAX, {}), found.total))
    return told


def _price_values(query: OfferQuery, counts: Mapping[str, int], total: int) -> Iterator[FacetValue]:
    """Each step holds those under it. A price typed by the reader stands among them with its own total."""
    typed = "" if query.price_max is None else format(query.price_max.normalize(), "f")
    under = 0
    for step in sorted({*PRICE_STEPS, typed} - {""}, key=float):
        under += counts.get(step, 0)
        yield FacetValue(step, f"{step} € HT par mois", under if step in PRICE_STEPS else total)


def _tree_values(
    tree: CategoryTree, counts: Mapping[str, int], chosen: Iterable[str]
) -> Iterator[FacetValue]:
    """In the order of the tree. An offer has one category, so that a branch counts the sum of its leaves."""
    summed = dict(counts)
    for code, leaves in tree.under.items():
        summed[code] = sum(counts.get(leaf, 0) for leaf in leaves)
    labels = {code: node.label for code, node in tree.nodes.items()}
    for value in _values(CATEGORY, labels, summed, chosen, {}):
        node = tree.nodes.get(value.value)
        yield value._replace(parent=node.parent) if node and node.parent else value


def _values(
    facet: Facet,
    known: Mapping[str, str],
    counts: Mapping[str, int],
    chosen: Iterable[str],
    words: Mapping[str, str],
) -> Iterator[FacetValue]:
    """Known values in their order, then the others by count. An empty code is no value."""
    for value, label in known.items():
        yield FacetValue(value, label, counts.get(value, 0))
    others = ({*counts, *chosen} - set(known)) - {""}
    for value in sorted(others, key=lambda v: (-counts.get(v, 0), v)):
        yield FacetValue(value, words.get(value) or facet.label_of(value), counts.get(value, 0))


def spelling(word: str, *, limit: int = 5000) -> str | None:
    """A word of the catalogue's names near to one that found nothing; None when there is none.

    Reads at most `limit` names: for a page without result only. One statement.
    """
    typed = word.casefold()
    longest = int(len(typed) * (2 / NEAR - 1))
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [limit])
        names: str = cursor.fetchone()[0] or ""
    words = sorted({part for part in names.split() if 3 < len(part) <= longest})
    near = difflib.get_close_matches(typed, _with_its_letters(typed, words), n=1, cutoff=NEAR)
    return near[0] if near and near[0] != typed else None


# Of difflib's ratio: twice the letters in common, by all the letters of both.
NEAR = 0.75
_NAMES = (
    "WITH looked AS (SELECT sort_name, supplier_id, category FROM catalog_offersearchrow WHERE is_public"
    " ORDER BY offer_id LIMIT %s)"
    " SELECT string_agg(name, ' ') FROM (SELECT sort_name AS name FROM looked"
    " UNION ALL SELECT lower(name) FROM catalog_supplier WHERE id IN (SELECT supplier_id FROM looked)"
    " UNION ALL SELECT lower(label) FROM catalog_category WHERE code IN (SELECT category FROM looked))"
    " AS told"
)


def _with_its_letters(typed: str, words: list[str]) -> list[str]:
    """Those that may be near: they have enough letters in common, in whatever order. difflib's own first
    look, at all the words at once."""
    if not words:
        return []
    letters = np.array(words).view(np.uint32).reshape(len(words), -1)
    common = np.zeros(len(words), dtype=int)
    for letter in set(typed):
        common += np.minimum((letters == ord(letter)).sum(axis=1), typed.count(letter))
    kept = 2 * common >= NEAR * (len(typed) + (letters != 0).sum(axis=1))
    return [words[place] for place in np.flatnonzero(kept)]


def is_past_the_end(page: OfferPage) -> bool:
    return page.page > 1 and page.page > page.pages
