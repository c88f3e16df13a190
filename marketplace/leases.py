"""Work that a crash must neither lose nor do twice.

The row is the truth, the broker only a bell. A worker *claims* a due row: attempt, random token and
lease are set in one UPDATE by the database's clock. Every later write compares the token, so a worker
that lost its lease is fenced off. The *sweeper* rings again for rows whose lease expired or whose
message grew old, stamping ``sent_at`` in the UPDATE that picks them: a backlog never multiplies
messages. Time limit of the task < lease ≤ visibility timeout of the broker.
"""

from __future__ import annotations

import datetime as dt
import json
import secrets
from collections.abc import Callable, Sequence
from typing import Any, Self, TypeVar, cast

from django.db import connection, models, transaction
from django.db.models.functions import Now
from django.utils import timezone

MESSAGE_OLD_AFTER = dt.timedelta(minutes=10)
# However long the queue, a message counts as lost after this: without a limit the wait would grow with the
# age of the oldest row, and when that row's own message is the lost one it would never ring again.
MESSAGE_LOST_AFTER = dt.timedelta(minutes=30)


class LeaseState(models.TextChoices):
    DUE = "due", "À faire"
    RUNNING = "running", "En cours"
    DONE = "done", "Fait"
    DEAD = "dead", "Abandonné"


class LeasedQuerySet(models.QuerySet[Any]):
    def claimable(self) -> Self:
        """Due now, or running under a lease that has expired."""
        return self.filter(
            models.Q(lease_state=LeaseState.DUE, due_at__lte=Now())
            | models.Q(lease_state=LeaseState.RUNNING, lease_until__lt=Now())
        )


class Leased(models.Model):
    lease_state = models.CharField(max_length=10, choices=LeaseState.choices, default=LeaseState.DUE)
    attempt = models.PositiveIntegerField(default=0)
    token = models.CharField(max_length=32, blank=True)
    due_at = models.DateTimeField(default=timezone.now)
    lease_until = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(blank=True)

    # Attempts before a row is dead, and how long a claim holds: longer than the task may run (60 s by
    # default), no longer than the broker hides the message (120 s).
    MAX_ATTEMPTS = 8
    LEASE_SECONDS = 90

    class Meta:
        abstract = True

    @classmethod
    def lease_indexes(cls, prefix: str) -> list[models.Index]:
        """The partial indexes that the sweeper, and who looks for what was given up, need; put them in the
        Meta of the concrete model."""
        return [
            models.Index(
                fields=["due_at"],
                name=f"{prefix}_open",
                condition=models.Q(lease_state__in=["due", "running"]),
            ),
            models.Index(fields=["id"], name=f"{prefix}_dead", condition=models.Q(lease_state="dead")),
        ]


T = TypeVar("T", bound=Leased)


def claim(model: type[T], pk: int) -> T | None:
    """Take the row for ``model.LEASE_SECONDS``; None when it is done, held, not yet due or dead.

    One UPDATE, whose condition PostgreSQL checks again once a rival's claim has committed; then the row is
    read. Call it outside a longer transaction so that the claim is visible.
    """
    rows, token = LeasedQuerySet(model).filter(pk=pk), secrets.token_hex(16)
    taken = (
        rows.claimable()
        .filter(attempt__lt=model.MAX_ATTEMPTS)
        .update(
            lease_state=LeaseState.RUNNING,
            attempt=models.F("attempt") + 1,
            token=token,
            lease_until=Now() + dt.timedelta(seconds=model.LEASE_SECONDS),
        )
    )
    if not taken:
        rows.claimable().filter(attempt__gte=model.MAX_ATTEMPTS).update(lease_state=LeaseState.DEAD, token="")
        return None
    return rows.filter(token=token).first()


def claim_untried(rows: models.QuerySet[T]) -> list[T]:
    """Those of ``rows`` (one table, no join) that are due and that nobody has tried, taken and read by one
    UPDATE, in the order of their keys; those that a rival locks at this moment are left to it.

    A row tried before is left to a claim of its own: what killed a worker once takes no neighbour with it.
    """
    model = rows.model
    free = rows.filter(lease_state=LeaseState.DUE, due_at__lte=Now(), attempt=0).order_by("pk").values("pk")
    picked, given = free.query.sql_with_params()
    table = connection.ops.quote_name(model._meta.db_table)
    sql = (
        f"UPDATE {table} SET lease_state = %s, attempt = attempt + 1, token = %s,"  # noqa: S608  # our names
        " lease_until = statement_timestamp() + make_interval(secs => %s)"
        f" WHERE id IN ({picked} FOR UPDATE SKIP LOCKED) RETURNING *"
    )
    taken = [LeaseState.RUNNING.value, secrets.token_hex(16), model.LEASE_SECONDS, *given]
    return sorted(model._base_manager.raw(sql, taken), key=lambda row: row.pk)


def held(row: T) -> bool:
    """Lock the row and say whether this claim still holds. Call inside the transaction that writes."""
    return (
        LeasedQuerySet(type(row))
        .filter(pk=row.pk, token=row.token, lease_state=LeaseState.RUNNING)
        .select_for_update(of=("self",))
        .exists()
    )


def finish(row: T, **fields: Any) -> bool:
    """Write the result if the claim still holds. False: another worker has it, write nothing else."""
    values = {"lease_state": LeaseState.DONE, "done_at": Now(), "last_error": "", **fields}
    updated = (
        LeasedQuerySet(type(row))
        .filter(pk=row.pk, token=row.token, lease_state=LeaseState.RUNNING)
        .update(token="", lease_until=None, **values)
    )
    if updated:
        _keep(row, token="", lease_until=None, **values)
    return bool(updated)


def finish_together(rows: Sequence[T], fields: Sequence[str]) -> list[T]:
    """Write these ``fields`` as they are on the rows of one model, in one UPDATE, for those whose claim still
    holds: they are returned, in the order given, done at the database's time.

    Each keeps the token of its claim in memory: if the transaction is undone, the claim still holds."""
    if not rows:
        return []
    meta = type(rows[0])._meta
    columns = {name: cast("models.Field[Any, Any]", meta.get_field(name)) for name in fields}
    said_as = ", ".join(f"{field.column} {field.db_type(connection)}" for field in columns.values())
    sql = (
        f"UPDATE {connection.ops.quote_name(meta.db_table)} AS kept"  # noqa: S608  # names of our models
        " SET lease_state = %s, done_at = statement_timestamp(), last_error = '', token = '',"
        f" lease_until = NULL, {', '.join(f'{f.column} = said.{f.column}' for f in columns.values())}"
        f" FROM jsonb_to_recordset(%s::jsonb) AS said(id bigint, token text, {said_as})"
        " WHERE kept.id = said.id AND kept.token = said.token AND kept.lease_state = %s"
        " RETURNING kept.id, kept.done_at"
    )
    said = [
        {"id": row.pk, "token": row.token}
        | {str(field.column): field.value_from_object(row) for field in columns.values()}
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql, [LeaseState.DONE.value, json.dumps(said), LeaseState.RUNNING.value])
        done_at: dict[int, dt.datetime] = dict(cursor.fetchall())
    written_rows = [row for row in rows if row.pk in done_at]
    for row in written_rows:
        row.lease_state, row.done_at, row.last_error = LeaseState.DONE, done_at[row.pk], ""
    return written_rows


def fail(row: T, error: str) -> bool:
    """Give the row back after a failure of ours: due again with jittered back-off, or dead."""
    if row.attempt >= row.MAX_ATTEMPTS:
        return finish(row, lease_state=LeaseState.DEAD, last_error=error[:2000])
    delay = min(600, 2**row.attempt) * (0.5 + secrets.randbelow(1000) / 1000)
    return finish(
        row,
        lease_state=LeaseState.DUE,
        done_at=None,
        due_at=timezone.now() + dt.timedelta(seconds=delay),
        sent_at=None,
        last_error=error[:2000],
    )


def put_back(row: T, *, seconds: int) -> bool:
    """Give the row back untried: what it needs is taken by others. The attempt is not counted; due again in
    one to two times `seconds`."""
    delay = seconds * (1 + secrets.randbelow(1000) / 1000)
    return finish(
        row,
        lease_state=LeaseState.DUE,
        attempt=row.attempt - 1,
        done_at=None,
        due_at=timezone.now() + dt.timedelta(seconds=delay),
        sent_at=None,
    )


def revive(row: T) -> bool:
    """Due again, as if never tried; False when it is no longer dead."""
    dead = LeasedQuerySet(type(row)).filter(pk=row.pk, lease_state=LeaseState.DEAD)
    return bool(dead.update(lease_state=LeaseState.DUE, attempt=0, due_at=Now(), sent_at=None, done_at=None))


def sweep(model: type[T], send: Callable[[int], object], *, limit: int = 500) -> int:
    """Ring for claimable rows never announced, or announced too long ago. Returns how many.

    The age beyond which a message counts as lost is 2 × age of the oldest waiting row while the queue
    flows, between 10 and 30 min: a queue that is merely long is left alone.
    """
    with transaction.atomic():
        rows = LeasedQuerySet(model).claimable()
        oldest = rows.order_by("due_at").values_list("due_at", flat=True).first()
        if oldest is None:
            return 0
        patience = _patience(oldest) if _flowing(model) else MESSAGE_OLD_AFTER
        lost = (
            models.Q(sent_at__isnull=True)
            | models.Q(sent_at__lt=timezone.now() - patience)
            | models.Q(lease_state=LeaseState.RUNNING)
        )
        picked = list(
            rows.filter(lost)
            .order_by("due_at")
            .select_for_update(skip_locked=True, of=("self",))
            .values_list("pk", flat=True)[:limit]
        )
        # An expired lease is handed back here, so that the next sweep does not ring for it again.
        LeasedQuerySet(model).filter(pk__in=picked).update(
            sent_at=Now(), lease_state=LeaseState.DUE, token="", lease_until=None
        )
    unsent = [pk for pk in picked if send(pk) is False]
    # The broker was away: the stamp would keep the next sweep from ringing.
    LeasedQuerySet(model).filter(pk__in=unsent).update(sent_at=None)
    return len(picked) - len(unsent)


def _patience(oldest: dt.datetime) -> dt.timedelta:
    return min(max(MESSAGE_OLD_AFTER, 2 * (timezone.now() - oldest)), MESSAGE_LOST_AFTER)


def _flowing(model: type[T]) -> bool:
    """Whether anything was finished lately: a queue that moves is long, not lost."""
    recent = timezone.now() - MESSAGE_OLD_AFTER
    return LeasedQuerySet(model).filter(done_at__gte=recent).exists()


def _keep(row: Leased, **values: Any) -> None:
    """What was written, on the instance; only what the database computed is read back. Its relations stay."""
    computed = [name for name, value in values.items() if hasattr(value, "resolve_expression")]
    for name, value in values.items():
        if name not in computed:
            setattr(row, name, value)
    if computed:
        row.refresh_from_db(fields=computed)
