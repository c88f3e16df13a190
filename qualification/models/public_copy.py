from __future__ import annotations

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone

from qualification.enums import RedactionGround


class PublicCopyQuerySet(models.QuerySet["PublicCopy"]):
    def in_force(self) -> Self:
        """The last copy of each decision."""
        newer = PublicCopy.objects.filter(decision=OuterRef("decision"), pk__gt=OuterRef("pk"))
        return self.filter(~Exists(newer))


class PublicCopy(models.Model):
    """The copy of a decision that anybody may read, passages hidden; the letter itself stays as it was made.

    A later copy replaces the former one on the public page; the former is kept.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    decision = models.ForeignKey("qualification.Decision", on_delete=models.PROTECT, related_name="copies")
    file = models.OneToOneField("files.StoredFile", on_delete=models.PROTECT, related_name="+")
    # What was hidden, for those who may read the letter; never on a public page.
    passages = ArrayField(models.CharField(max_length=500), default=list, blank=True)
    ground = models.CharField(max_length=20, choices=RedactionGround, blank=True)
    made_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)

    objects = PublicCopyQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(passages__len=0) | ~models.Q(ground=""),
                name="public_copy_hides_for_a_ground",
                violation_error_message="Dites au nom de quel secret ces passages sont occultés.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.decision} – copie {self.pk}"
