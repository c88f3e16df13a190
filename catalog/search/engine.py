"""The one door of the search: `search(OfferQuery) → OfferPage`.

The index in memory answers; PostgreSQL does while it loads, inside a transaction, and for one's own
offers. Each facet is counted under all filters but its own, so that ticking a second value of a facet
shows what it would add. Counts are exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from django.conf import settings

from catalog.categories import EMPTY, CategoryTree
from catalog.search import sql
from catalog.search.memory.keeper import keeper
from catalog.search.query import OfferPage, OfferQuery
from catalog.search.spelling import Spellings
from catalog.search.sql_words import words_of_names
from catalog.search.told import Told

# The whole list, for exports: read from PostgreSQL by a cursor, whatever its length.
stream_cards = sql.stream_cards


def search(query: OfferQuery, *, categories: CategoryTree = EMPTY) -> OfferPage:
    """Two or three SQL statements at most. `categories` gives the words and the tree of that facet."""
    in_memory = keeper.answer(query) if settings.SEARCH_IN_MEMORY else None
    found = in_memory or sql.answer(query)
    return OfferPage(
        version=found.version,
        total=found.total,
        ids=found.ids,
        cards=found.cards,
        facets=Told(query, found, categories),
        page=query.page,
        page_size=query.page_size,
        readings=found.readings,
        unpriced=found.unpriced,
        categories_stand=bool(found.categories) and found.categories == categories.state,
        is_from_memory=in_memory is not None,
    )


def is_in_memory() -> bool:
    """Whether the next answer comes from the index, most likely."""
    return bool(settings.SEARCH_IN_MEMORY) and keeper.is_ready


def total_without(query: OfferQuery, name: str) -> int:
    """How many offers the query would find without one of its filters. One statement."""
    return total(query.without(name))


def total(query: OfferQuery, *, after: OfferPage | None = None) -> int:
    """How many offers it finds, and nothing else of them. One statement, or none as `totals`."""
    return totals([query], after=after)[0]


def totals(queries: Sequence[OfferQuery], *, after: OfferPage | None = None) -> list[int]:
    """Of each, on one day. One statement; from PostgreSQL, one each; none `after` an answer of the index in
    the same request."""
    alone = [replace(query, with_facets=False, page=1, page_size=1) for query in queries]
    answered = after is not None and after.is_from_memory
    in_memory = keeper.totals(alone, answered=answered) if settings.SEARCH_IN_MEMORY and alone else None
    return [sql.total(query) for query in alone] if in_memory is None else in_memory


def spelling(word: str, *, categories: CategoryTree = EMPTY, limit: int = 5000) -> str | None:
    """A word of the catalogue's names near to one that found nothing; None when there is none.

    Among the names of `limit` offers at most, of their suppliers and their categories. No statement where the
    index answers, which knows the words of `categories` only; else one.
    """
    known = keeper.spellings(categories, limit=limit) if settings.SEARCH_IN_MEMORY else None
    return (known or Spellings(words_of_names(limit))).nearest(word.casefold())


def is_past_the_end(page: OfferPage) -> bool:
    return page.page > 1 and page.page > page.pages
