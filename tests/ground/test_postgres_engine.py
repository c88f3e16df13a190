"""The database engine of the settings: a kept connection is known to be sound without asking, a statement is
prepared once a connection."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DataError, OperationalError, connection
from django.test.utils import CaptureQueriesContext

from marketplace.postgres.prepared import Prepared

pytestmark = pytest.mark.django_db


@pytest.fixture
def other() -> Iterator[Any]:
    """A connection of its own, outside the test's transaction."""
    found = connection.copy()
    found.ensure_connection()
    yield found
    found.close()


def test_a_silent_connection_is_sound_and_nothing_is_sent(other: Any) -> None:
    with CaptureQueriesContext(other) as seen:
        assert other.is_usable()
    assert not seen.captured_queries


def test_a_session_that_the_server_ended_is_not(other: Any) -> None:
    pid = other.connection.info.backend_pid
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    assert not other.is_usable()


def test_a_notice_that_waits_is_no_end(other: Any) -> None:
    with other.cursor() as cursor:
        cursor.execute("LISTEN engine_test")
    speaker = connection.copy()
    with speaker.cursor() as cursor:
        cursor.execute("NOTIFY engine_test")
    speaker.close()
    assert other.is_usable()


def test_a_statement_is_prepared_once_a_connection_and_counted_each_time() -> None:
    add = Prepared("engine_test_add", ("int", "int"), "SELECT $1 + $2", (int,))
    with CaptureQueriesContext(connection) as seen:
        assert [add.rows(1, 2), add.rows(3, None)] == [[(3,)], [(None,)]]
    assert len(seen.captured_queries) == 2
    assert "engine_test_add" in connection.prepared
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE name = 'engine_test_add'")
        assert cursor.fetchone() == (1,)


@pytest.mark.django_db(transaction=True)
def test_a_statement_sent_at_once_tells_what_a_cursor_tells() -> None:
    say = Prepared(
        "engine_test_say",
        ("bigint[]", "text", "date", "boolean"),
        "SELECT $1[1], $1[2], cardinality($1) = 2 AND $4, concat($2, to_char($3, ' YYYY-MM-DD'), $4)",
        (int, int, bool, bytes),
    )
    for values in (
        ([-5, 2**40], 'été {"}\\', dt.date(2026, 2, 3), True),
        ([7], None, None, None),
        ([], "", dt.date(1, 1, 1), False),
    ):
        at_once = say.rows(*values)
        with CaptureQueriesContext(connection) as seen:
            assert say.rows(*values) == at_once
        assert len(seen.captured_queries) == 1


@pytest.mark.django_db(transaction=True)
def test_a_statement_sent_at_once_fails_as_with_a_cursor() -> None:
    divide = Prepared("engine_test_divide", ("int",), "SELECT 1 / $1", (int,))
    with pytest.raises(DataError, match="division by zero"):
        divide.rows(0)
    assert divide.rows(1) == [(1,)]
    pid = connection.connection.info.backend_pid
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    other.close()
    try:
        with pytest.raises(OperationalError):
            divide.rows(1)
    finally:
        connection.close()
    assert divide.rows(1) == [(1,)]
