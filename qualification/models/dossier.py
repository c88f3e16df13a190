from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import OVERSIGHT_ROLES, SUPPLIER_ROLES, Role
from marketplace.workflow import Move, Stateful, state_constraint
from qualification import limits
from qualification.clock import Clock, Pause, read_clock
from qualification.enums import DossierState, ListingOutcome
from qualification.states import DOSSIER_MOVES, OPERATOR_STATES

if TYPE_CHECKING:
    from catalog.models import OfferVersion
    from marketplace.accounts.actors import Actor

READING_ROLES = (Role.QUALIFICATION_OFFICER, Role.DECISION_MAKER, Role.CURATOR)


class DossierQuerySet(models.QuerySet["Dossier"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier's own; every sent one for those who instruct; all for the auditor."""
        if actor.has(*OVERSIGHT_ROLES):
            return self.all()
        if actor.has(*READING_ROLES):
            return self.exclude(state=DossierState.DRAFT)
        if actor.organisation is not None and actor.has(*SUPPLIER_ROLES):
            return self.filter(organisation=actor.organisation)
        return self.none()

    def for_lists(self) -> Self:
        return self.select_related("offer__supplier", "organisation", "officer").prefetch_related(
            "corrections"
        )

    def waiting_for_decision(self) -> Self:
        """With what says who may not decide them."""
        waiting = self.filter(state__in=(DossierState.PROPOSED, DossierState.APPEALED))
        return waiting.prefetch_related("findings", "proposals", "decisions")

    def by_age(self) -> Self:
        """Oldest first; a dossier that came back from corrections kept its place."""
        return self.order_by("queue_since", "pk")


class Dossier(Stateful):
    """The request that an offer be listed with one frozen version of its answers.

    ``version`` is the one being judged: a correction replaces it by its successor. ``round`` counts
    the times the supplier sent it. ``outcome`` is empty until a decision.
    """

    MOVES: ClassVar[dict[str, Move]] = DOSSIER_MOVES

    state = models.CharField(max_length=40, choices=DossierState, default=DossierState.DRAFT, db_index=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="dossiers")
    # The row's own counter is named version (workflow): this is the offer's.
    offer_version = models.ForeignKey(
        "catalog.OfferVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="dossiers"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="dossiers"
    )
    scheme = models.CharField(max_length=40)
    scheme_edition = models.CharField(max_length=20)
    round = models.PositiveSmallIntegerField(default=0)
    officer = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    queue_since = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=24, choices=ListingOutcome, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    appeal_until = models.DateField(null=True, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        indexes = (models.Index(fields=("state", "queue_since"), name="dossier_queue"),)
        constraints = (
            state_constraint("dossier_state", DossierState.values),
            models.UniqueConstraint(
                fields=("offer",),
                condition=~models.Q(state=DossierState.DECIDED),
                name="dossier_one_open_per_offer",
                violation_error_message="Un dossier est déjà ouvert pour cette offre.",
            ),
            models.CheckConstraint(
                condition=models.Q(state=DossierState.DRAFT)
                | models.Q(
                    submitted_at__isnull=False, queue_since__isnull=False, offer_version__isnull=False
                ),
                name="dossier_sent_has_version",
                violation_error_message="Un dossier envoyé porte sur une version figée de l’offre.",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=DossierState.DECIDED)
                | (~models.Q(outcome="") & models.Q(decided_at__isnull=False)),
                name="dossier_decided_has_outcome",
                violation_error_message="Un dossier décidé porte une décision datée.",
            ),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("qualification:dossier", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    @property
    def shown_state(self) -> str:
        """What the badge says: the outcome once decided."""
        return self.outcome if self.state == DossierState.DECIDED else self.state

    @property
    def operator_has_the_ball(self) -> bool:
        return self.state in OPERATOR_STATES

    @property
    def may_appeal_until(self) -> dt.date | None:
        """None when there is nothing to appeal against, or when it was appealed already."""
        decided = self.state == DossierState.DECIDED and self.outcome != ListingOutcome.LISTED
        return self.appeal_until if decided and self.appealed_at is None else None

    def clock(self, *, on: dt.date | None = None) -> Clock | None:
        """None before it is sent. An appeal has a clock of its own, with the same limit.

        Costs one query for the corrections unless they were prefetched.
        """
        if self.submitted_at is None:
            return None
        appealed = self.appealed_at is not None
        start = self.appealed_at if appealed else self.submitted_at
        return read_clock(
            timezone.localdate(start),
            on=on or timezone.localdate(),
            limit=limits.instruction_days(),
            pauses=() if appealed else self._pauses(),
            stopped_on=self._stopped_on(),
        )

    def _stopped_on(self) -> dt.date | None:
        if self.state != DossierState.DECIDED or self.decided_at is None:
            return None
        return timezone.localdate(self.decided_at)

    def _pauses(self) -> list[Pause]:
        return [
            Pause(
                timezone.localdate(asked.requested_at),
                timezone.localdate(asked.answered_at) if asked.answered_at else None,
            )
            for asked in self.corrections.all()
        ]

    # -- moves: one method each; the actions of qualification.actions call them with their rules

    def submit(self, *, actor: Actor, version: OfferVersion, expected_version: int | None = None) -> Dossier:
        def apply(row: Dossier) -> None:
            row.offer_version = version
            row.submitted_at = row.queue_since = timezone.now()
            row.round = 1

        return self.perform("submit", actor=actor, expected_version=expected_version, apply=apply)

    def start_checks(self, *, actor: Actor) -> Dossier:
        return self.perform("start_checks", actor=actor)

    def end_checks(self, *, actor: Actor) -> Dossier:
        return self.perform("end_checks", actor=actor)

    def request_corrections(
        self, *, actor: Actor, reason: str, expected_version: int | None = None
    ) -> Dossier:
        return self.perform(
            "request_corrections", actor=actor, reason=reason, expected_version=expected_version
        )

    def answer_corrections(
        self, *, actor: Actor, version: OfferVersion, reason: str, expected_version: int | None = None
    ) -> Dossier:
        def apply(row: Dossier) -> None:
            row.offer_version = version
            row.round += 1

        return self.perform(
            "answer_corrections", actor=actor, reason=reason, expected_version=expected_version, apply=apply
        )

    def propose(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Dossier:
        return self.perform("propose", actor=actor, reason=reason, expected_version=expected_version)

    def send_back(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Dossier:
        return self.perform("send_back", actor=actor, reason=reason, expected_version=expected_version)

    def decide(
        self, *, actor: Actor, outcome: str, reason: str, expected_version: int | None = None
    ) -> Dossier:
        return self._decide("decide", actor=actor, outcome=outcome, reason=reason, expected=expected_version)

    def appeal(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Dossier:
        def apply(row: Dossier) -> None:
            row.appealed_at = timezone.now()

        return self.perform(
            "appeal", actor=actor, reason=reason, expected_version=expected_version, apply=apply
        )

    def decide_appeal(
        self, *, actor: Actor, outcome: str, reason: str, expected_version: int | None = None
    ) -> Dossier:
        return self._decide(
            "decide_appeal", actor=actor, outcome=outcome, reason=reason, expected=expected_version
        )

    def _decide(self, move: str, *, actor: Actor, outcome: str, reason: str, expected: int | None) -> Dossier:
        def apply(row: Dossier) -> None:
            row.outcome = outcome
            row.decided_at = timezone.now()
            row.appeal_until = limits.appeal_until(timezone.localdate())

        return self.perform(
            move,
            actor=actor,
            reason=reason,
            expected_version=expected,
            apply=apply,
            detail={"outcome": outcome},
        )
