from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.workflow import Stateful, state_constraint
from procurement import states
from procurement.enums import OPEN_ASSESSMENTS, AssessmentState
from procurement.models.readers import of_project

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, actor: Actor) -> Self:
        """Same readers as the project."""
        return of_project(self, actor)

    def decided(self) -> Self:
        return self.filter(state=AssessmentState.DECIDED)

    def for_lists(self) -> Self:
        return self.select_related("project__organisation", "requested_by")


class Assessment(Stateful):
    """One sensitivity analysis of a project.

    `answers` are the data questions (the project itself holds the others), in the API's names. From the
    request for opinions on, `facts`, `result` and `assessed_on` are frozen: it is what people advise on,
    then decide; `releases` name the texts it was made with.
    """

    MOVES = states.ASSESSMENT

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey("procurement.Project", models.PROTECT, related_name="assessments")
    number = models.PositiveIntegerField("rang")
    state = models.CharField(
        "état", max_length=40, choices=AssessmentState.choices, default=AssessmentState.DRAFT, db_index=True
    )
    answers = models.JSONField("réponses", default=dict, blank=True)
    facts = models.JSONField("faits", null=True, blank=True)
    result = models.JSONField("résultat", null=True, blank=True)
    assessed_on = models.DateField("appréciée au", null=True, blank=True)
    releases = models.ManyToManyField("reference.ReferenceRelease", related_name="+", blank=True)
    authors = models.ManyToManyField(User, related_name="written_assessments", blank=True)
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    requested_at = models.DateTimeField("avis demandés le", null=True, blank=True)
    # Hash of the texts that the frozen facts were last read with; empty: not read again since the freeze.
    reassessed_with = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        ordering = ["project", "-number"]
        constraints = [
            state_constraint("assessment_state", AssessmentState.values),
            models.UniqueConstraint(
                fields=["project", "number"],
                name="assessment_number_once",
                violation_error_message="Cette analyse existe déjà.",
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(state__in=[state.value for state in OPEN_ASSESSMENTS]),
                name="assessment_one_open",
                violation_error_message="Une analyse est déjà en cours pour ce projet.",
            ),
            models.UniqueConstraint(
                fields=["project"],
                condition=models.Q(state=AssessmentState.DECIDED),
                name="assessment_one_decided",
                violation_error_message="Une seule analyse décidée vaut à la fois.",
            ),
            models.CheckConstraint(
                name="assessment_frozen_once_asked",
                condition=models.Q(state=AssessmentState.DRAFT)
                | models.Q(facts__isnull=False, result__isnull=False, assessed_on__isnull=False),
                violation_error_message="Une analyse soumise aux avis garde ses réponses et son résultat.",
            ),
        ]

    def __str__(self) -> str:
        return f"Analyse {self.number} de {self.project.number}"

    def get_absolute_url(self) -> str:
        return f"{self.project.get_absolute_url()}analyse/"

    def audit_organisation_ids(self) -> list[int]:
        return [self.project.organisation_id]

    def is_author(self, user: User | None) -> bool:
        return user is not None and any(author.pk == user.pk for author in self.authors.all())

    # One method a move

    def request_opinions(
        self, *, actor: Actor, apply: Callable[[Any], None], expected_version: int | None = None
    ) -> Self:
        return self.perform("request_opinions", actor=actor, apply=apply, expected_version=expected_version)

    def resume(self, *, actor: Actor, expected_version: int | None = None) -> Self:
        return self.perform("resume", actor=actor, expected_version=expected_version)

    def send_back(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        return self.perform("send_back", actor=actor, reason=reason, expected_version=expected_version)

    def decide(
        self,
        *,
        actor: Actor,
        reason: str,
        apply: Callable[[Any], None],
        expected_version: int | None = None,
    ) -> Self:
        return self.perform(
            "decide", actor=actor, reason=reason, apply=apply, expected_version=expected_version
        )

    def supersede(self, *, actor: Actor) -> Self:
        return self.perform("supersede", actor=actor)


class SensitivityDecision(models.Model):
    """The qualified authority's decision on a frozen analysis. Never changed (trigger)."""

    assessment = models.OneToOneField(Assessment, models.PROTECT, related_name="decision")
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="sensitivity_decisions")
    decided_at = models.DateTimeField(default=timezone.now)
    reason = models.TextField("motif", max_length=2000)
    # Hash of the frozen result, so that the decision names exactly what was decided.
    result_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ["-decided_at"]

    def __str__(self) -> str:
        return f"Décision sur {self.assessment}"

    def audit_organisation_ids(self) -> list[int]:
        return self.assessment.audit_organisation_ids()
