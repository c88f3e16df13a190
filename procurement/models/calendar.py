from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from marketplace.accounts.models import Membership

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class CalendarLinkQuerySet(models.QuerySet["CalendarLink"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own, for the organisation one acts for."""
        return self.filter(membership=actor.membership) if actor.membership is not None else self.none()

    def living(self) -> Self:
        return self.filter(revoked_at__isnull=True)


class CalendarLink(models.Model):
    """A secret address from which a person's calendar reads the dates of the contracts they follow.

    The token is random and kept as its SHA-256: who reads the database cannot open it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    revoked_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField("lu pour la dernière fois", null=True, blank=True)

    objects = CalendarLinkQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("membership",),
                condition=models.Q(revoked_at__isnull=True),
                name="calendar_link_one_living",
                violation_error_message="Un lien d’agenda est déjà ouvert. Révoquez-le d’abord.",
            ),
        )

    def __str__(self) -> str:
        return f"Lien d’agenda du {self.created_at:%Y-%m-%d}"

    def audit_organisation_ids(self) -> list[int]:
        return [self.membership.organisation_id]
