from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from catalog.enums import OfferState
from qualification.enums import SignedKind

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class SigningKey(models.Model):
    """A key that signs, or has signed, our credentials. The private part is encrypted under a master key
    (`marketplace.keys`); the public one stays published so that what it signed still verifies."""

    kid = models.SlugField(max_length=40, unique=True)
    public_jwk = models.JSONField()
    sealed = models.BinaryField()
    # PEM, leaf first: what binds the key to a certificate authority; empty: nothing does.
    chain = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(retired_at__isnull=True),
                name="signing_key_one_current",
                violation_error_message="Une seule clé signe à la fois.",
            ),
        )

    def __str__(self) -> str:
        return self.kid


class SignedFindingQuerySet(models.QuerySet["SignedFinding"]):
    def visible_to(self, actor: Actor) -> Self:
        """One's own organisation's; all of them for those who may revoke and for the auditor."""
        from marketplace.accounts.enums import OPERATOR_ROLES, OVERSIGHT_ROLES

        if actor.has(*OPERATOR_ROLES, *OVERSIGHT_ROLES):
            return self
        return self.none() if actor.organisation is None else self.filter(organisation=actor.organisation)

    def revoked(self) -> Self:
        return self.filter(revoked_at__isnull=False)

    def suspended(self) -> Self:
        """What they say of an offer does not hold while the offer is not listed."""
        return self.filter(offer__isnull=False).exclude(offer__state=OfferState.LISTED)


class SignedFinding(models.Model):
    """One credential that the marketplace has issued, kept as it was signed.

    `text`: the compact VC-JWT. Its place in the status lists is its key: `index`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=16, choices=SignedKind)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    offer = models.ForeignKey(
        "catalog.Offer", null=True, blank=True, on_delete=models.PROTECT, related_name="signed_findings"
    )
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    issued_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_reason = models.CharField(max_length=500, blank=True)
    revoked_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SignedFindingQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True) | ~models.Q(revoked_reason=""),
                name="signed_finding_revoked_why",
                violation_error_message="Une révocation a un motif.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.uuid}"

    def get_absolute_url(self) -> str:
        return reverse("qualification:signed_finding", args=[self.uuid])

    @property
    def address(self) -> str:
        """Where the VC-JWT is read, which is the credential's own identifier."""
        return f"{settings.SITE_URL}{reverse('qualification:signed_jwt', args=[self.uuid])}"

    @property
    def is_suspended(self) -> bool:
        return self.offer is not None and self.offer.state != OfferState.LISTED

    @property
    def status_words(self) -> str:
        if self.revoked_at is not None:
            return "Révoqué"
        if self.valid_until < timezone.now():
            return "Expiré"
        return "Suspendu avec l’offre" if self.is_suspended else "En vigueur"

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]
