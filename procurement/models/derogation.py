from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.workflow import Stateful, state_constraint
from procurement.derogations import states as states_derogation
from procurement.derogations.enums import (
    DOCUMENTED_ACTS,
    LIVING_DEROGATIONS,
    STORED_DEROGATIONS,
    ActKind,
    DerogationState,
)
from procurement.models.readers import of_project

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

# Days before the end from which it « expire bientôt »; the people concerned are told at each alert.
ALERT_DAYS = (90, 30)


class DerogationQuerySet(models.QuerySet["Derogation"]):
    def visible_to(self, actor: Actor) -> Self:
        """Same readers as the project."""
        return of_project(self, actor)

    def living(self) -> Self:
        return self.filter(state__in=LIVING_DEROGATIONS)

    def with_acts(self) -> Self:
        return self.select_related("project__organisation", "asked_by").prefetch_related(
            "acts__document", "acts__offer", "acts__recorded_by"
        )


class Derogation(Stateful):
    """An R9 derogation of a project already engaged (circular 6404/SG, R9): accorded under the minister's
    responsibility, validated by the Prime Minister.

    Without a finding it has no end: its months run from the day an acceptable offer is available in
    France (`available_on`), said by a reasoned and signed finding. `months` is the term applied that day.
    """

    MOVES = states_derogation.DEROGATION

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=DerogationState, default=DerogationState.ASKED, db_index=True
    )
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="derogations")
    # None: asked by a machine of the administration.
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField("motif", max_length=5000)
    starts_on = models.DateField("en vigueur depuis le", null=True, blank=True)
    available_on = models.DateField("offre acceptable disponible le", null=True, blank=True)
    months = models.PositiveSmallIntegerField("durée en mois", null=True, blank=True)
    ends_on = models.DateField("dernier jour", null=True, blank=True)

    objects = DerogationQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        constraints = [
            state_constraint("derogation_state", [state.value for state in STORED_DEROGATIONS]),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(state__in=[state.value for state in LIVING_DEROGATIONS]),
                name="derogation_one_living",
                violation_error_message="Ce projet a déjà une dérogation demandée ou en vigueur.",
            ),
            models.CheckConstraint(
                name="derogation_term_whole",
                condition=models.Q(available_on__isnull=True, months__isnull=True, ends_on__isnull=True)
                | models.Q(
                    available_on__isnull=False, months__isnull=False, ends_on__gte=models.F("available_on")
                ),
                violation_error_message="Le dernier jour se compte depuis le constat d’une offre acceptable.",
            ),
            models.CheckConstraint(
                name="derogation_active_dated",
                condition=~models.Q(state=DerogationState.ACTIVE) | models.Q(starts_on__isnull=False),
                violation_error_message="Une dérogation en vigueur porte la date de son entrée en vigueur.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.project.number})"

    def get_absolute_url(self) -> str:
        return reverse("procurement:derogation", args=[self.project.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.project.organisation_id]

    @property
    def is_living(self) -> bool:
        return self.state in LIVING_DEROGATIONS

    def state_on(self, day: dt.date) -> str:
        """The state by the clock, journalled or not."""
        if self.state != DerogationState.ACTIVE or self.ends_on is None:
            return self.state
        if self.ends_on < day:
            return DerogationState.EXPIRED
        soon = self.ends_on - dt.timedelta(days=ALERT_DAYS[0])
        return DerogationState.EXPIRING if soon <= day else DerogationState.ACTIVE

    @property
    def state_today(self) -> str:
        return self.state_on(timezone.localdate())

    def act(self, kind: str) -> DerogationAct | None:
        """No query when the acts were prefetched."""
        return next((act for act in self.acts.all() if act.kind == kind), None)

    # One method a move

    def sign(
        self, *, actor: Actor, apply: Callable[[Self], None], expected_version: int | None = None
    ) -> Self:
        return self.perform("sign", actor=actor, apply=apply, expected_version=expected_version)

    def validate(
        self, *, actor: Actor, apply: Callable[[Self], None], expected_version: int | None = None
    ) -> Self:
        return self.perform("validate", actor=actor, apply=apply, expected_version=expected_version)

    def activate(
        self, *, actor: Actor, apply: Callable[[Self], None], expected_version: int | None = None
    ) -> Self:
        return self.perform("activate", actor=actor, apply=apply, expected_version=expected_version)

    def expire(self, *, actor: Actor, apply: Callable[[Self], None]) -> Self:
        return self.perform("expire", actor=actor, reason="Dernier jour passé.", apply=apply)

    def refuse(
        self,
        *,
        actor: Actor,
        reason: str,
        apply: Callable[[Self], None],
        expected_version: int | None = None,
    ) -> Self:
        return self.perform(
            "refuse", actor=actor, reason=reason, apply=apply, expected_version=expected_version
        )


class DerogationAct(models.Model):
    """A dated act of a derogation, with its paper. Never changed (trigger); one of each kind."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    derogation = models.ForeignKey(Derogation, models.PROTECT, related_name="acts")
    kind = models.CharField("acte", max_length=20, choices=ActKind)
    dated_on = models.DateField("date de l’acte")
    reference = models.CharField("référence", max_length=100)
    text = models.TextField("motif", max_length=5000, blank=True)
    document = models.ForeignKey("files.StoredFile", models.PROTECT, null=True, blank=True, related_name="+")
    # The acceptable offer of a finding, when it is in the catalogue.
    offer = models.ForeignKey("catalog.Offer", models.PROTECT, null=True, blank=True, related_name="+")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["recorded_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["derogation", "kind"],
                name="derogation_act_once",
                violation_error_message="Cet acte est déjà enregistré.",
            ),
            models.CheckConstraint(
                name="derogation_act_documented",
                condition=~models.Q(kind__in=[kind.value for kind in DOCUMENTED_ACTS])
                | models.Q(document__isnull=False),
                violation_error_message="Joignez le document signé.",
            ),
            models.CheckConstraint(
                name="derogation_finding_reasoned",
                condition=~models.Q(kind__in=["finding", "refusal"], text=""),
                violation_error_message="Un constat ou un refus porte son motif.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.derogation.number} {self.get_kind_display()}"

    def audit_organisation_ids(self) -> list[int]:
        return self.derogation.audit_organisation_ids()
