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
    from catalog.models.offer import Offer
    from catalog.models.version import OfferVersion
    from marketplace.accounts.actors import Actor


WAITING = (ReviewState.PENDING, ReviewState.IN_DOSSIER)


class VersionReviewQuerySet(models.QuerySet["VersionReview"]):
    def visible_to(self, actor: Actor) -> VersionReviewQuerySet:
        """Curators all of them; a supplier those of its own offers."""
        if actor.has(Role.CURATOR):
            return self
        if actor.organisation is None or not actor.has(*SUPPLIER_ROLES):
            return self.none()
        return self.filter(version_proposed__offer__supplier__organisation=actor.organisation)

    def waiting(self, offer: Offer) -> VersionReviewQuerySet:
        """Not decided yet, by a curator or by a dossier; the oldest version first."""
        return (
            self.filter(version_proposed__offer=offer, state__in=WAITING)
            .select_related("version_proposed")
            .order_by("version_proposed__number")
        )

    def with_versions(self) -> VersionReviewQuerySet:
        """Everything a difference shows. Prices are two queries a side, whatever the number of rows."""
        return self.select_related(
            "version_proposed__offer__supplier__organisation",
            "version_proposed__offer__category",
            "version_proposed__offer__live_version",
            "replaces",
            "proposed_by",
        ).prefetch_related(
            "version_proposed__plans__lines",
            "replaces__plans__lines",
            "version_proposed__offer__live_version__plans__lines",
        )


class VersionReview(Stateful):
    """A version proposed for a listed offer, waiting for a curator, or for a dossier when material.

    Several versions of one offer may wait: each is decided by itself. `replaces` is the version that was
    online when it was proposed; once accepted, the one it took the place of.
    """

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

    @property
    def compared_with(self) -> OfferVersion:
        """What its difference is shown against: what is online now, until it is decided."""
        live = self.version_proposed.offer.live_version if self.is_waiting else None
        return live or self.replaces

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    def check_move(self, name: str) -> None:
        """Asked for a curator, before the move. A version that a dossier examines is decided there."""
        super().check_move(name)
        if self.state == ReviewState.IN_DOSSIER:
            raise MoveRefused("in_dossier", "Un dossier examine cette version : la décision s’y prend.")

    def accept(
        self,
        *,
        actor: Actor,
        replaces: OfferVersion,
        reason: str = "",
        expected_version: int | None = None,
    ) -> VersionReview:
        """`replaces`: the version online at this moment, read under the offer's lock."""
        return self._decide("accept", actor, reason, expected_version, replaces=replaces)

    def refuse(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> VersionReview:
        return self._decide("refuse", actor, reason, expected_version)

    def send_to_dossier(self, *, actor: Actor) -> VersionReview:
        return self.perform(
            "send_to_dossier", actor=actor, reason="Un changement important passe par un dossier."
        )

    def supersede(self, *, actor: Actor, by: OfferVersion) -> VersionReview:
        return self.perform("supersede", actor=actor, reason=f"La version {by.number} est en ligne.")

    def _decide(
        self,
        move: str,
        actor: Actor,
        reason: str,
        expected_version: int | None,
        *,
        replaces: OfferVersion | None = None,
    ) -> VersionReview:
        def apply(review: VersionReview) -> None:
            review.replaces = replaces or review.replaces
            review.decided_by = actor.user
            review.decision_reason = reason

        return self.perform(move, actor=actor, reason=reason, expected_version=expected_version, apply=apply)
