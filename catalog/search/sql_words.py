"""The vocabulary of the offers as PostgreSQL tells it, by the index of texts."""

# ruff: noqa: S608 -- SQL is assembled from constants of the search; every value is a parameter.

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from catalog.search.words import TEXT_CONFIG, quoted

ROW = "catalog_offersearchrow"


@dataclass(frozen=True, slots=True)
class StoredWords:
    """`visible`: the condition, with its parameters, of the offers that may be found."""

    visible: str
    parameters: Mapping[str, Any]

    def held(self, forms: Collection[str]) -> set[str]:
        sql = (
            f"SELECT form FROM unnest(%(forms)s::text[]) AS form WHERE EXISTS (SELECT 1 FROM {ROW}"
            f" WHERE {self.visible} AND text @@ phraseto_tsquery('{TEXT_CONFIG}', form))"
        )
        return {form for (form,) in self._rows(sql, forms=sorted(forms))}

    def begins(self, start: str) -> bool:
        sql = f"SELECT 1 FROM {ROW} WHERE {self.visible} AND text @@ %(start)s::tsquery LIMIT 1"
        return bool(self._rows(sql, start=f"{quoted(start)}:*"))

    def commonest(self, lexemes: Collection[str]) -> str | None:
        sql = (
            "SELECT lexeme FROM unnest(%(lexemes)s::text[], %(quoted)s::text[]) AS one(lexeme, query),"
            f" LATERAL (SELECT count(*) AS offers FROM {ROW}"
            f" WHERE {self.visible} AND text @@ query::tsquery) AS counted"
            ' WHERE offers > 0 ORDER BY offers DESC, lexeme COLLATE "C" LIMIT 1'
        )
        known = sorted(lexemes)
        found = self._rows(sql, lexemes=known, quoted=[quoted(lexeme) for lexeme in known])
        return found[0][0] if found else None

    def first_with(self, lexeme: str) -> int:
        sql = f"SELECT min(offer_id) FROM {ROW} WHERE {self.visible} AND text @@ %(query)s::tsquery"
        return int(self._rows(sql, query=quoted(lexeme))[0][0])

    def _rows(self, sql: str, **values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self.parameters, **values})
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


_NAMES = (
    "WITH looked AS (SELECT sort_name, supplier_id, category FROM catalog_offersearchrow WHERE is_public"
    " ORDER BY offer_id LIMIT %s)"
    " SELECT string_agg(name, ' ') FROM (SELECT sort_name AS name FROM looked"
    " UNION ALL SELECT lower(name) FROM catalog_supplier WHERE id IN (SELECT supplier_id FROM looked)"
    " UNION ALL SELECT lower(label) FROM catalog_category WHERE code IN (SELECT category FROM looked))"
    " AS told"
)


def words_of_names(limit: int) -> list[str]:
    """Small letters, of the names of at most `limit` offers, their suppliers and their categories. One
    statement."""
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, [limit])
        names: str = cursor.fetchone()[0] or ""
    return names.split()
