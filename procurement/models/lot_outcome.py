"""A lot that ends without a contract, with its reason, while the others go on."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.models import User
from procurement.awards.enums import OutcomeKind
from procurement.evaluation.enums import MOST_REASON
from procurement.models.consultation import Consultation, ConsultationLot

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class LotOutcomeQuerySet(models.QuerySet["LotOutcome"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever sees the consultation: the reason is published, as that of a whole one."""
        return self.filter(consultation__in=Consultation.objects.visible_to(actor).values("pk"))

    def for_pages(self) -> Self:
        return self.select_related("consultation__organisation", "lot")


class LotOutcome(models.Model):
    """Declared from the publication on, without a living award of that lot; before the opening, « sans
    suite » only. Written once (a trigger)."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="lot_outcomes")
    lot = models.OneToOneField(ConsultationLot, models.PROTECT, related_name="outcome")
    kind = models.CharField("suite", max_length=20, choices=OutcomeKind)
    reason = models.TextField("motif", max_length=MOST_REASON)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    objects = LotOutcomeQuerySet.as_manager()

    class Meta:
        ordering = ("consultation", "lot__number")
        verbose_name = "lot terminé sans attribution"
        constraints = (
            models.CheckConstraint(
                name="lot_outcome_kind",
                condition=Q(kind__in=sorted(OutcomeKind.values)),
                violation_error_message="Un lot se termine sans suite ou infructueux.",
            ),
            models.CheckConstraint(
                name="lot_outcome_reasoned",
                condition=~Q(reason=""),
                violation_error_message="Un lot sans attribution porte son motif.",
            ),
        )

    def __str__(self) -> str:
        return f"Lot {self.lot.number}, {self.get_kind_display().lower()}"

    def audit_organisation_ids(self) -> list[int]:
        return [self.consultation.organisation_id]
