"""Search on PostgreSQL: one statement for total and facets, one for the page of cards.

Each facet is counted under all filters but its own, so that ticking a second value of a facet shows
what it would add. Counts are exact.
"""

# ruff: noqa: S608 -- SQL is assembled from constants of this package; every value is a parameter.

from __future__ import annotations

import difflib
import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from catalog.models.trust import EXPIRING_WITHIN
from catalog.search.facets import CATEGORY, FACETS, PRICE_MAX, PRICE_STEPS, Facet
from catalog.search.query import FacetValue, OfferPage, OfferQuery

ROW = "catalog_offersearchrow"
TEXT_QUERY = "websearch_to_tsquery('catalog_french', %(q)s)"
# A query of stop words only (« le », « de ») filters nothing. The planner folds this constant.
TEXT_CONDITION = f"(numnode({TEXT_QUERY}) = 0 OR text @@ {TEXT_QUERY})"
ORDER_SQL = {
    "name": "sort_name, offer_id",
    "-name": "sort_name DESC, offer_id DESC",
    "price": "price_eur_ht ASC NULLS LAST, sort_name, offer_id",
    "-price": "price_eur_ht DESC NULLS LAST, sort_name, offer_id",
    "-listed_on": "listed_on DESC NULLS LAST, sort_name, offer_id",
}
OWNED = (
    "supplier_id IN (SELECT id FROM catalog_supplier WHERE organisation_id = %(owner)s)"
    " AND card->>'state' <> 'removed'"
)
# The first step a price fits under; the steps above it are added up when reading.
PRICE_STEP_SQL = (
    "CASE " + " ".join(f"WHEN price_eur_ht <= {step} THEN '{step}'" for step in PRICE_STEPS) + " END"
)
# Tiers rather than ts_rank: explainable to a supplier, and it reads no other offer's text.
RELEVANCE = f"(name_text @@ {TEXT_QUERY}) DESC, sort_name, offer_id"


def search(query: OfferQuery, *, categories: dict[str, str] | None = None) -> OfferPage:
    """Two SQL statements. `categories` (code → label) gives the words of that facet."""
    parameters = _parameters(query)
    counts = _counts(query, parameters)
    ids, cards = _page(query, parameters)
    facets = _facets(query, counts, categories or {}) if query.with_facets else {}
    seq = counts.get(("version", ""), 0)
    return OfferPage(
        version=f"{seq}-{query.today.isoformat()}",
        total=counts[("total", "")],
        ids=ids,
        cards=cards,
        facets=facets,
        page=query.page,
        page_size=query.page_size,
    )


def total_without(query: OfferQuery, name: str) -> int:
    """How many offers the query would find without one of its filters. One statement."""
    freed = query.without(name)
    return _counts(freed, _parameters(freed), facets=False)[("total", "")]


def _parameters(query: OfferQuery) -> dict[str, Any]:
    values: dict[str, Any] = {
        "today": query.today,
        "soon": query.today + EXPIRING_WITHIN,
        "q": query.q,
        "price_max": query.price_max,
        "owner": query.owner,
        "limit": query.page_size,
        "offset": (query.page - 1) * query.page_size,
    }
    for name, chosen in query.facets.items():
        values[f"in_{name}"] = list(chosen)
    return values


def _where(query: OfferQuery, *, leave_out: str = "", plain: bool) -> str:
    """Conditions of the facets. `plain`: facets are columns of the CTE; else expressions over the row."""
    conditions = []
    for name, chosen in query.facets.items():
        if chosen and name != leave_out:
            conditions.append(_condition(FACETS[name], plain=plain))
    if query.price_max is not None and leave_out != PRICE_MAX:
        conditions.append("price_eur_ht <= %(price_max)s")
    return " AND ".join(conditions) or "true"


def _condition(facet: Facet, *, plain: bool) -> str:
    left = facet.name if plain else f"({facet.sql})"
    operator = "&& %(in_{0})s::varchar[]" if facet.is_array else "= ANY(%(in_{0})s)"
    return f"{left} {operator.format(facet.name)}"


def _base(query: OfferQuery) -> str:
    text = TEXT_CONDITION if query.q else "true"
    return f"{'is_public' if query.owner is None else OWNED} AND {text}"


def _counts(
    query: OfferQuery, parameters: dict[str, Any], *, facets: bool | None = None
) -> dict[tuple[str, str], int]:
    wanted = query.with_facets if facets is None else facets
    sql = _facet_sql(query) if wanted else _total_sql(query)
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return {(name, value or ""): count for name, value, count in cursor.fetchall()}


def _version_sql() -> str:
    return f"SELECT 'version', NULL, COALESCE(max(seq), 0) FROM {ROW}"


def _total_sql(query: OfferQuery) -> str:
    where = f"{_base(query)} AND {_where(query, plain=False)}"
    return f"SELECT 'total', NULL::text, count(*) FROM {ROW} WHERE {where} UNION ALL {_version_sql()}"


def _facet_sql(query: OfferQuery) -> str:
    columns = ", ".join(f"{facet.sql} AS {facet.name}" for facet in FACETS.values())
    found = f"SELECT price_eur_ht, {PRICE_STEP_SQL} AS price_step, {columns} FROM {ROW} WHERE {_base(query)}"
    parts = [f"SELECT 'total', NULL::text, count(*) FROM found WHERE {_where(query, plain=True)}"]
    parts += [_one_facet_sql(query, facet) for facet in FACETS.values()]
    parts.append(
        f"SELECT '{PRICE_MAX}', price_step, count(*) FROM found"
        f" WHERE price_step IS NOT NULL AND {_where(query, leave_out=PRICE_MAX, plain=True)}"
        " GROUP BY price_step"
    )
    parts.append(_version_sql())
    return f"WITH found AS MATERIALIZED ({found}) " + " UNION ALL ".join(parts)


def _one_facet_sql(query: OfferQuery, facet: Facet) -> str:
    where = _where(query, leave_out=facet.name, plain=True)
    if facet.is_array:
        return (
            f"SELECT '{facet.name}', value, count(*) FROM found, unnest({facet.name}) AS value"
            f" WHERE {where} GROUP BY value"
        )
    return f"SELECT '{facet.name}', {facet.name}, count(*) FROM found WHERE {where} GROUP BY {facet.name}"


def stream_cards(query: OfferQuery, *, batch: int = 200) -> Iterator[list[tuple[int, dict[str, Any]]]]:
    """The whole list, in its order: `batch` (offer's id, card) at a time from a cursor of the server."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ordered_sql(query), _parameters(query))
        while rows := cursor.fetchmany(batch):
            yield [(row[0], json.loads(row[1])) for row in rows]


def _ordered_sql(query: OfferQuery) -> str:
    order = ORDER_SQL.get(query.ordering) or (RELEVANCE if query.q else ORDER_SQL["name"])
    where = f"{_base(query)} AND {_where(query, plain=False)}"
    return f"SELECT offer_id, card::text FROM {ROW} WHERE {where} ORDER BY {order}"


def _page(
    query: OfferQuery, parameters: dict[str, Any]
) -> tuple[tuple[int, ...], tuple[dict[str, Any], ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_ordered_sql(query)} LIMIT %(limit)s OFFSET %(offset)s", parameters)
        rows = cursor.fetchall()
    return tuple(row[0] for row in rows), tuple(json.loads(row[1]) for row in rows)


def _facets(
    query: OfferQuery, counts: dict[tuple[str, str], int], categories: dict[str, str]
) -> dict[str, tuple[FacetValue, ...]]:
    found: dict[str, tuple[FacetValue, ...]] = {}
    for facet in FACETS.values():
        labels = categories if facet.name == CATEGORY.name else facet.labels
        extra = {value for name, value in counts if name == facet.name} | set(
            query.facets.get(facet.name, ())
        )
        found[facet.name] = tuple(_values(facet, labels, extra, counts))
    found[PRICE_MAX] = tuple(_price_values(query, counts))
    return found


def _price_values(query: OfferQuery, counts: dict[tuple[str, str], int]) -> Iterator[FacetValue]:
    """Each step holds those under it. A price typed by the reader stands among them with its own total."""
    typed = "" if query.price_max is None else format(query.price_max.normalize(), "f")
    under = 0
    for step in sorted({*PRICE_STEPS, typed} - {""}, key=float):
        under += counts.get((PRICE_MAX, step), 0)
        total = under if step in PRICE_STEPS else counts[("total", "")]
        yield FacetValue(step, f"{step} € HT par mois", total)


def _values(
    facet: Facet, labels: dict[str, str], extra: Iterable[str], counts: dict[tuple[str, str], int]
) -> list[FacetValue]:
    """Known values in their order, then the others by count. An empty code is « unknown »."""
    others = sorted(set(extra) - set(labels) - {""}, key=lambda v: (-counts.get((facet.name, v), 0), v))
    return [
        FacetValue(value, labels.get(value) or facet.label_of(value), counts.get((facet.name, value), 0))
        for value in (*labels, *others)
    ]


def spelling(word: str, *, limit: int = 5000) -> str | None:
    """A word of the catalogue's names near to one that found nothing; None when there is none.

    Reads at most `limit` names: for a page without result only.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sort_name || ' ' || lower(card->'supplier'->>'name')"
            " || ' ' || lower(card->>'category_label')"
            f" FROM {ROW} WHERE is_public LIMIT %s",
            [limit],
        )
        words = {part for (text,) in cursor.fetchall() for part in text.split() if len(part) > 3}
    near = difflib.get_close_matches(word.casefold(), sorted(words), n=1, cutoff=0.75)
    return near[0] if near and near[0] != word.casefold() else None


def is_past_the_end(page: OfferPage) -> bool:
    return page.page > 1 and page.page > page.pages
