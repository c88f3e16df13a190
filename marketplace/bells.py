"""Ringing a worker: a Celery task that carries a row's key, and nothing else.

A broker that is down must never refuse a person's request: the row is committed, the sweeper rings
again. So :meth:`Bell.ring` waits for the commit and swallows the broker's errors, logged.

While a queue is paused (`marketplace.health.pauses`) nothing is sent to it, and what arrives is left: its row
waits, as one that nobody was told of, for the first sweep after the pause.
"""

from __future__ import annotations

import logging
from typing import Any

from celery import Task
from django.apps import apps
from django.db import OperationalError, transaction
from django.db.models.functions import Now

from marketplace.leases import Leased, LeaseState

logger = logging.getLogger(__name__)


class Bell(Task):
    """A task ``name(pk)``: ``@shared_task(base=Bell, name="mail.send", rows="notifications.OutgoingEmail")``.

    The first word of its name is the queue, ``rows`` the model whose keys it carries.
    """

    abstract = True
    ignore_result = True
    acks_late = True
    reject_on_worker_lost = True
    rows = ""

    def __call__(self, pk: int, *args: Any, **kwargs: Any) -> Any:
        """Nothing while the queue is paused. One query more than the task's own."""
        if not self._is_paused():
            return super().__call__(pk, *args, **kwargs)
        waiting = apps.get_model(self.rows)._base_manager.filter(pk=pk, lease_state=LeaseState.DUE)
        waiting.update(sent_at=None)
        return None

    def ring(self, row: Leased, *others: Leased) -> None:
        """Send after the running transaction commits; never raises because of the broker.

        ``sent_at`` stays null when nothing was sent, so that the next sweep rings. ``others`` are rows that
        whoever hears this message takes too: they are stamped with it.
        """
        transaction.on_commit(lambda: self._ring_and_stamp(row, *others))

    def ring_now(self, pk: int) -> bool:
        """False: not sent, because the queue is paused or the broker away."""
        if self._is_paused():
            return False
        try:
            self.apply_async((pk,), retry=False)
        # Each transport raises its own driver's errors (redis, psycopg); none may reach the person.
        except Exception as error:
            logger.warning("broker unreachable, %s(%s) left to the sweeper: %s", self.name, pk, error)
            return False
        return True

    def _ring_and_stamp(self, row: Leased, *others: Leased) -> None:
        if self.ring_now(row.pk):
            told = [row.pk, *(other.pk for other in others)]
            # A quick worker may have claimed, even finished, a row already: then it is left alone.
            waiting = type(row)._base_manager.filter(pk__in=told, sent_at=None, lease_state=LeaseState.DUE)
            waiting.update(sent_at=Now())

    def _is_paused(self) -> bool:
        from marketplace.health.pauses import is_paused  # its model needs the applications

        try:
            return is_paused(self.name.partition(".")[0])
        except OperationalError:
            # The task itself knows what to do while the database is away.
            return False
