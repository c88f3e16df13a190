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
    # The official release that judged it; None: the project's own contexts and shapes.
    release = models.ForeignKey(
        "qualification.GaiaxRelease", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
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
