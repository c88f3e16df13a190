from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models

from catalog.enums import ReviewState
from catalog.states import REVIEW_MOVES
from marketplace.accounts.enums import SUPPLIER_ROLES, Role
from marketplace.errors import MoveRefused
from marketplace.workflow import Move, Stateful, state_constraint

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class VersionReviewQuerySet(models.QuerySet["VersionReview"]):
    def visible_to(self, actor: Actor) -> VersionReviewQuerySet:
        """Curators all of them; a supplier those of its own offers."""
        if actor.has(Role.CURATOR):
            return self
        if actor.organisation is None or not actor.has(*SUPPLIER_ROLES):
            return self.none()
        return self.filter(version_proposed__offer__supplier__organisation=actor.organisation)

    def with_versions(self) -> VersionReviewQuerySet:
        """Everything a difference shows. Prices are two queries a side, whatever the number of rows."""
        return self.select_related(
            "version_proposed__offer__supplier__organisation",
            "version_proposed__offer__category",
            "replaces",
            "proposed_by",
        ).prefetch_related("version_proposed__plans__lines", "replaces__plans__lines")


class VersionReview(Stateful):
    """A version proposed for a listed offer, waiting for a curator, or for a dossier when material."""

    MOVES: ClassVar[dict[str, Move]] = REVIEW_MOVES

    state = models.CharField(max_length=40, choices=ReviewState, db_index=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version_proposed = models.OneToOneField(
        "catalog.OfferVersion", on_delete=models.PROTECT, related_name="review"
    )
    replaces = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision_reason = models.CharField(max_length=1000, blank=True)

    objects = VersionReviewQuerySet.as_manager()

    class Meta:
        ordering = ("proposed_at", "pk")
        constraints = (state_constraint("version_review_state", ReviewState.values),)

    def __str__(self) -> str:
        return f"{self.version_proposed}"

    def check_move(self, name: str) -> None:
        """Asked for a curator, before the move. A version that a dossier examines is decided there."""
        super().check_move(name)
        if self.state == ReviewState.IN_DOSSIER:
            raise MoveRefused("in_dossier", "Un dossier examine cette version : la décision s’y prend.")

    def accept(self, *, actor: Actor, reason: str = "", expected_version: int | None = None) -> VersionReview:
        return self._decide("accept", actor=actor, reason=reason, expected_version=expected_version)

    def refuse(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> VersionReview:
        return self._decide("refuse", actor=actor, reason=reason, expected_version=expected_version)

    def send_to_dossier(self, *, actor: Actor) -> VersionReview:
        return self.perform(
            "send_to_dossier", actor=actor, reason="Un changement important passe par un dossier."
        )

    def _decide(self, move: str, *, actor: Actor, reason: str, expected_version: int | None) -> VersionReview:
        def apply(review: VersionReview) -> None:
            review.decided_by = actor.user
            review.decision_reason = reason

        return self.perform(move, actor=actor, reason=reason, expected_version=expected_version, apply=apply)
