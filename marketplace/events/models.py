from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from marketplace.leases import Leased


class DomainEvent(models.Model):
    """Something an app says happened, for apps above it to react to."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=60, db_index=True)
    payload = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.kind} {self.uuid}"


class EventDelivery(Leased):
    """One event for one consumer, consumed once."""

    event = models.ForeignKey(DomainEvent, models.PROTECT, related_name="deliveries")
    consumer = models.CharField(max_length=80)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["event", "consumer"],
                name="event_delivery_once",
                violation_error_message="Cet événement est déjà remis à ce destinataire.",
            ),
        ]
        indexes = Leased.lease_indexes("event_delivery")

    def __str__(self) -> str:
        return f"{self.event_id} → {self.consumer}"
