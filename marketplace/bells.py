"""Ringing a worker: a Celery task that carries a row's key, and nothing else.

A broker that is down must never refuse a person's request: the row is committed, the sweeper rings
again. So :meth:`Bell.ring` waits for the commit and swallows the broker's errors, logged.
"""

from __future__ import annotations

import logging

from celery import Task
from django.db import transaction
from django.db.models.functions import Now

from marketplace.leases import Leased, LeaseState

logger = logging.getLogger(__name__)


class Bell(Task):
    """A task ``name(pk)``: ``@shared_task(base=Bell, name="mail.send")``; its first word is the queue."""

    abstract = True
    ignore_result = True
    acks_late = True
    reject_on_worker_lost = True

    def ring(self, row: Leased, *others: Leased) -> None:
        """Send after the running transaction commits; never raises because of the broker.

        ``sent_at`` stays null when nothing was sent, so that the next sweep rings. ``others`` are rows that
        whoever hears this message takes too: they are stamped with it.
        """
        transaction.on_commit(lambda: self._ring_and_stamp(row, *others))

    def ring_now(self, pk: int) -> bool:
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
