from __future__ import annotations

import hashlib
import secrets
import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from marketplace.accounts import states
from marketplace.accounts.enums import InvitationState, Role
from marketplace.accounts.models.organisation import Organisation
from marketplace.accounts.models.user import User
from marketplace.errors import Gone
from marketplace.workflow import Stateful, state_constraint

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

LIFETIME_DAYS = 7


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def open_now(self) -> Self:
        """Same rule as :attr:`Invitation.is_open`, in SQL."""
        return self.filter(state=InvitationState.OPEN, expires_at__gt=timezone.now())

    def by_secret(self, secret: str) -> Self:
        return self.filter(token_sha256=Invitation.digest(secret))


class Invitation(Stateful):
    """A single-use link for one address. Only the SHA-256 of its token is kept."""

    MOVES = states.INVITATION

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=InvitationState.choices, default=InvitationState.OPEN, db_index=True
    )
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    # Empty once the person it was sent to is erased.
    email = models.EmailField("adresse électronique", max_length=254, blank=True)
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices), default=list, blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            state_constraint("invitation_state", InvitationState.values),
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=models.Q(state="open"),
                name="invitation_open_once",
                violation_error_message="Une invitation attend déjà cette adresse. "
                "Annulez-la avant d’en envoyer une autre.",
            ),
            models.CheckConstraint(
                name="invitation_accepted_by_someone",
                condition=~models.Q(state="accepted") | models.Q(accepted_by__isnull=False),
                violation_error_message="Une invitation acceptée l’est par une personne.",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    @property
    def is_open(self) -> bool:
        return self.state == InvitationState.OPEN and self.expires_at > timezone.now()

    @staticmethod
    def new_secret() -> str:
        return secrets.token_urlsafe(32)

    @staticmethod
    def digest(secret: str) -> str:
        return hashlib.sha256(secret.encode()).hexdigest()

    def accept(self, *, actor: Actor) -> Self:
        """Raises MoveRefused when used or cancelled, Gone when the seven days have passed."""

        def apply(row: Invitation) -> None:
            if row.expires_at <= timezone.now():
                raise Gone(
                    "invitation_expired",
                    "Cette invitation a expiré. Demandez-en une autre à la personne qui vous a invité.",
                    on=timezone.localdate(row.expires_at),
                )
            row.accepted_by = actor.user

        return self.perform("accept", actor=actor, apply=apply)

    def revoke(self, *, actor: Actor) -> Self:
        return self.perform("revoke", actor=actor)

    def expire(self, *, actor: Actor) -> Self:
        return self.perform("expire", actor=actor)
