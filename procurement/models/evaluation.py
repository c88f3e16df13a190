"""The evaluation of the responses of one consultation: who marks, what each marked, what was agreed."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from marketplace.workflow import Stateful, state_constraint
from procurement.evaluation.enums import (
    MOST_REASON,
    MOST_TEXT,
    ClarificationKind,
    EvaluationState,
    SetAsideGround,
)
from procurement.evaluation.states import EVALUATION
from procurement.models.consultation import Consultation
from procurement.models.consultation_parts import AwardCriterion
from procurement.models.consultation_responses import OpenedResponse

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MARK_RANGE: dict[str, Any] = {"max_digits": 4, "decimal_places": 2}
IN_RANGE = Q(value__gte=0, value__lte=20)
OUT_OF_RANGE = "Une note va de 0 à 20."


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, actor: Actor) -> Self:
        """The people of its administration, and the auditor."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.is_buyer or not actor.roles:
            return self.none()
        return self.filter(consultation__organisation=actor.organisation)

    def for_pages(self) -> Self:
        return self.select_related("consultation__organisation").prefetch_related("evaluators__user")

    def with_sheet(self) -> Self:
        """All that `sheet.py` reads: the same number of queries whatever there is."""
        return self.for_pages().prefetch_related(*sheet())


def sheet() -> tuple[str | models.Prefetch[str], ...]:
    """What `with_sheet` reads beside the row and its evaluators."""
    return (
        "consultation__criteria",
        "consultation__lots__price_items",
        "consultation__lots__outcome",
        models.Prefetch(
            "consultation__lots__deposits__opened",
            OpenedResponse.objects.prefetch_related("set_asides", "clarifications"),
        ),
        "consultation__lots__deposits__supplier",
        "evaluators__marks",
        "agreed_marks",
    )


class Evaluation(Stateful):
    """`standings` is the ranking as it was concluded, lot by lot, with its arithmetic; empty before."""

    MOVES = EVALUATION

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=EvaluationState, default=EvaluationState.MARKING, db_index=True
    )
    consultation = models.OneToOneField(Consultation, models.PROTECT, related_name="evaluation")
    standings = models.JSONField("classement", default=list)
    concluded_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    concluded_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at", "-pk")
        verbose_name = "évaluation des réponses"
        constraints = (
            state_constraint("evaluation_state", EvaluationState.values),
            models.CheckConstraint(
                name="evaluation_concluded_whole",
                condition=~Q(state=EvaluationState.EVALUATED)
                | Q(concluded_by__isnull=False, concluded_at__isnull=False),
                violation_error_message="Un classement arrêté dit par qui et quand.",
            ),
        )

    def __str__(self) -> str:
        return f"Évaluation, {self.consultation}"

    def get_absolute_url(self) -> str:
        return f"{self.consultation.get_absolute_url()}evaluation/"

    def audit_organisation_ids(self) -> list[int]:
        return [self.consultation.organisation_id]

    @property
    def marks_are_shared(self) -> bool:
        """Before that, each evaluator reads their own marks alone."""
        return self.state != EvaluationState.MARKING

    def evaluator_of(self, actor: Actor) -> Evaluator | None:
        """No query when the evaluators were prefetched."""
        return next((one for one in self.evaluators.all() if actor.is_person(one.user_id)), None)


class Evaluator(models.Model):
    """A person named to mark. `has_interest` None: not declared yet; a link bars from marking for good."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="evaluators")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=timezone.now)
    has_interest = models.BooleanField("lien déclaré", null=True)
    statement = models.TextField("lien", max_length=MOST_REASON, blank=True)
    declared_at = models.DateTimeField(null=True, blank=True)
    # All marks are given; they do not change any more.
    given_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("evaluation", "named_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("evaluation", "user"),
                name="evaluator_once",
                violation_error_message="Cette personne évalue déjà.",
            ),
            models.CheckConstraint(
                name="evaluator_declared_whole",
                condition=Q(has_interest__isnull=True, declared_at__isnull=True)
                | Q(has_interest=False, declared_at__isnull=False)
                | (Q(has_interest=True, declared_at__isnull=False) & ~Q(statement="")),
                violation_error_message="Une déclaration est datée ; un lien est dit.",
            ),
            models.CheckConstraint(
                name="evaluator_gives_without_interest",
                condition=Q(given_at__isnull=True) | Q(has_interest__isnull=False),
                violation_error_message="On déclare ses liens avant de noter.",
            ),
        )

    def __str__(self) -> str:
        return str(self.user)

    @property
    def counts(self) -> bool:
        """Whether their marks are read."""
        return self.has_interest is False


class Mark(models.Model):
    """What one evaluator thinks of one response on one criterion; none on the price, which is computed."""

    evaluator = models.ForeignKey(Evaluator, models.PROTECT, related_name="marks")
    response = models.ForeignKey(OpenedResponse, models.PROTECT, related_name="marks")
    criterion = models.ForeignKey(AwardCriterion, models.PROTECT, related_name="+")
    value = models.DecimalField("note", **MARK_RANGE)
    reason = models.TextField("motif", max_length=MOST_REASON)
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("evaluator", "criterion", "response")
        constraints = (
            models.UniqueConstraint(
                fields=("evaluator", "response", "criterion"),
                name="mark_once",
                violation_error_message="Cette réponse est déjà notée sur ce critère.",
            ),
            models.CheckConstraint(
                name="mark_range", condition=IN_RANGE, violation_error_message=OUT_OF_RANGE
            ),
        )

    def __str__(self) -> str:
        return f"{self.value} sur 20"


class AgreedMark(models.Model):
    """The mark that the service achats retains after the consensus, with its reason."""

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="agreed_marks")
    response = models.ForeignKey(OpenedResponse, models.PROTECT, related_name="agreed_marks")
    criterion = models.ForeignKey(AwardCriterion, models.PROTECT, related_name="+")
    value = models.DecimalField("note retenue", **MARK_RANGE)
    reason = models.TextField("motif", max_length=MOST_REASON)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("evaluation", "criterion", "response")
        constraints = (
            models.UniqueConstraint(
                fields=("response", "criterion"),
                name="agreed_mark_once",
                violation_error_message="Cette note est déjà retenue.",
            ),
            models.CheckConstraint(
                name="agreed_mark_range", condition=IN_RANGE, violation_error_message=OUT_OF_RANGE
            ),
            models.CheckConstraint(
                name="agreed_mark_reasoned",
                condition=~Q(reason=""),
                violation_error_message="Une note retenue porte son motif.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.value} sur 20"


class SetAside(models.Model):
    """A response that is not ranked, and why. Lifted rather than erased."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    response = models.ForeignKey(OpenedResponse, models.PROTECT, related_name="set_asides")
    ground = models.CharField("motif légal", max_length=20, choices=SetAsideGround)
    reason = models.TextField("motif", max_length=MOST_REASON)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_reason = models.TextField(max_length=MOST_REASON, blank=True)

    class Meta:
        ordering = ("decided_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("response",),
                condition=Q(lifted_at__isnull=True),
                name="set_aside_once",
                violation_error_message="Cette réponse est déjà écartée.",
            ),
            models.CheckConstraint(
                name="set_aside_reasoned",
                condition=~Q(reason="") & (Q(lifted_at__isnull=True) | ~Q(lifted_reason="")),
                violation_error_message="Une réponse est écartée, et reprise, avec un motif.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_ground_display()} : {self.response}"


class ClarificationRequestQuerySet(models.QuerySet["ClarificationRequest"]):
    def visible_to(self, actor: Actor) -> Self:
        """The administration, the auditor, and the one supplier that is asked."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.roles:
            return self.none()
        if actor.is_buyer:
            return self.filter(response__deposit__consultation__organisation=actor.organisation)
        return self.filter(response__deposit__supplier__organisation=actor.organisation)

    def for_pages(self) -> Self:
        return self.select_related(
            "response__deposit__consultation__organisation",
            "response__deposit__supplier__organisation",
            "response__deposit__lot",
            "asked_by",
            "answered_by",
        )


class ClarificationRequest(models.Model):
    """A question to one supplier about its response, and its answer; both are written once."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    response = models.ForeignKey(OpenedResponse, models.PROTECT, related_name="clarifications")
    kind = models.CharField("nature", max_length=20, choices=ClarificationKind)
    text = models.TextField("question", max_length=MOST_TEXT)
    answer_by = models.DateField("répondre avant la fin du")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField("réponse", max_length=MOST_TEXT, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ClarificationRequestQuerySet.as_manager()

    class Meta:
        ordering = ("asked_at", "pk")
        constraints = (
            models.CheckConstraint(
                name="clarification_answered_whole",
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                violation_error_message="Une réponse porte un texte et sa date.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} demandée à {self.response.deposit.supplier}"

    def get_absolute_url(self) -> str:
        consultation = self.response.deposit.consultation
        return f"{consultation.get_absolute_url()}precisions/{self.uuid}/"

    def audit_organisation_ids(self) -> list[int]:
        deposit = self.response.deposit
        return [deposit.consultation.organisation_id, *deposit.supplier.audit_organisation_ids()]

    @property
    def is_over(self) -> bool:
        """Answered, or its last day is past."""
        return self.answered_at is not None or self.answer_by < timezone.localdate()
