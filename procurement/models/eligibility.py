from __future__ import annotations

import uuid
from typing import Self

from django.db import models
from django.utils import timezone

from marketplace.accounts.models import User
from procurement.enums import FrozenAt, Standing

SHORTLIST_LIMIT = 30


class EligibilityListQuerySet(models.QuerySet["EligibilityList"]):
    def by_hand(self) -> Self:
        """Those that a person froze, with the offers kept: the others follow the steps of the project."""
        return self.filter(step=FrozenAt.SHORTLIST)


class EligibilityList(models.Model):
    """The eligible, doubtful and refused offers of a project on a day, frozen with their reasons."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="eligibility_lists")
    assessment = models.ForeignKey("procurement.Assessment", models.PROTECT, related_name="eligibility_lists")
    # Codes of the obligations that were required of an offer.
    obligations = models.JSONField("obligations")
    # The need of that day in words: `{"need": [[label, value]], "requirements": [[label, value]]}`.
    told = models.JSONField("besoin ce jour-là", default=dict)
    step = models.CharField("étape", max_length=12, choices=FrozenAt, default=FrozenAt.SHORTLIST)
    frozen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    frozen_at = models.DateTimeField(default=timezone.now)

    objects = EligibilityListQuerySet.as_manager()

    class Meta:
        ordering = ["-frozen_at", "-pk"]

    def __str__(self) -> str:
        return f"Présélection de {self.project.number} figée le {self.frozen_at:%d/%m/%Y}"

    def audit_organisation_ids(self) -> list[int]:
        return [self.project.organisation_id]


class EligibilityRow(models.Model):
    """One offer of a frozen list: its version and statuses at that time. Never changed (trigger)."""

    eligibility_list = models.ForeignKey(EligibilityList, models.PROTECT, related_name="rows")
    offer = models.ForeignKey("catalog.Offer", models.PROTECT, related_name="+")
    # None: the offer had no version online.
    offer_version = models.ForeignKey("catalog.OfferVersion", models.PROTECT, null=True, related_name="+")
    standing = models.CharField("classement", max_length=10, choices=Standing)
    findings = models.JSONField("motifs", default=list, blank=True)
    statuses = models.JSONField("statuts", default=dict, blank=True)
    shortlisted = models.BooleanField("présélectionnée", default=False)

    class Meta:
        ordering = ["eligibility_list", "standing", "offer__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["eligibility_list", "offer"],
                name="eligibility_row_once",
                violation_error_message="Cette offre figure déjà dans la liste.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.offer} : {self.get_standing_display()}"


class ShortlistEntry(models.Model):
    """An offer that somebody kept for a project, before the list is frozen."""

    project = models.ForeignKey("procurement.Project", models.CASCADE, related_name="shortlist")
    offer = models.ForeignKey("catalog.Offer", models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["project", "added_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["project", "offer"],
                name="shortlist_entry_once",
                violation_error_message="Cette offre est déjà dans la présélection.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project.number} : {self.offer}"
