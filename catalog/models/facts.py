from __future__ import annotations

from django.db import models
from django.utils import timezone

from catalog.enums import FactsEventKind


class FactsEvent(models.Model):
    """What a supplier confirmed of an offer online, or was asked to confirm: who, when, which version.

    The day itself is repeated on the offer (`facts_confirmed_on`), which lists read; an accepted version
    confirms too, without a line here.
    """

    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="facts_events")
    kind = models.CharField(max_length=10, choices=FactsEventKind)
    version = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=["offer", "-at"], name="facts_event_offer"),)

    def __str__(self) -> str:
        return f"{self.offer} – {self.get_kind_display()}"
