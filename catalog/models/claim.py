from __future__ import annotations

import secrets
import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models

from catalog.enums import ClaimProof, ClaimState
from catalog.states import CLAIM_MOVES
from marketplace.accounts.enums import Role
from marketplace.workflow import Move, Stateful, state_constraint

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def new_token() -> str:
    return secrets.token_hex(16)


class OfferClaimQuerySet(models.QuerySet["OfferClaim"]):
    def visible_to(self, actor: Actor) -> OfferClaimQuerySet:
        """The claimant's organisation its own; curators and the auditor all of them."""
        if actor.has(Role.CURATOR, Role.AUDITOR):
            return self
        return self.filter(organisation=actor.organisation) if actor.organisation else self.none()

    def with_people(self) -> OfferClaimQuerySet:
        return self.select_related("offer__supplier", "organisation", "claimed_by")


class OfferClaim(Stateful):
    """A supplier says a public sheet is theirs. A curator grants it on proof independent of the claimant."""

    MOVES: ClassVar[dict[str, Move]] = CLAIM_MOVES
    OPEN_STATES: ClassVar[tuple[str, ...]] = (ClaimState.OPEN, ClaimState.CONTESTED)

    state = models.CharField(max_length=40, choices=ClaimState, db_index=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="claims")
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="offer_claims"
    )
    claimed_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    proof = models.CharField(max_length=20, choices=ClaimProof)
    dns_name = models.CharField(max_length=253, blank=True)
    dns_token = models.CharField(max_length=64, default=new_token, editable=False)
    dns_checked_at = models.DateTimeField(null=True, blank=True)
    dns_verified_at = models.DateTimeField(null=True, blank=True)
    register_contact = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decision_reason = models.CharField(max_length=1000, blank=True)

    objects = OfferClaimQuerySet.as_manager()

    class Meta:
        ordering = ("created_at", "pk")
        constraints = (
            state_constraint("offer_claim_state", ClaimState.values),
            models.UniqueConstraint(
                fields=("offer", "organisation"),
                condition=models.Q(state__in=("open", "contested")),
                name="offer_claim_one_open",
                violation_error_message="Votre organisation a déjà revendiqué cette fiche.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer} – {self.organisation}"

    @property
    def record_name(self) -> str:
        """Where the TXT record is expected."""
        return f"_place-de-marche.{self.dns_name}"

    @property
    def record_value(self) -> str:
        return f"revendication={self.dns_token}"

    def contest(self, *, actor: Actor) -> OfferClaim:
        return self.perform("contest", actor=actor, reason="Une autre organisation revendique la même fiche.")

    def grant(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> OfferClaim:
        return self._decide("grant", actor=actor, reason=reason, expected_version=expected_version)

    def refuse(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> OfferClaim:
        return self._decide("refuse", actor=actor, reason=reason, expected_version=expected_version)

    def cancel(self, *, actor: Actor, expected_version: int | None = None) -> OfferClaim:
        return self.perform("cancel", actor=actor, expected_version=expected_version)

    def _decide(self, move: str, *, actor: Actor, reason: str, expected_version: int | None) -> OfferClaim:
        def apply(claim: OfferClaim) -> None:
            claim.decided_by = actor.user
            claim.decision_reason = reason

        return self.perform(move, actor=actor, reason=reason, expected_version=expected_version, apply=apply)
