from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from marketplace.leases import Leased


class Notification(models.Model):
    """A message to one person, shown in the service; its e-mail is a row of its own."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.CASCADE, null=True, blank=True, related_name="+"
    )
    subject = models.CharField("objet", max_length=200)
    body = models.TextField("texte")
    url = models.CharField("adresse", max_length=300, blank=True)
    # The same key tells the same person once.
    key = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"],
                condition=~models.Q(key=""),
                name="notification_once_per_key",
                violation_error_message="Cette personne est déjà prévenue.",
            ),
        ]
        indexes = [
            models.Index(
                fields=["user"], name="notification_unread", condition=models.Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class OutgoingEmail(Leased):
    """An e-mail to send at least once; its uuid becomes the Message-ID, so a repeat is recognisable."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    notification = models.OneToOneField(
        Notification, models.CASCADE, null=True, blank=True, related_name="email"
    )
    to = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    body = models.TextField()

    class Meta:
        indexes = Leased.lease_indexes("outgoing_email")

    def __str__(self) -> str:
        return self.subject
