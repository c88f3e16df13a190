from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from marketplace.accounts.models import User


class ProjectDocument(models.Model):
    """A paper of the need, read by the project's administration and the auditor. Never changed (trigger)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="documents")
    title = models.CharField("titre", max_length=160)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("added_at", "pk")
        verbose_name = "document d’un projet"

    def __str__(self) -> str:
        return self.title
