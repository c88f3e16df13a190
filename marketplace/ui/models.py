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
