"""Ringing a worker: a Celery task that carries a row's key, and nothing else.

A broker that is down must never refuse a person's request: the row is committed, the sweeper rings
again. So :meth:`Bell.ring` waits for the commit and swallows the broker's errors, logged.
"""

from __future__ import annotations

import logging

from celery import Task, shared_task
from django.db import transaction
from kombu.exceptions import KombuError

logger = logging.getLogger(__name__)


class Bell(Task):
    """A task ``name(pk)``; give it ``queue`` by ``@shared_task(base=Bell, queue=…)``."""

    abstract = True
    ignore_result = True
    acks_late = True
    reject_on_worker_lost = True

    def ring(self, pk: int) -> None:
        """Send after the running transaction commits; never raises because of the broker."""
        transaction.on_commit(lambda: self.ring_now(pk))

    def ring_now(self, pk: int) -> bool:
        try:
            self.apply_async((pk,), retry=False)
        except (KombuError, OSError) as error:
            logger.warning("broker unreachable, %s(%s) left to the sweeper: %s", self.name, pk, error)
            return False
        return True


__all__ = ["Bell", "shared_task"]
