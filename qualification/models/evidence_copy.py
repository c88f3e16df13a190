from __future__ import annotations

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from qualification.enums import CopyOutcome, RedactionGround


class EvidenceCopyQuerySet(models.QuerySet["EvidenceCopy"]):
    def in_force(self) -> Self:
        """The last word on each piece of evidence of each decision."""
        newer = EvidenceCopy.objects.filter(
            decision=OuterRef("decision"), evidence=OuterRef("evidence"), pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(newer))

    def with_rows(self) -> Self:
        return self.select_related("decision__dossier", "evidence__file", "file", "made_by")


class EvidenceCopy(models.Model):
    """What anybody may read of a piece of evidence once a dossier is decided: all of it, a copy without its
    hidden parts, or nothing. The evidence itself stays sealed as it came; a later word replaces this one.

    ``passages`` and ``pages``: what was hidden, for those who may read the evidence, never on a public page.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    decision = models.ForeignKey(
        "qualification.Decision", on_delete=models.PROTECT, related_name="evidence_copies"
    )
    evidence = models.ForeignKey("qualification.Evidence", on_delete=models.PROTECT, related_name="copies")
    outcome = models.CharField(max_length=10, choices=CopyOutcome)
    # Of a redacted copy alone: what is given whole is the evidence's own file.
    file = models.OneToOneField(
        "files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    passages = ArrayField(models.CharField(max_length=500), default=list, blank=True)
    pages = ArrayField(models.PositiveIntegerField(), default=list, blank=True)
    ground = models.CharField(max_length=20, choices=RedactionGround, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = EvidenceCopyQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=Q(outcome=CopyOutcome.REDACTED, file__isnull=False)
                | (~Q(outcome=CopyOutcome.REDACTED) & Q(file__isnull=True, passages__len=0, pages__len=0)),
                name="evidence_copy_file_if_redacted",
                violation_error_message="Seule une copie occultée a un fichier à elle.",
            ),
            models.CheckConstraint(
                condition=Q(outcome=CopyOutcome.WHOLE, ground="")
                | (~Q(outcome=CopyOutcome.WHOLE) & ~Q(ground="") & ~Q(reason="")),
                name="evidence_copy_hides_for_a_reason",
                violation_error_message="Ce qui est caché l’est au nom d’un secret, avec un motif.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.decision} – {self.evidence} – {self.get_outcome_display()}"

    @property
    def is_given(self) -> bool:
        return self.outcome != CopyOutcome.WITHHELD
