import datetime as dt
from typing import ClassVar, Self

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone


class WorkerProbeQuerySet(models.QuerySet["WorkerProbe"]):
    def stamp(self) -> None:
        """One statement, by the database's clock. Safe to run twice."""
        self.bulk_create(
            [WorkerProbe(pk=1, executed_at=Now())],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["executed_at"],
        )

    def is_fresh(self, *, within: dt.timedelta) -> bool:
        return self.filter(executed_at__gt=Now() - within).exists()


class WorkerProbe(models.Model):
    """One row: when a worker last executed the probe that the broker carried to it."""

    executed_at = models.DateTimeField("exécutée le")

    objects: ClassVar[models.Manager["WorkerProbe"]] = WorkerProbeQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(pk=1),
                name="health_one_probe",
                violation_error_message="Il n’y a qu’une sonde.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.executed_at:%Y-%m-%d %H:%M:%S}"


class PausableQueue(models.TextChoices):
    """Those whose work may wait: events and the journal's seal never stop."""

    CHECKS = "checks", "Contrôles sans réseau, analyses de fichiers"
    FETCH = "fetch", "Contrôles qui sortent, vérifications Gaia-X"
    MAIL = "mail", "Courriels"


class QueuePauseQuerySet(models.QuerySet["QueuePause"]):
    def open(self) -> Self:
        return self.filter(resumed_at__isnull=True)


class QueuePause(models.Model):
    """A time during which workers take nothing new from a queue; what they had begun ends (`pauses`)."""

    queue = models.CharField(max_length=8, choices=PausableQueue)
    reason = models.CharField(max_length=1000)
    paused_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    paused_at = models.DateTimeField(default=timezone.now)
    resumed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    resumed_at = models.DateTimeField(null=True)

    objects = QueuePauseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["queue"],
                condition=models.Q(resumed_at__isnull=True),
                name="health_one_pause_a_queue",
                violation_error_message="Cette file est déjà en pause.",
            ),
            models.CheckConstraint(
                condition=models.Q(resumed_at__isnull=True, resumed_by__isnull=True)
                | models.Q(resumed_at__isnull=False, resumed_by__isnull=False),
                name="health_pause_resumed_whole",
                violation_error_message="Une reprise dit qui l’a faite et quand.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue} {self.paused_at:%Y-%m-%d %H:%M}"
