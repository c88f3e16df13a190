from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from marketplace.leases import Leased


class ScanState(models.TextChoices):
    UNSCANNED = "unscanned", "Non analysé"
    WAITING = "waiting", "En attente"
    CLEAN = "clean", "Sain"
    INFECTED = "infected", "Refusé"


class KeptAs(models.TextChoices):
    """How the bytes lie on the disk; what is given back is always what came."""

    WHOLE = "whole", "En un message"
    PIECES = "pieces", "Par morceaux"
    PACKED = "packed", "Comprimé, par morceaux"


class StoredFile(models.Model):
    """A private file under an opaque name. Its bytes are encrypted; its type was read, not believed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    name = models.CharField("nom", max_length=200)
    media_type = models.CharField("type", max_length=100)
    size = models.PositiveBigIntegerField("taille (octets)")
    sha256 = models.CharField("empreinte", max_length=64, db_index=True)
    kept_as = models.CharField(max_length=10, choices=KeptAs.choices, default=KeptAs.WHOLE)
    scan_state = models.CharField(
        "analyse", max_length=10, choices=ScanState.choices, default=ScanState.UNSCANNED
    )
    scanned_at = models.DateTimeField("analysé le", null=True, blank=True)
    scan_finding = models.CharField("ce que l’analyse a trouvé", max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    keep_until = models.DateField("à garder jusqu’au", null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    def audit_organisation_ids(self) -> list[int]:
        return [self.owner_id]

    @property
    def is_given(self) -> bool:
        """Whether who may see it may read it: not while it waits for its scan, never once refused."""
        return self.scan_state not in (ScanState.WAITING, ScanState.INFECTED)

    @property
    def scan_reason(self) -> str:
        """Why the file is refused and what to do, in French; empty when it is not refused."""
        if self.scan_state != ScanState.INFECTED:
            return ""
        named = f" ({self.scan_finding})" if self.scan_finding else ""
        return (
            f"Un logiciel malveillant y a été trouvé{named}. Ce fichier n’est donné à personne : "
            "analysez le poste d’où il vient, puis joignez un fichier sain."
        )


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
