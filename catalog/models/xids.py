"""PostgreSQL's transaction numbers as columns: which commits a reader has surely seen."""

from __future__ import annotations

from typing import Any

from django.db.models import Field, Func


class XidField(Field):
    """`xid8`: the 64-bit number of a transaction, an int in Python."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_prep_value(self, value: Any) -> str | None:
        """As text: PostgreSQL compares no xid8 with an integer."""
        return None if value is None else str(int(value))

    def to_python(self, value: Any) -> int | None:
        return None if value is None else int(value)


class CurrentXid(Func):
    """The number of the transaction that runs, given out now if it had none."""

    function = "pg_current_xact_id"
    arity = 0
    output_field = XidField()


class _Snapshot(Func):
    function = "pg_current_snapshot"
    arity = 0
    output_field = XidField()  # only ever an argument of the two below


class Horizon(Func):
    """Every transaction under it has ended: the statement that asks sees all that they committed."""

    function = "pg_snapshot_xmin"
    output_field = XidField()

    def __init__(self, **extra: Any) -> None:
        super().__init__(_Snapshot(), **extra)
