import datetime as dt
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


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
