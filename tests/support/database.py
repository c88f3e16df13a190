"""The database of a test run: DATABASE_URL when given, otherwise an embedded PostgreSQL of its own,
started once by the first process for all xdist workers and deleted at the end."""

import contextlib
import os

import environ
import pytest
from django.conf import settings

from marketplace.devtools.postgres import SUPERUSER, throwaway_cluster

_running = contextlib.ExitStack()


def open_database() -> str:
    """Return what runs the tests, for the header."""
    url = os.environ.get("DATABASE_URL")
    if url:
        return "the PostgreSQL of DATABASE_URL"
    if settings.DATABASES["default"].get("USER") == SUPERUSER:
        return "the embedded PostgreSQL"
    cluster = _running.enter_context(throwaway_cluster())
    url = cluster.url(SUPERUSER, database="postgres")
    # xdist workers inherit the environment; in this process the settings are already read.
    os.environ["DATABASE_URL"] = os.environ["EMBEDDED_DATABASE_URL"] = url
    for alias in ("default", "sealer"):
        settings.DATABASES[alias].update(environ.Env.db_url_config(url, engine=settings.DATABASE_ENGINE))
    return "an embedded PostgreSQL started for this run"


def close_database() -> None:
    _running.close()


def drop_whoever_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thread of a live server may still hold a connection when the test database is dropped."""
    from django.db.backends.base.creation import BaseDatabaseCreation

    def destroy(self: BaseDatabaseCreation, name: str, verbosity: int) -> None:
        with self._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {self.connection.ops.quote_name(name)} WITH (FORCE)")

    monkeypatch.setattr(BaseDatabaseCreation, "_destroy_test_db", destroy)


def empty_only_what_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    """How a transactional test ends. Django truncates all tables, which makes a new file for each of them and
    of their indexes, then makes the content types and permissions again, which nothing of ours reads.

    The triggers of append-only tables refuse both ways: the account of the tests is a superuser, and only
    this goes round them. Locks first, as TRUNCATE: what another connection began is ended before rows go.
    """
    from django.db import connection
    from django.test import TransactionTestCase

    statements: list[str] = []

    def empty(_: TransactionTestCase) -> None:
        if not statements:
            names = connection.introspection.django_table_names(only_existing=True, include_views=False)
            tables = [connection.ops.quote_name(name) for name in names]
            statements.append(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
            statements.append("SET LOCAL session_replication_role = replica")
            statements.extend(f"DELETE FROM {table}" for table in tables)
        with connection.cursor() as cursor:
            # One message, so one transaction.
            cursor.execute("; ".join(statements))

    monkeypatch.setattr(TransactionTestCase, "_fixture_teardown", empty)
