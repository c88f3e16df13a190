from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone

from catalog.enums import FactsEventKind

if TYPE_CHECKING:
    from catalog.models.version import OfferVersion
    from marketplace.accounts.models import User


class FactsEventQuerySet(models.QuerySet["FactsEvent"]):
    def note(self, online: OfferVersion, kind: FactsEventKind, *, by: User | None) -> FactsEvent:
        return self.create(offer_id=online.offer_id, kind=kind, version=online, by=by)


class FactsEvent(models.Model):
    """What a supplier confirmed of an offer online, or was asked to confirm: who, when, which version.

    The day itself is repeated on the offer (`facts_confirmed_on`), which lists read. A version put online
    confirms too, by who prepared or sent it.
    """

    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="facts_events")
    kind = models.CharField(max_length=10, choices=FactsEventKind)
    version = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    objects = FactsEventQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        indexes = (models.Index(fields=["offer", "-at"], name="facts_event_offer"),)

    def __str__(self) -> str:
        return f"{self.offer} – {self.get_kind_display()}"
