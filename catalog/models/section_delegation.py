from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from catalog.questions.engine import Section, section
from marketplace.accounts.enums import OVERSIGHT_ROLES, SUPPLIER_ROLES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class SectionDelegationQuerySet(models.QuerySet["SectionDelegation"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier's own; the auditor's sight."""
        if actor.has(*OVERSIGHT_ROLES):
            return self.all()
        if actor.organisation is None or not actor.has(*SUPPLIER_ROLES):
            return self.none()
        return self.filter(offer__supplier__organisation=actor.organisation)

    def running(self) -> Self:
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


class SectionDelegation(models.Model):
    """A link by which somebody outside answers one section of an offer being prepared, and sees only that.

    The token is random and kept as its SHA-256: who reads the database cannot open the link.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="delegations")
    section = models.CharField(max_length=40)
    email = models.EmailField("adresse électronique")
    token_sha256 = models.CharField(max_length=64, unique=True)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = SectionDelegationQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.offer_id} – {self.section} – {self.email}"

    def audit_organisation_ids(self) -> list[int]:
        organisation = self.offer.supplier.organisation_id
        return [organisation] if organisation else []

    @property
    def asked(self) -> Section | None:
        """None when the section was taken out of the questions since."""
        from catalog.hooks import chapter

        return section(self.section) or chapter(self.section)

    @property
    def label(self) -> str:
        return self.asked.label if self.asked else self.section

    @property
    def is_over(self) -> bool:
        return self.revoked_at is not None or self.expires_at <= timezone.now()
