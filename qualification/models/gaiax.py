from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.leases import Leased, LeaseState

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

KEPT = dt.timedelta(days=7)


class GaiaxVerificationQuerySet(models.QuerySet["GaiaxVerification"]):
    def visible_to(self, actor: Actor) -> Self:
        """What one's own organisation has sent."""
        return self.none() if actor.organisation is None else self.filter(organisation=actor.organisation)

    def purge(self) -> int:
        """Number of verifications forgotten: what was sent serves nothing once its answer is read."""
        return self.filter(created_at__lt=timezone.now() - KEPT).delete()[0]


class OfferCredential(models.Model):
    """A Gaia-X presentation that was verified on our anchors and that describes an offer of ours: the last
    one its supplier has attached. `facts`: what it says of the offer, as read from RDF; `level`: that of the
    label of a recognised clearing house, empty without one.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.OneToOneField("catalog.Offer", on_delete=models.PROTECT, related_name="gaiax_credential")
    text = models.TextField()
    # What it was judged with, to judge it again: DID documents, chains, status lists.
    material = models.JSONField(default=dict, blank=True)
    report = models.JSONField()
    facts = models.JSONField()
    level = models.CharField(max_length=20, blank=True)
    issuer = models.CharField(max_length=300)
    valid_until = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField()
    attached_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    def __str__(self) -> str:
        return f"{self.offer} – {self.issuer}"

    @property
    def is_current(self) -> bool:
        return self.valid_until is None or self.valid_until >= timezone.now()

    def audit_organisation_ids(self) -> list[int]:
        return self.offer.audit_organisation_ids()


class GaiaxVerification(Leased):
    """One Gaia-X credential or presentation sent to be verified, and the report once it is judged."""

    MAX_ATTEMPTS = 3

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    text = models.TextField()
    # What the sender gave of {"did_documents": …, "anchors": …}; the rest is fetched.
    given = models.JSONField(default=dict, blank=True)
    # What was fetched for it: DID documents, chains, status lists.
    material = models.JSONField(default=dict, blank=True)
    # As qualification.gaiax.report.Report says it; empty until it is judged.
    report = models.JSONField(default=dict, blank=True)

    objects = GaiaxVerificationQuerySet.as_manager()

    class Meta:
        ordering = ("-id",)
        indexes: ClassVar[list[models.Index]] = Leased.lease_indexes("gaiax_verification")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(lease_state__in=["due", "running", "dead"]) | ~models.Q(report={}),
                name="gaiax_verification_done_has_report",
                violation_error_message="Une vérification terminée porte son rapport.",
            ),
        )

    def __str__(self) -> str:
        return str(self.uuid)

    def get_absolute_url(self) -> str:
        return reverse("qualification:gaiax_verification", args=[self.uuid])

    @property
    def is_passed(self) -> bool:
        """On our own anchors: it may be signed, and attached to an offer."""
        return bool(self.report) and (self.report["verdict"], self.report["anchors"]) == (
            "pass",
            "configured",
        )

    @property
    def is_over(self) -> bool:
        return self.lease_state in (LeaseState.DONE, LeaseState.DEAD)
