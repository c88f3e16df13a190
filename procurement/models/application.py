"""What an application of a supplier and its papers hold, whatever it is to."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.files.models import StoredFile
from marketplace.workflow import Stateful
from procurement.applications.enums import MOST_REASON
from procurement.consultations.enums import Candidacy


class Application(Stateful):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True, editable=False)
    candidacy = models.CharField("candidature", max_length=10, choices=Candidacy)
    not_excluded = models.BooleanField("dans aucun cas d’exclusion", default=False)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField("motif", max_length=MOST_REASON, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Without the supplier: its name may be a secret until the last instant to apply."""
        return f"Candidature {self.number}"


class ApplicationPaper(models.Model):
    """Kept as it was given (a trigger on each table)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField("titre", max_length=160)
    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title
