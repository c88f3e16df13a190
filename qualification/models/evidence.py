from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import OVERSIGHT_ROLES, SUPPLIER_ROLES
from qualification.models.dossier import READING_ROLES, Dossier
from qualification.schemes import load_scheme

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier's own; for those who instruct, what is joined to a dossier they see."""
        if actor.has(*OVERSIGHT_ROLES):
            return self.all()
        if actor.has(*READING_ROLES):
            seen = EvidenceUse.objects.filter(
                evidence=OuterRef("pk"), dossier__in=Dossier.objects.visible_to(actor)
            )
            return self.filter(Exists(seen))
        if actor.organisation is not None and actor.has(*SUPPLIER_ROLES):
            return self.filter(organisation=actor.organisation)
        return self.none()

    def for_lists(self) -> Self:
        return self.select_related("file", "organisation", "added_by").prefetch_related(
            "uses__dossier__offer", "uses__added_by"
        )

    def ending_within(self, days: int, *, on: dt.date) -> Self:
        return self.filter(valid_until__gte=on, valid_until__lte=on + dt.timedelta(days=days))


class Evidence(models.Model):
    """A document that a supplier gives once (« preuve ») and joins to the requirements it proves.

    The file never changes; a newer one is another piece of evidence. ``valid_until``: last valid day, None
    when the document has no end.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True, editable=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="evidence"
    )
    title = models.CharField(max_length=200)
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, related_name="evidence")
    valid_until = models.DateField(null=True, blank=True, db_index=True)
    added_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("qualification:evidence", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    def has_ended(self, *, on: dt.date) -> bool:
        return self.valid_until is not None and self.valid_until < on

    @property
    def ended(self) -> bool:
        return self.has_ended(on=timezone.localdate())


class EvidenceUse(models.Model):
    """One piece of evidence joined to one requirement of one dossier; the same serves as many as it can."""

    evidence = models.ForeignKey(Evidence, on_delete=models.PROTECT, related_name="uses")
    dossier = models.ForeignKey("qualification.Dossier", on_delete=models.PROTECT, related_name="evidence")
    requirement = models.CharField(max_length=40)
    added_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("dossier", "requirement", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("evidence", "dossier", "requirement"),
                name="evidence_once_per_requirement",
                violation_error_message="Cette preuve est déjà jointe à cette exigence.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.evidence} – {self.dossier} – {self.requirement}"

    @property
    def requirement_title(self) -> str:
        return (
            load_scheme(self.dossier.scheme, self.dossier.scheme_edition).requirement(self.requirement).title
        )
