from __future__ import annotations

from django.db import models
from django.utils import timezone


class OnlineVersion(models.Model):
    """Which version of an offer was online from when, until the next row. Append-only by use."""

    offer = models.ForeignKey("catalog.Offer", on_delete=models.CASCADE, related_name="online_versions")
    version = models.ForeignKey("catalog.OfferVersion", on_delete=models.CASCADE, related_name="+")
    from_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("from_at", "pk")

    def __str__(self) -> str:
        return f"{self.version} – {self.from_at:%d/%m/%Y}"
