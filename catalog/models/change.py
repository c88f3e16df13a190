from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib.postgres.functions import RandomUUID
from django.db import connection, models

from catalog.enums import ChangeKind
from catalog.models.xids import CurrentXid, Horizon, XidField

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class ClockTimestamp(models.Func):
    """Now, and not the beginning of the transaction."""

    function = "clock_timestamp"
    arity = 0
    output_field = models.DateTimeField()


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """Where a reader of the changes stands: everything up to and including it is known."""

    xid: int = 0
    id: int = 0


class ChangeQuerySet(models.QuerySet["Change"]):
    def visible_to(self, actor: Actor) -> ChangeQuerySet:
        """Rows are written of public offers only: everybody reads them."""
        return self

    def after(self, position: Position) -> ChangeQuerySet:
        """In the one order that misses nothing: transactions by number, up to the horizon.

        Under the horizon every transaction has ended, so no row can still appear before one that was given.
        """
        later = models.Q(xid__gt=position.xid) | models.Q(xid=position.xid, pk__gt=position.id)
        return self.filter(later, xid__gte=position.xid, xid__lt=Horizon()).order_by("xid", "pk")

    def beyond(self, position: Position) -> ChangeQuerySet:
        """Every later row, also those that the feed does not give yet."""
        later = models.Q(xid__gt=position.xid) | models.Q(xid=position.xid, pk__gt=position.id)
        return self.filter(later, xid__gte=position.xid)

    def upto(self, position: Position) -> ChangeQuerySet:
        earlier = models.Q(xid__lt=position.xid) | models.Q(xid=position.xid, pk__lte=position.id)
        return self.filter(earlier, xid__lte=position.xid)

    def settled(self) -> Position:
        """The last row under the horizon: no row can still appear before it. One query."""
        last = self.filter(xid__lt=Horizon()).order_by("-xid", "-pk").first()
        return last.position if last else Position()


class Change(models.Model):
    """One thing that happened to what the public reads of an offer.

    Written by database triggers (migration `changes`), whatever the code that changed the catalogue, in
    its own transaction. Append-only. `at` is the clock when it was written: later transactions may commit
    first, `xid` and `id` give the order.
    """

    uuid = models.UUIDField(db_default=RandomUUID(), unique=True, editable=False)
    xid = XidField(db_default=CurrentXid(), editable=False)
    at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)
    kind = models.CharField(max_length=16, choices=ChangeKind)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="changes")
    fact = models.OneToOneField(
        "catalog.TrustFact", null=True, blank=True, on_delete=models.PROTECT, related_name="change"
    )
    # What the offer was right after, and the reason of its closing: the offer's row says today's.
    state = models.CharField(max_length=40)
    reason = models.CharField(max_length=1000, blank=True)

    objects = ChangeQuerySet.as_manager()

    class Meta:
        ordering = ("xid", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("xid", "offer", "kind"),
                condition=models.Q(fact__isnull=True),
                name="change_once_a_transaction",
                violation_error_message="Ce changement est déjà écrit.",
            ),
        )
        indexes = (
            models.Index(fields=["xid", "id"], name="change_order"),
            models.Index(fields=["kind", "-id"], name="change_kind"),
        )

    def __str__(self) -> str:
        return f"{self.offer} – {self.get_kind_display()}"

    @property
    def position(self) -> Position:
        return Position(self.xid, self.pk)


_STANDING = """
WITH known AS MATERIALIZED (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS horizon)
SELECT horizon::text,
  (SELECT id FROM catalog_change WHERE xid < horizon ORDER BY xid DESC, id DESC LIMIT 1),
  (SELECT array_agg(id ORDER BY id) FROM catalog_change WHERE xid >= horizon),
  (SELECT max(at) FROM (SELECT at FROM catalog_change ORDER BY id DESC LIMIT 50) recent)
FROM known
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a statement that began now sees of the changes.

    Two standings are equal only when no change was committed between them: rows under the horizon are
    settled and named by the last, those above it are named one by one.
    """

    horizon: int
    settled: int | None
    above: tuple[int, ...]
    latest_at: dt.datetime | None

    @property
    def position(self) -> Position:
        """From here on, the feed gives everything that a copy begun after this standing may lack."""
        return Position(self.horizon, 0)


def standing() -> Standing:
    """One query, whatever the number of changes."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDING)
        horizon, settled, above, latest = cursor.fetchone()
    return Standing(int(horizon), settled, tuple(above or ()), latest)
