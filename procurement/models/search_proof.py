from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from marketplace.accounts.models import User
from procurement.models.readers import of_project

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class SearchProofQuerySet(models.QuerySet["SearchProof"]):
    def visible_to(self, actor: Actor) -> Self:
        """Same readers as the project."""
        return of_project(self, actor)

    def for_pages(self) -> Self:
        return self.select_related("project__organisation", "eligibility_list", "file", "issued_by")


class SearchProof(models.Model):
    """« Justificatif de recherche »: what was sought, under which rules, and every offer that was judged.

    One for a frozen list. `list_sha256` binds the rows of the list, those that the paper counts only; the
    file has its own hash. Never changed (trigger).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True, editable=False)
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="search_proofs")
    eligibility_list = models.OneToOneField(
        "procurement.EligibilityList", models.PROTECT, related_name="proof"
    )
    list_sha256 = models.CharField(max_length=64)
    file = models.ForeignKey("files.StoredFile", models.PROTECT, related_name="+")
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(default=timezone.now)

    objects = SearchProofQuerySet.as_manager()

    class Meta:
        ordering = ("-issued_at", "-pk")
        verbose_name = "justificatif de recherche"

    def __str__(self) -> str:
        return self.number

    def audit_organisation_ids(self) -> list[int]:
        return [self.project.organisation_id]
