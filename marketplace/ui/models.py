import datetime as dt

from django.db import models
from django.utils import timezone


class UsedTokenQuerySet(models.QuerySet["UsedToken"]):
    def purge(self, *, older_than: dt.timedelta = dt.timedelta(days=2)) -> int:
        """Number of tokens forgotten; a page left open longer than that acts again."""
        return self.filter(used_at__lt=timezone.now() - older_than).delete()[0]


class UsedToken(models.Model):
    """The one-time token of a form already sent, and where its sender was led."""

    key = models.CharField(max_length=100, unique=True)
    location = models.CharField(max_length=500, blank=True)
    used_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = UsedTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key


class VisitorSendsQuerySet(models.QuerySet["VisitorSends"]):
    def purge(self) -> int:
        """Number of minutes forgotten; the one that runs is kept."""
        return self.filter(starts_at__lt=timezone.now() - dt.timedelta(minutes=2)).delete()[0]


class VisitorSends(models.Model):
    """How many forms one place without account sent in one minute, for every process alike.

    ``place`` is a keyed digest (:mod:`marketplace.ui.visitors`): no address is kept.
    """

    place = models.CharField(max_length=64)
    starts_at = models.DateTimeField(db_index=True)
    sends = models.PositiveIntegerField(default=0)

    objects = VisitorSendsQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "starts_at"],
                name="visitor_sends_once",
                violation_error_message="Cette minute est déjà comptée.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%H:%M} {self.sends}"
