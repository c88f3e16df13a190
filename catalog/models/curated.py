from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from catalog.enums import CuratedKind
from marketplace.accounts.enums import Role

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class CuratedOfferQuerySet(models.QuerySet["CuratedOffer"]):
    def visible_to(self, actor: Actor) -> Self:
        """The list of one's own administration, for its members; the auditor reads them all. No supplier,
        no other administration, not the operator: what a ministry prefers is its own business."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.is_buyer or not actor.roles:
            return self.none()
        return self.filter(organisation=actor.organisation)


class CuratedOffer(models.Model):
    """An offer that an administration recommends to, or allows, its own people, with a word why."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", models.CASCADE, related_name="curated_offers")
    offer = models.ForeignKey("catalog.Offer", models.PROTECT, related_name="curated_by")
    kind = models.CharField("avis de l’administration", max_length=12, choices=CuratedKind)
    note = models.CharField("note", max_length=1000, blank=True)
    added_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = CuratedOfferQuerySet.as_manager()

    class Meta:
        ordering = ("kind", "offer__name", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("organisation", "offer"),
                name="curated_offer_once",
                violation_error_message="Cette offre est déjà dans la liste de votre administration.",
            ),
            models.CheckConstraint(
                name="curated_offer_kind",
                condition=models.Q(kind__in=CuratedKind.values),
                violation_error_message="Cet avis n’existe pas.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer} – {self.get_kind_display()}"

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]
