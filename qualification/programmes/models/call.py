from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import OVERSIGHT_ROLES, Role
from marketplace.workflow import Move, Stateful, state_constraint
from qualification.programmes.enums import CallPhase, CallState
from qualification.programmes.facts import Programme, programmes
from qualification.programmes.states import CALL_MOVES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class ProgrammeCallQuerySet(models.QuerySet["ProgrammeCall"]):
    def visible_to(self, actor: Actor) -> Self:
        """Published and cancelled ones for everybody; drafts for who runs programmes and the auditor."""
        if actor.has(Role.PROGRAMME_MANAGER, *OVERSIGHT_ROLES):
            return self.all()
        return self.filter(published_at__isnull=False)

    def open_at(self, now: dt.datetime) -> Self:
        return self.filter(state=CallState.PUBLISHED, opens_at__lte=now, closes_at__gt=now)


class ProgrammeCall(Stateful):
    """One cut-off of a programme. ``closes_at`` is a whole minute, and the first instant that is late."""

    MOVES: ClassVar[dict[str, Move]] = CALL_MOVES

    state = models.CharField(max_length=40, choices=CallState, default=CallState.DRAFT, db_index=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True, editable=False)
    programme_code = models.CharField(max_length=40)
    title = models.CharField(max_length=160)
    description = models.TextField(max_length=5000, blank=True)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    source = models.CharField(max_length=300)
    source_url = models.URLField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ProgrammeCallQuerySet.as_manager()

    class Meta:
        ordering = ("-closes_at", "-pk")
        constraints = (
            state_constraint("programme_call_state", CallState.values),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")),
                name="programme_call_closes_after",
                violation_error_message="La clôture suit l’ouverture.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("qualification:programme_call", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return []

    @property
    def programme(self) -> Programme:
        """Raises KeyError for a programme taken out of the file."""
        return programmes()[self.programme_code]

    @property
    def phase(self) -> str:
        return self.phase_at(timezone.now())

    def phase_at(self, now: dt.datetime) -> str:
        if self.state != CallState.PUBLISHED:
            return CallPhase(self.state)
        if now < self.opens_at:
            return CallPhase.UPCOMING
        return CallPhase.OPEN if now < self.closes_at else CallPhase.CLOSED

    # -- moves

    def publish(self, *, actor: Actor, expected_version: int | None = None) -> Self:
        def apply(row: Self) -> None:
            row.published_at = timezone.now()

        return self.perform("publish", actor=actor, expected_version=expected_version, apply=apply)

    def cancel(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        return self.perform("cancel", actor=actor, reason=reason, expected_version=expected_version)
