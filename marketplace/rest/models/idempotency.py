import datetime as dt
from typing import Self

from django.db import models
from django.utils import timezone

KEPT_FOR = dt.timedelta(hours=24)


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    def outdated(self) -> Self:
        return self.filter(created_at__lt=timezone.now() - KEPT_FOR)


class IdempotencyKey(models.Model):
    """The answer once given to a creating POST; written in the transaction that created the object."""

    principal = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    operation = models.CharField(max_length=300)  # "POST /api/v1/projects/"
    body_sha256 = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    answer = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["principal", "key"],
                name="idempotency_key_once",
                violation_error_message="Cette clé a déjà servi.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.key}"
