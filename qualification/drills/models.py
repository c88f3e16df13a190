from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import OVERSIGHT_ROLES, SUPPLIER_ROLES, Role
from marketplace.leases import LeaseState
from marketplace.workflow import Move, Stateful, state_constraint
from qualification.drills.hours import response_seconds, span_text
from qualification.drills.states import ANSWERED, CONCLUDED, DRILL_MOVES, OPEN, AddressSource, DrillState

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.notifications.models import OutgoingEmail


# Those who read every dossier.
READING_ROLES = (Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER, Role.CURATOR)


class SecurityDrillQuerySet(models.QuerySet["SecurityDrill"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier's own; all for those who instruct and the auditor."""
        if actor.has(*OVERSIGHT_ROLES, *READING_ROLES):
            return self.all()
        if actor.organisation is not None and actor.has(*SUPPLIER_ROLES):
            return self.filter(organisation=actor.organisation)
        return self.none()

    def for_lists(self) -> Self:
        return self.select_related("offer__supplier", "organisation", "announced_by", "email")

    def last_concluded(self, offer_id: int, *, organisation_id: int | None) -> SecurityDrill | None:
        """The last that says something of the contact of this supplier. One query."""
        rows = self.filter(offer=offer_id, organisation=organisation_id, state__in=CONCLUDED)
        return rows.order_by("-sent_at", "-pk").first()


class SecurityDrill(Stateful):
    """A message announced to the security contact of an offer, and how long its answer took.

    ``sends_at`` is drawn at random in the window and shown to nobody before the message is gone. ``sent_at``,
    ``answered_at`` and the response time are the database's; the limit runs from ``mailed_at``, when the
    mail server took the message. The link's token is kept as its SHA-256.
    """

    MOVES: ClassVar[dict[str, Move]] = DRILL_MOVES

    state = models.CharField(max_length=40, choices=DrillState, default=DrillState.ANNOUNCED, db_index=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="security_drills")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    address = models.EmailField(max_length=254)
    address_source = models.CharField(max_length=20, choices=AddressSource)
    window_from = models.DateField()
    window_until = models.DateField()
    limit_hours = models.PositiveIntegerField()
    sends_at = models.DateTimeField(db_index=True)
    announced_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    by_supplier = models.BooleanField()
    announced_at = models.DateTimeField(default=timezone.now)
    token_sha256 = models.CharField(max_length=64, blank=True)
    email = models.ForeignKey(
        "notifications.OutgoingEmail", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    response_seconds = models.PositiveIntegerField(null=True, blank=True)

    objects = SecurityDrillQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            state_constraint("security_drill_state", DrillState.values),
            models.UniqueConstraint(
                fields=("offer",),
                condition=Q(state__in=OPEN),
                name="security_drill_one_open",
                violation_error_message="Un exercice est déjà annoncé ou en cours pour cette offre.",
            ),
            models.UniqueConstraint(
                fields=("token_sha256",),
                condition=~Q(token_sha256=""),
                name="security_drill_token",
                violation_error_message="Ce lien existe déjà.",
            ),
            models.CheckConstraint(
                condition=Q(window_until__gte=models.F("window_from")) & Q(limit_hours__gt=0),
                name="security_drill_window",
                violation_error_message="La fenêtre finit après son début.",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=ANSWERED)
                | Q(answered_at__isnull=False, response_seconds__isnull=False, mailed_at__isnull=False),
                name="security_drill_answer",
                violation_error_message="Une réponse porte son heure et son délai.",
            ),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("qualification:security_drill", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    @property
    def started_at(self) -> dt.datetime | None:
        """When the mail server took the message; None while it has not, as far as we know."""
        if self.mailed_at is not None:
            return self.mailed_at
        email: OutgoingEmail | None = self.email
        gone = email is not None and email.lease_state == LeaseState.DONE
        return email.done_at if email is not None and gone else None

    @property
    def answer_by(self) -> dt.datetime | None:
        started = self.started_at
        return started + dt.timedelta(hours=self.limit_hours) if started is not None else None

    @property
    def response_told(self) -> str:
        return span_text(self.response_seconds) if self.response_seconds is not None else ""

    # -- moves: called by qualification.drills.actions with their rules

    def send(self, *, actor: Actor, at: dt.datetime, token_sha256: str, email: OutgoingEmail) -> Self:
        def apply(row: Self) -> None:
            row.sent_at, row.token_sha256, row.email = at, token_sha256, email

        return self.perform("send", actor=actor, apply=apply)

    def cancel(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        return self.perform("cancel", actor=actor, reason=reason, expected_version=expected_version)

    def expire(self, *, actor: Actor, started: dt.datetime) -> Self:
        def apply(row: Self) -> None:
            row.mailed_at = started

        return self.perform("expire", actor=actor, apply=apply)

    def give_up(self, *, actor: Actor) -> Self:
        return self.perform("give_up", actor=actor)

    def acknowledge(self, *, actor: Actor, started: dt.datetime, at: dt.datetime) -> Self:
        return self._answered("acknowledge", actor=actor, started=started, at=at)

    def acknowledge_late(self, *, actor: Actor, started: dt.datetime, at: dt.datetime) -> Self:
        return self._answered("acknowledge_late", actor=actor, started=started, at=at)

    def _answered(self, name: str, *, actor: Actor, started: dt.datetime, at: dt.datetime) -> Self:
        seconds = response_seconds(started, at)

        def apply(row: Self) -> None:
            row.mailed_at, row.answered_at, row.response_seconds = started, at, seconds

        return self.perform(name, actor=actor, apply=apply, detail={"seconds": seconds})
