from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from qualification.enums import FindingSeverity, FindingVerdict


class CorrectionRequest(models.Model):
    """What an officer asked the supplier to repair in one round. Its span is a pause of the clock."""

    dossier = models.ForeignKey("qualification.Dossier", on_delete=models.PROTECT, related_name="corrections")
    round = models.PositiveSmallIntegerField()
    message = models.TextField(max_length=4000)
    due_on = models.DateField()
    requested_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(max_length=4000, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    version_before = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    version_after = models.ForeignKey(
        "catalog.OfferVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Codes of the requirements to judge again after the answer; the other findings stand.
    reopened = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        ordering = ("dossier", "requested_at")
        constraints = (
            models.UniqueConstraint(
                fields=("dossier", "round"),
                name="correction_once_per_round",
                violation_error_message="Les corrections de ce tour sont déjà demandées.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.dossier} – corrections du tour {self.round}"


class Finding(models.Model):
    """An officer's judgement on one requirement (« constat »). Append-only: a change is a new row."""

    dossier = models.ForeignKey("qualification.Dossier", on_delete=models.PROTECT, related_name="findings")
    requirement = models.CharField(max_length=40)
    round = models.PositiveSmallIntegerField()
    verdict = models.CharField(max_length=24, choices=FindingVerdict)
    severity = models.CharField(max_length=12, choices=FindingSeverity, blank=True)
    observation = models.TextField(max_length=4000)
    # What it stands on (answer, page of a document), beside the run of the automatic check.
    evidence = models.TextField(max_length=2000, blank=True)
    remedy = models.TextField(max_length=4000, blank=True)
    check_run = models.ForeignKey(
        "qualification.CheckRun", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    recorded_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("dossier", "requirement", "pk")

    def __str__(self) -> str:
        return f"{self.dossier} – {self.requirement}"


class InterestDeclaration(models.Model):
    """What a person says of their links with a supplier before instructing or deciding. The last one counts.

    The database refuses an officer whose last word on the dossier is not « no link ».
    """

    dossier = models.ForeignKey("qualification.Dossier", on_delete=models.PROTECT, related_name="interests")
    user = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    has_interest = models.BooleanField()
    statement = models.TextField(max_length=2000, blank=True)
    declared_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("dossier", "pk")

    def __str__(self) -> str:
        return f"{self.dossier} – {self.user}"
