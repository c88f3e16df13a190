"""Statements that PostgreSQL parses and plans once a connection: for the few that the busiest pages ask.

A plan is kept for values not seen yet: such a statement is written so that one plan suits all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection


@dataclass(frozen=True, slots=True)
class Prepared:
    """`sql` with $1, $2… of these `types`. `name` is one statement of the product, the same everywhere."""

    name: str
    types: tuple[str, ...]
    sql: str

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """One statement, counted and logged by Django as any other; the preparation, once a connection, is
        not. Raises what `cursor.execute` does."""
        with connection.cursor() as cursor:
            if self.name not in connection.prepared:
                self._prepare()
            places = ", ".join(f"%s::{kind}" for kind in self.types)
            cursor.execute(f"EXECUTE {self.name}{f' ({places})' if places else ''}", values or None)
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    def _prepare(self) -> None:
        types = f" ({', '.join(self.types)})" if self.types else ""
        with connection.wrap_database_errors:
            connection.connection.execute(f"PREPARE {self.name}{types} AS {self.sql}")
        connection.prepared.add(self.name)
