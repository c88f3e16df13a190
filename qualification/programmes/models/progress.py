from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from qualification.programmes.enums import Milestone
from qualification.programmes.models.application import ProgrammeApplication
from qualification.programmes.quarters import Quarter


class ApplicationMilestone(models.Model):
    """A step of the ANSSI's path as the supplier tells it. Append-only: a later row corrects a former one."""

    application = models.ForeignKey(ProgrammeApplication, on_delete=models.PROTECT, related_name="milestones")
    code = models.CharField(max_length=2, choices=Milestone)
    reached_on = models.DateField()
    reference = models.CharField(max_length=200)
    note = models.CharField(max_length=500, blank=True)
    recorded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("code", "pk")

    def __str__(self) -> str:
        return f"{self.application} – {self.code}"


class ProgressReport(models.Model):
    """What was done in one quarter, told once. Append-only. Amounts and days None: not told."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(ProgrammeApplication, on_delete=models.PROTECT, related_name="reports")
    year = models.PositiveSmallIntegerField()
    quarter = models.PositiveSmallIntegerField()
    done = models.TextField(max_length=4000)
    next_steps = models.TextField(max_length=4000)
    difficulties = models.TextField(max_length=4000, blank=True)
    person_days = models.DecimalField(max_digits=7, decimal_places=1, null=True, blank=True)
    spent_eur_ht = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    sent_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-year", "-quarter")
        constraints = (
            models.UniqueConstraint(
                fields=("application", "year", "quarter"),
                name="progress_report_once",
                violation_error_message="Le rapport de ce trimestre est déjà envoyé.",
            ),
            models.CheckConstraint(
                condition=models.Q(quarter__gte=1, quarter__lte=4),
                name="progress_report_quarter",
                violation_error_message="Un trimestre va de 1 à 4.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} – {self.period.key}"

    @property
    def period(self) -> Quarter:
        return Quarter(self.year, self.quarter)

    @property
    def was_late(self) -> bool:
        return timezone.localdate(self.sent_at) > self.period.due_on


class TremplinProgress(models.Model):
    """Where a supplier stands on one step of the « Tremplin » path. ``done_on`` None: not done."""

    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    step = models.CharField(max_length=20)
    done_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=500, blank=True)
    marked_at = models.DateTimeField(default=timezone.now)
    marked_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("organisation", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "step"),
                name="tremplin_step_once",
                violation_error_message="Cette étape est déjà suivie.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation} – {self.step}"

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]
