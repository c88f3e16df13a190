from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import OVERSIGHT_ROLES, SUPPLIER_ROLES, Role
from marketplace.workflow import Move, state_constraint
from qualification.programmes.enums import ApplicationState, Milestone
from qualification.programmes.models.sent import SentToCall
from qualification.programmes.quarters import Quarter, missing
from qualification.programmes.states import APPLICATION_MOVES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from qualification.programmes.models.progress import ApplicationMilestone


class ProgrammeApplicationQuerySet(models.QuerySet["ProgrammeApplication"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier's own; once sent, for who runs programmes; all for the auditor."""
        if actor.has(*OVERSIGHT_ROLES):
            return self.all()
        if actor.has(Role.PROGRAMME_MANAGER):
            return self.filter(sent_at__isnull=False).exclude(state=ApplicationState.DRAFT)
        if actor.organisation is not None and actor.has(*SUPPLIER_ROLES):
            return self.filter(organisation=actor.organisation)
        return self.none()

    def for_lists(self) -> Self:
        rows = self.select_related("call", "organisation", "offer__supplier")
        return rows.prefetch_related("milestones", "reports")


class ProgrammeApplication(SentToCall):
    """A supplier's answer to a call.

    ``sent_content`` holds the facts of the offer and its conditions that day too.
    """

    MOVES: ClassVar[dict[str, Move]] = APPLICATION_MOVES

    state = models.CharField(
        max_length=40, choices=ApplicationState, default=ApplicationState.DRAFT, db_index=True
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True, editable=False)
    call = models.ForeignKey(
        "qualification.ProgrammeCall", on_delete=models.PROTECT, related_name="applications"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", on_delete=models.PROTECT, related_name="programme_applications"
    )
    offer = models.ForeignKey(
        "catalog.Offer", on_delete=models.PROTECT, related_name="programme_applications"
    )
    summary = models.TextField(max_length=5000, blank=True)
    work_plan = models.TextField(max_length=5000, blank=True)
    difficulties = models.TextField(max_length=3000, blank=True)
    contact_email = models.EmailField(max_length=200, blank=True)
    planned_months = models.PositiveSmallIntegerField(null=True, blank=True)
    planned_cost_eur_ht = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    shares_evidence = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")

    objects = ProgrammeApplicationQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            state_constraint("programme_application_state", ApplicationState.values),
            models.UniqueConstraint(
                fields=("call", "offer"),
                condition=~models.Q(state=ApplicationState.WITHDRAWN),
                name="programme_application_once",
                violation_error_message="Cette offre a déjà une candidature à cet appel.",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=(ApplicationState.DRAFT, ApplicationState.WITHDRAWN))
                | (models.Q(sent_at__isnull=False) & ~models.Q(sent_sha256="")),
                name="programme_application_receipt",
                violation_error_message="Une candidature envoyée porte son récépissé.",
            ),
            models.CheckConstraint(
                condition=~models.Q(
                    state__in=(
                        ApplicationState.SELECTED,
                        ApplicationState.WAITLISTED,
                        ApplicationState.REJECTED,
                    )  # fmt: skip
                )
                | (models.Q(decided_on__isnull=False) & ~models.Q(decision_reference="")),
                name="programme_application_decision",
                violation_error_message="Le choix de l’opérateur est daté et porte sa référence.",
            ),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("qualification:programme_application", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    @property
    def reached(self) -> dict[str, ApplicationMilestone]:
        """The last row of each milestone, in order; no query when they were prefetched."""
        last: dict[str, ApplicationMilestone] = {}
        for row in sorted(self.milestones.all(), key=lambda row: row.pk):
            last[row.code] = row
        return {code: last[code] for code in Milestone.values if code in last}

    def missing_reports(self, *, on: dt.date | None = None) -> tuple[Quarter, ...]:
        """Quarters over without a report, oldest first; none unless it was chosen."""
        if self.state != ApplicationState.SELECTED or self.decided_on is None:
            return ()
        end = self.reached.get(Milestone.J3)
        received = [Quarter(row.year, row.quarter) for row in self.reports.all()]
        ended_on = end.reached_on if end is not None else None
        return missing(self.decided_on, on=on or timezone.localdate(), received=received, ended_on=ended_on)

    @property
    def late_reports(self) -> tuple[Quarter, ...]:
        today = timezone.localdate()
        return tuple(quarter for quarter in self.missing_reports(on=today) if quarter.due_on < today)
