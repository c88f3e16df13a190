"""Statements that PostgreSQL parses and plans once a connection: for the few that the busiest pages ask.

A plan is kept for values not seen yet: such a statement is written so that one plan suits all of them.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.pq import ConnStatus, ExecStatus, Format
from psycopg.pq.abc import PGconn, PGresult

# What a column is read as. Texts as bytes: for what goes out as it came, in UTF-8.
_READ: dict[type, Callable[[bytes], Any]] = {
    int: lambda value: int.from_bytes(value, "big", signed=True),
    bool: lambda value: value == b"\x01",
    bytes: bytes,
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """`sql` with $1, $2… of these `types`. `name` is one statement of the product, the same everywhere.
    `gives`: for each of its columns int (any whole number), bool, or bytes for a text.
    """

    name: str
    types: tuple[str, ...]
    sql: str
    gives: tuple[type, ...]

    def rows(self, *values: Any) -> list[tuple[Any, ...]]:
        """One statement. Values: numbers, texts, days, yes or no, lists of numbers, None.

        Where nobody counts or logs statements it goes to the driver at once, without the cursors of Django
        and of the driver, which cost more than all the rest. Raises what `cursor.execute` does.
        """
        db: Any = connections[DEFAULT_DB_ALIAS]
        if db.in_atomic_block or db.queries_logged or db.execute_wrappers:
            return self._by_cursor(db, values)
        db.validate_thread_sharing()
        db.close_if_health_check_failed()
        db.ensure_connection()
        if not db.connection.autocommit:
            return self._by_cursor(db, values)
        if self.name not in db.prepared:
            self._prepare(db)
        given = [None if value is None else _written(value) for value in values]
        with db.wrap_database_errors:
            found = db.connection.pgconn.exec_prepared(self.name.encode(), given, None, Format.BINARY)
            if found.status != ExecStatus.TUPLES_OK:
                raise _error(db.connection.pgconn, found)
        get, columns = found.get_value, list(enumerate(_READ[kind] for kind in self.gives))
        return [
            tuple([None if (value := get(row, at)) is None else read(value) for at, read in columns])
            for row in range(found.ntuples)
        ]

    def _by_cursor(self, db: Any, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """Counted and logged by Django as any other; the preparation, once a connection, is not."""
        with db.cursor() as cursor:
            if self.name not in db.prepared:
                self._prepare(db)
            places = ", ".join(f"%s::{kind}" for kind in self.types)
            cursor.execute(f"EXECUTE {self.name}{f' ({places})' if places else ''}", values or None)
            found = cursor.fetchall()
        return [tuple(value.encode() if isinstance(value, str) else value for value in row) for row in found]

    def _prepare(self, db: Any) -> None:
        types = f" ({', '.join(self.types)})" if self.types else ""
        with db.wrap_database_errors:
            db.connection.execute(f"PREPARE {self.name}{types} AS {self.sql}")
        db.prepared.add(self.name)


def _error(server: PGconn, found: PGresult) -> psycopg.Error:
    """As the driver's own cursors tell it: a lost connection has no code of the server."""
    if server.status == ConnStatus.BAD:
        return psycopg.OperationalError(found.get_error_message())
    return psycopg.errors.error_from_result(found)


def _written(value: bool | float | str | datetime.date | list[int]) -> bytes:
    """As PostgreSQL reads it from a text."""
    if isinstance(value, list):
        return b"{%s}" % ",".join(map(str, map(int, value))).encode()
    if isinstance(value, bool):
        return b"true" if value else b"false"
    return str(value).encode()
