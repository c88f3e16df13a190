"""Connections of their own, to commit in another order than the transactions began."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection


@contextmanager
def separate(*, read_only: bool = False) -> Iterator[psycopg.Connection]:
    """A second connection to the test database, in a transaction that the test ends itself."""
    parameters = connection.get_connection_params()
    parameters.pop("cursor_factory", None)
    parameters.pop("context", None)
    other = psycopg.connect(**parameters)
    try:
        yield other
    finally:
        other.close()


def rename(other: psycopg.Connection, offer: int, name: str) -> None:
    """A change that the public reads, written but not committed."""
    other.execute("UPDATE catalog_offer SET name = %s WHERE id = %s", [name, offer])
