from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils import timezone

from qualification.enums import DecisionStage, ListingOutcome

if TYPE_CHECKING:
    from qualification.models.dossier import Dossier


class Proposal(models.Model):
    """What the officer proposes; the last one of the dossier is the one to decide on. Append-only."""

    dossier = models.ForeignKey("qualification.Dossier", on_delete=models.PROTECT, related_name="proposals")
    round = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=24, choices=ListingOutcome)
    reasons = models.TextField(max_length=6000)
    reserves = models.TextField(max_length=4000, blank=True)
    proposed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("dossier", "pk")

    def __str__(self) -> str:
        return f"{self.dossier} – {self.get_outcome_display()}"


class Appeal(models.Model):
    """The supplier contests the decision; somebody who had no part in it decides again."""

    dossier = models.OneToOneField(
        "qualification.Dossier", on_delete=models.PROTECT, related_name="appeal_row"
    )
    grounds = models.TextField(max_length=6000)
    lodged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    lodged_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.dossier} – recours"


class DecisionQuerySet(models.QuerySet["Decision"]):
    def of(self, dossier: Dossier) -> Self:
        """With what their letters name."""
        rows = self.filter(dossier=dossier)
        return rows.select_related(
            "decided_by", "offer_version", "letter__owner", "dossier__offer", "dossier__organisation"
        )


class Decision(models.Model):
    """The reasoned decision, as the supplier reads it. Append-only: an appeal makes a second one."""

    dossier = models.ForeignKey("qualification.Dossier", on_delete=models.PROTECT, related_name="decisions")
    stage = models.CharField(max_length=8, choices=DecisionStage, default=DecisionStage.FIRST)
    proposal = models.ForeignKey(
        Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions"
    )
    offer_version = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=24, choices=ListingOutcome)
    reasons = models.TextField(max_length=6000)
    reserves = models.TextField(max_length=4000, blank=True)
    # How and when the supplier was heard before an unfavourable decision.
    hearing = models.TextField(max_length=4000, blank=True)
    remedies = models.TextField(max_length=2000)
    # Made in the transaction of the decision and never again; None before letters existed.
    letter = models.ForeignKey(
        "files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    appeal_until = models.DateField()
    decided_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ("dossier", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("dossier", "stage"),
                name="decision_once_per_stage",
                violation_error_message="Ce dossier est déjà décidé.",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome=ListingOutcome.REFUSED) | ~models.Q(hearing=""),
                name="decision_refusal_after_hearing",
                violation_error_message="Dites comment le fournisseur a été entendu avant le refus.",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome=ListingOutcome.LISTED_WITH_RESERVES) | ~models.Q(reserves=""),
                name="decision_reserves_named",
                violation_error_message="Écrivez les réserves.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.dossier} – {self.get_outcome_display()}"

    @property
    def may_be_appealed(self) -> bool:
        """Before the operator: once, and only what is not a plain listing."""
        return self.stage == DecisionStage.FIRST and self.outcome != ListingOutcome.LISTED

    @property
    def sentence(self) -> str:
        """What was decided, as the supplier reads it. Only an issuer qualifies; we list."""
        return {
            ListingOutcome.LISTED: "l’offre est référencée.",
            ListingOutcome.LISTED_WITH_RESERVES: "l’offre est référencée avec réserves.",
            ListingOutcome.REFUSED: "le référencement est refusé.",
        }[ListingOutcome(self.outcome)]
