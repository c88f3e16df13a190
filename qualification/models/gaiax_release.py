from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import OVERSIGHT_ROLES, Role
from marketplace.leases import Leased
from qualification.models.dossier import READING_ROLES
from qualification.models.offer_credential import OfferCredential

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

OWN = "Formes du projet"


class CuratedQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """For the curator, those who instruct, and the auditor."""
        return self if actor.has(Role.CURATOR, *READING_ROLES, *OVERSIGHT_ROLES) else self.none()


class GaiaxRelease(models.Model):
    """An official Gaia-X release as it was loaded: contexts, shapes, anchors. Append-only, kept for ever.

    `sha256`: the digest that pinned it, of the archive's bytes or of a folder's listing. `content`: what
    judges (`contexts`, `shapes`); `summary`: what people read of it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.CharField(max_length=40)
    source = models.CharField(max_length=500)
    sha256 = models.CharField(max_length=64, unique=True)
    content = models.JSONField()
    anchors = models.TextField(blank=True)
    summary = models.JSONField()
    loaded_at = models.DateTimeField(default=timezone.now)
    # None: by a command of the machine's operator.
    loaded_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CuratedQuerySet.as_manager()

    class Meta:
        ordering = ("-loaded_at", "-pk")

    def __str__(self) -> str:
        return self.edition

    def get_absolute_url(self) -> str:
        return reverse("qualification:gaiax_release", args=[self.uuid])


class ReleaseUse(models.Model):
    """What judges from a day on: a release, or the project's own shapes (`release` None). Append-only: the
    last row is in force, and going back is one more row."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    release = models.ForeignKey(GaiaxRelease, null=True, on_delete=models.PROTECT, related_name="uses")
    trial = models.OneToOneField("ReleaseTrial", on_delete=models.PROTECT, related_name="use")
    since = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=500)
    chosen_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CuratedQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.release.edition if self.release is not None else OWN


class ReleaseTrial(models.Model):
    """A preview: each presentation attached to an offer, judged with what is in force and with another
    release, on the same documents and at the same time. Append-only; workers fill its results."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # None: the project's own shapes.
    release = models.ForeignKey(GaiaxRelease, null=True, on_delete=models.PROTECT, related_name="trials")
    compared_with = models.ForeignKey(GaiaxRelease, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CuratedQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.before_name} → {self.after_name}"

    def get_absolute_url(self) -> str:
        return reverse("qualification:gaiax_trial", args=[self.uuid])

    @property
    def after_name(self) -> str:
        return self.release.edition if self.release is not None else OWN

    @property
    def before_name(self) -> str:
        return self.compared_with.edition if self.compared_with is not None else OWN


class TrialResult(Leased):
    """One presentation of a trial. `text_id`: of the text judged; `before`, `after`: the verdict, and what
    does not pass, as `qualification.releases.trials` keeps them; empty until judged."""

    MAX_ATTEMPTS = 3

    trial = models.ForeignKey(ReleaseTrial, on_delete=models.PROTECT, related_name="results")
    credential = models.ForeignKey(OfferCredential, on_delete=models.PROTECT, related_name="+")
    text_id = models.UUIDField()
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ("pk",)
        indexes: ClassVar[list[models.Index]] = Leased.lease_indexes("trial_result")
        constraints = (
            models.UniqueConstraint(
                fields=("trial", "credential"),
                name="trial_result_once",
                violation_error_message="Ce titre est déjà dans cet aperçu.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.trial} – {self.credential_id}"
