from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import OVERSIGHT_ROLES, SUPPLIER_ROLES
from qualification.checks.base import WEEK
from qualification.enums import CredentialStanding, Verdict
from qualification.models.dossier import READING_ROLES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

# As long as the check that judges it again may keep a pass.
JUDGED_FOR = WEEK


class OfferCredentialQuerySet(models.QuerySet["OfferCredential"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier's own; all for those who instruct, and for the auditor. Those detached too."""
        if actor.has(*OVERSIGHT_ROLES, *READING_ROLES):
            return self.all()
        if actor.organisation is not None and actor.has(*SUPPLIER_ROLES):
            return self.filter(offer__supplier__organisation=actor.organisation)
        return self.none()

    def attached(self) -> Self:
        return self.filter(detached_at__isnull=True)


class OfferCredential(models.Model):
    """A Gaia-X presentation that was verified on our anchors and that describes an offer of ours: the last
    one its supplier has attached. `facts`: what it says of the offer, as read from RDF; `level`: that of the
    label of a recognised clearing house, empty without one. `uuid` is of the text: another text, another.

    `verdict`, `judged_at`, `said`: of the check that judges it again (pass or fail: an unknown is ours and
    changes neither). One that was detached is kept, and shown no more.
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
    attached_at = models.DateTimeField(default=timezone.now)
    attached_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(max_length=8, choices=Verdict, default=Verdict.PASS)
    judged_at = models.DateTimeField(default=timezone.now)
    # The official release that judged it last; None: the project's own contexts and shapes.
    release = models.ForeignKey(
        "qualification.GaiaxRelease", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    said = models.TextField(blank=True)
    detached_at = models.DateTimeField(null=True, blank=True)
    detached_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    detached_reason = models.CharField(max_length=500, blank=True)

    objects = OfferCredentialQuerySet.as_manager()

    class Meta:
        ordering = ("-attached_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(detached_at__isnull=True) | ~models.Q(detached_reason=""),
                name="offer_credential_detached_why",
                violation_error_message="Dites pourquoi ce titre est détaché.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer} – {self.issuer}"

    def get_absolute_url(self) -> str:
        return reverse("qualification:offer_titles", args=[self.offer.number])

    @property
    def standing(self) -> CredentialStanding:
        """As it reads now: what passed too long ago says nothing any more."""
        now = timezone.now()
        if self.detached_at is not None:
            return CredentialStanding.DETACHED
        if self.valid_until is not None and self.valid_until < now:
            return CredentialStanding.EXPIRED
        if self.verdict == Verdict.FAIL:
            return CredentialStanding.FAILED
        return CredentialStanding.STALE if self.judged_at + JUDGED_FOR <= now else CredentialStanding.CURRENT

    @property
    def is_current(self) -> bool:
        return self.standing == CredentialStanding.CURRENT

    def audit_organisation_ids(self) -> list[int]:
        return self.offer.audit_organisation_ids()
