from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from marketplace.leases import Leased


class ScanState(models.TextChoices):
    UNSCANNED = "unscanned", "Non analysé"
    WAITING = "waiting", "En cours"
    CLEAN = "clean", "Sain"
    INFECTED = "infected", "Infecté"


class StoredFile(models.Model):
    """A private file under an opaque name. Its bytes are encrypted; its type was read, not believed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField("nom", max_length=200)
    media_type = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille (octets)")
    sha256 = models.CharField("empreinte", max_length=64, db_index=True)
    scan_state = models.CharField(
        "analyse", max_length=10, choices=ScanState.choices, default=ScanState.UNSCANNED
    )
    scanned_at = models.DateTimeField("analysé le", null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    keep_until = models.DateField("à garder jusqu’au", null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def audit_organisation_ids(self) -> list[int]:
        return [self.owner_id]


class FileScan(Leased):
    """The work of scanning one file, from its arrival until the verdict is written on it."""

    # A scanner away for days (tried again every ten minutes at most) loses no file.
    MAX_ATTEMPTS = 1000

    file = models.OneToOneField(StoredFile, models.PROTECT, related_name="scan")

    class Meta:
        ordering = ["pk"]
        indexes = Leased.lease_indexes("file_scan")

    def __str__(self) -> str:
        return f"{self.file} {self.lease_state}"


class FileAccess(models.Model):
    """Who read a file, and when; the owner reads this list."""

    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="accesses")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.file} {self.at:%Y-%m-%d}"
