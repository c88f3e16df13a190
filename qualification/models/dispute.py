from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.workflow import Move, Stateful, state_constraint
from qualification.enums import DisputeEffect, DisputeState
from qualification.states import DISPUTE_MOVES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def visible_to(self, actor: Actor) -> Self:
        """Whoever reads the dossier reads its disputes."""
        from qualification.models.dossier import Dossier

        return self.filter(dossier__in=Dossier.objects.visible_to(actor))

    def waiting(self) -> Self:
        return self.filter(state=DisputeState.LODGED)

    def for_lists(self) -> Self:
        return self.select_related(
            "dossier__offer", "dossier__organisation", "check_run", "lodged_by", "answered_by", "file"
        )


class Dispute(Stateful):
    """The supplier contests one result of a check (« contestation »); an officer answers, once.

    ``effect`` is empty unless the dispute is upheld.
    """

    MOVES: ClassVar[dict[str, Move]] = DISPUTE_MOVES

    state = models.CharField(max_length=40, choices=DisputeState, default=DisputeState.LODGED, db_index=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True, editable=False)
    dossier = models.ForeignKey("qualification.Dossier", on_delete=models.PROTECT, related_name="disputes")
    check_run = models.OneToOneField(
        "qualification.CheckRun", on_delete=models.PROTECT, related_name="dispute"
    )
    grounds = models.TextField(max_length=4000)
    file = models.ForeignKey(
        "files.StoredFile", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lodged_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    lodged_at = models.DateTimeField(default=timezone.now)
    effect = models.CharField(max_length=12, choices=DisputeEffect, blank=True)
    answer = models.TextField(max_length=4000, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            state_constraint("dispute_state", DisputeState.values),
            models.CheckConstraint(
                condition=models.Q(state=DisputeState.LODGED)
                | (
                    ~models.Q(answer="")
                    & models.Q(answered_by__isnull=False)
                    & models.Q(answered_at__isnull=False)
                ),
                name="dispute_answer_reasoned",
                violation_error_message="Motivez la réponse : le fournisseur la lira.",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DisputeState.UPHELD, effect__in=DisputeEffect.values)
                | (~models.Q(state=DisputeState.UPHELD) & models.Q(effect="")),
                name="dispute_upheld_has_effect",
                violation_error_message="Retenue, elle relance le contrôle ou écarte son résultat.",
            ),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("qualification:dispute", args=[self.dossier.number, self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.dossier.organisation_id]

    @property
    def outcome(self) -> str:
        """Where it stands, in words that follow « Contestation : »."""
        if self.state == DisputeState.UPHELD:
            return f"retenue, {DisputeEffect(self.effect).label.lower()}"
        return DisputeState(self.state).label.lower()

    # -- moves: called by qualification.disputes with their rules

    def uphold(
        self, *, actor: Actor, effect: str, answer: str, expected_version: int | None = None
    ) -> Dispute:
        def apply(row: Dispute) -> None:
            row.effect = effect
            row._answered(actor, answer)

        return self.perform(
            "uphold",
            actor=actor,
            reason=answer,
            expected_version=expected_version,
            apply=apply,
            detail={"effect": effect},
        )

    def reject(self, *, actor: Actor, answer: str, expected_version: int | None = None) -> Dispute:
        return self.perform(
            "reject",
            actor=actor,
            reason=answer,
            expected_version=expected_version,
            apply=lambda row: row._answered(actor, answer),
        )

    def _answered(self, actor: Actor, answer: str) -> None:
        self.answer, self.answered_by, self.answered_at = answer, actor.user, timezone.now()
