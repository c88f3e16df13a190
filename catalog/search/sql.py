"""Search on PostgreSQL alone: one statement for total and facets, one for the page of cards.

The fall-back while the index in memory loads, the reader of rows that are not committed yet or not
public, and in tests the second oracle: it shares no counting with the index.
"""

# ruff: noqa: S608 -- SQL is assembled from constants of this package; every value is a parameter.

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connection

from catalog.card_markup import edition
from catalog.models.trust import EXPIRING_WITHIN
from catalog.search import sql_prices
from catalog.search.cards import CARD_HTML, CARD_PRICES, KeptCard
from catalog.search.facets import FACETS, PRICE_MAX, PRICE_STEPS, RANGES, Facet
from catalog.search.fairness import FAIR_SQL, multiplier
from catalog.search.lexemes import lexemes_of
from catalog.search.mending import Readings, forms_of, understood
from catalog.search.query import Answer, OfferQuery
from catalog.search.sql_words import StoredWords
from catalog.search.words import Sentence, as_sql, read

ROW = "catalog_offersearchrow"
ORDER_SQL = {
    "name": "sort_name, offer_id",
    "-name": "sort_name DESC, offer_id DESC",
    "price": f"price_eur_ht ASC NULLS LAST, {FAIR_SQL}, offer_id",
    "-price": f"price_eur_ht DESC NULLS LAST, {FAIR_SQL}, offer_id",
    "usage": f"usage_price ASC NULLS LAST, {FAIR_SQL}, offer_id",
    "-listed_on": f"listed_on DESC NULLS LAST, {FAIR_SQL}, offer_id",
}
OWNED = (
    "supplier_id IN (SELECT id FROM catalog_supplier WHERE organisation_id = %(owner)s)"
    " AND card->>'state' <> 'removed'"
)
# The first step a price fits under; the steps above it are added up when reading.
PRICE_STEP_SQL = (
    "CASE " + " ".join(f"WHEN price_eur_ht <= {step} THEN '{step}'" for step in PRICE_STEPS) + " END"
)
SUPPLIER_NAMES = "names of suppliers"
COLUMNS = tuple(facet for facet in FACETS.values() if facet.sql)


class Statement:
    """The pieces of SQL of one query and its parameters."""

    def __init__(self, query: OfferQuery) -> None:
        self.query = query
        self.parameters: dict[str, Any] = {
            "today": query.today,
            "soon": query.today + EXPIRING_WITHIN,
            "day": multiplier(query.today),
            "owner": query.owner,
            "only": None if query.only is None else sorted(query.only),
            "edition": edition(),
            "limit": query.page_size,
            "offset": query.first,
            "priced": query.priced_usage is not None,
            "tagged": [name for name, chosen in query.facets.items() if chosen and not FACETS[name].sql],
        }
        self.sentence, self.readings = self._understood()
        if query.priced_usage is not None:
            self.parameters |= sql_prices.parameters(query.priced_usage)
        text = as_sql(self.sentence, self.parameters)
        self.text = f"({text})" if text else ""
        for name in query.facets:
            wanted = query.wanted(name)
            values = wanted if FACETS[name].sql else [f"{name}={value}" for value in wanted]
            self.parameters[f"in_{name}"] = list(values)
        for name, (least, most) in query.bounds.items():
            self.parameters[f"least_{name}"], self.parameters[f"most_{name}"] = least, most

    def _understood(self) -> tuple[Sentence, Readings]:
        """One statement when every word is held, a few more when one is mended."""
        sentence = read(self.query.q)
        if not sentence:
            return sentence, ()
        vocabulary = StoredWords(self.visible, {"owner": self.query.owner})
        return understood(sentence, lexemes=lexemes_of(forms_of(sentence)), vocabulary=vocabulary)

    @property
    def visible(self) -> str:
        return "is_public" if self.query.owner is None else OWNED

    @property
    def base(self) -> str:
        visible = self.visible
        if self.query.only is not None:
            visible += " AND offer_id = ANY(%(only)s::bigint[])"
        if not self.text:
            return visible
        # A query of stop words only (« le », « de ») filters nothing. The planner folds this constant.
        return f"{visible} AND (numnode({self.text}) = 0 OR text @@ {self.text})"

    def where(self, *, leave_out: str = "", plain: bool) -> str:
        """Conditions of the filters. `plain`: facets are columns of the CTE; else expressions on the row."""
        conditions = [
            _condition(FACETS[name], plain=plain)
            for name, chosen in self.query.facets.items()
            if chosen and name != leave_out
        ]
        for name, (least, most) in self.query.bounds.items():
            if name != leave_out:
                conditions += [f"{RANGES[name].sql} >= %(least_{name})s"] if least is not None else []
                conditions += [f"{RANGES[name].sql} <= %(most_{name})s"] if most is not None else []
        return " AND ".join(conditions) or "true"

    def order(self) -> str:
        """Tiers rather than ts_rank: explainable to a supplier, and it reads no other offer's text."""
        chosen = ORDER_SQL.get(self.query.ordering)
        if chosen and (self.query.ordering != "usage" or self.query.priced_usage):
            return chosen
        fair = f"{FAIR_SQL}, offer_id"
        if not self.text:
            # The fair order is between suppliers; one's own offers are looked for by their name.
            return fair if self.query.owner is None else ORDER_SQL["name"]
        middle = f"ts_filter(text, '{{a,b}}') @@ {self.text}"
        return f"(name_text @@ {self.text}) DESC, ({middle}) DESC, {fair}"


def answer(query: OfferQuery) -> Answer:
    """Two SQL statements, and those that read the words."""
    statement = Statement(query)
    counts = _counts(statement, facets=query.with_facets)
    version, total = counts.pop("version", {}).get("", 0), counts.pop("total")[""]
    suppliers = dict(name.split("=", 1) for name in counts.pop(SUPPLIER_NAMES, {}))
    ids, cards, unpriced = _page(statement)
    return Answer(
        version=f"{version}-{query.today.isoformat()}",
        total=total,
        ids=ids,
        cards=cards,
        counts=counts,
        suppliers=suppliers,
        unpriced=unpriced,
        readings=statement.readings,
    )


def total(query: OfferQuery) -> int:
    return _counts(Statement(query), facets=False)["total"][""]


def _condition(facet: Facet, *, plain: bool) -> str:
    if not facet.sql:
        return f"tags && %(in_{facet.name})s::text[]"
    left = facet.name if plain else f"({facet.sql})"
    operator = "&& %(in_{0})s::varchar[]" if facet.is_array else "= ANY(%(in_{0})s)"
    return f"{left} {operator.format(facet.name)}"


def _counts(statement: Statement, *, facets: bool) -> dict[str, dict[str, int]]:
    sql = _facet_sql(statement) if facets else _total_sql(statement)
    with connection.cursor() as cursor:
        cursor.execute(sql, statement.parameters)
        found: dict[str, dict[str, int]] = {}
        for name, value, count in cursor.fetchall():
            found.setdefault(name, {})[value or ""] = count
    return found


def _version_sql() -> str:
    return f"SELECT 'version', NULL, COALESCE(max(seq), 0) FROM {ROW}"


def _total_sql(statement: Statement) -> str:
    where = f"{statement.base} AND {statement.where(plain=False)}"
    return f"SELECT 'total', NULL::text, count(*) FROM {ROW} WHERE {where} UNION ALL {_version_sql()}"


def _facet_sql(statement: Statement) -> str:
    columns = ", ".join(f"{facet.sql} AS {facet.name}" for facet in COLUMNS)
    found = (
        f"SELECT price_eur_ht, {PRICE_STEP_SQL} AS price_step, supplier_id, tags, numbers, {columns}"
        f" FROM {ROW} WHERE {statement.base}"
    )
    parts = [f"SELECT 'total', NULL::text, count(*) FROM found WHERE {statement.where(plain=True)}"]
    parts += [_column_sql(statement, facet) for facet in COLUMNS]
    parts += [_tags_sql(statement), *(_tag_sql(statement, name) for name in statement.parameters["tagged"])]
    parts.append(
        f"SELECT '{PRICE_MAX}', price_step, count(*) FROM found"
        f" WHERE price_step IS NOT NULL AND {statement.where(leave_out='price', plain=True)}"
        " GROUP BY price_step"
    )
    parts.append(
        f"SELECT '{SUPPLIER_NAMES}', number || '=' || name, 0 FROM catalog_supplier"
        " WHERE id IN (SELECT supplier_id FROM found)"
    )
    parts.append(_version_sql())
    return f"WITH found AS MATERIALIZED ({found}) " + " UNION ALL ".join(parts)


def _column_sql(statement: Statement, facet: Facet) -> str:
    where = statement.where(leave_out=facet.name, plain=True)
    if facet.is_array:
        return (
            f"SELECT '{facet.name}', value, count(*) FROM found, unnest({facet.name}) AS value"
            f" WHERE {where} GROUP BY value"
        )
    return f"SELECT '{facet.name}', {facet.name}, count(*) FROM found WHERE {where} GROUP BY {facet.name}"


TAG_NAME, TAG_VALUE = "split_part(tag, '=', 1)", "substr(tag, strpos(tag, '=') + 1)"


def _tags_sql(statement: Statement) -> str:
    """Every facet of tags without a selection of its own, in one pass."""
    return (
        f"SELECT {TAG_NAME}, {TAG_VALUE}, count(*) FROM found, unnest(tags) AS tag"
        f" WHERE {TAG_NAME} <> ALL(%(tagged)s::text[]) AND {statement.where(plain=True)} GROUP BY 1, 2"
    )


def _tag_sql(statement: Statement, name: str) -> str:
    return (
        f"SELECT '{name}', {TAG_VALUE}, count(*) FROM found, unnest(tags) AS tag"
        f" WHERE {TAG_NAME} = '{name}' AND {statement.where(leave_out=name, plain=True)} GROUP BY 2"
    )


def stream_cards(query: OfferQuery, *, batch: int = 200) -> Iterator[list[tuple[int, KeptCard]]]:
    """The whole list, in its order: `batch` (offer's id, card) at a time from a cursor of the server."""
    statement = Statement(query)
    with connection.chunked_cursor() as cursor:
        cursor.execute(_ordered_sql(statement), statement.parameters)
        while rows := cursor.fetchmany(batch):
            yield [(row[0], KeptCard(row[1], None, row[3])) for row in rows]


def _ordered_sql(statement: Statement) -> str:
    """Rows of (offer, card, its markup, its prices, offers of the list without a price for the usage)."""
    where = f"{statement.base} AND {statement.where(plain=False)}"
    priced = statement.query.priced_usage is not None
    source = f"{ROW}, LATERAL (SELECT {sql_prices.USAGE_PRICE} AS usage_price) AS usage" if priced else ROW
    unpriced = "count(*) FILTER (WHERE usage_price IS NULL) OVER ()" if priced else "0"
    return (
        f"SELECT offer_id, card::text, {CARD_HTML}, {CARD_PRICES}, {unpriced} FROM {source}"
        f" WHERE {where} ORDER BY {statement.order()}"
    )


def _page(statement: Statement) -> tuple[tuple[int, ...], tuple[KeptCard, ...], int]:
    with connection.cursor() as cursor:
        cursor.execute(f"{_ordered_sql(statement)} LIMIT %(limit)s OFFSET %(offset)s", statement.parameters)
        rows = cursor.fetchall()
    cards = tuple(KeptCard(row[1], row[2] and row[2].encode(), row[3]) for row in rows)
    return tuple(row[0] for row in rows), cards, rows[0][4] if rows else 0
