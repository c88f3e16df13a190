from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import OPERATOR_ROLES, Role
from marketplace.accounts.models import Organisation, User
from marketplace.workflow import Stateful, state_constraint
from procurement.voices import states as states_voices
from procurement.voices.enums import Criterion, LegalGround, Step, UserReviewState

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class UserReviewQuerySet(models.QuerySet["UserReview"]):
    def visible_to(self, actor: Actor) -> Self:
        """Published ones to all; the others to their administration, the operator and the auditor."""
        if actor.has(*OPERATOR_ROLES, Role.AUDITOR):
            return self
        seen = Q(state=UserReviewState.PUBLISHED)
        if actor.organisation is not None and actor.is_buyer:
            seen |= Q(organisation=actor.organisation)
        return self.filter(seen)

    def published(self) -> Self:
        return self.filter(state=UserReviewState.PUBLISHED)

    def for_pages(self) -> Self:
        return self.select_related("organisation", "offer__supplier")


class UserReview(Stateful):
    """What one administration says of an offer that it ordered. One per administration and offer.

    `ratings`: criterion → step, a criterion left out being « sans avis ». What it said before is kept in
    `editions`. Never read by search, order, filters or eligibility.
    """

    MOVES = states_voices.USER_REVIEW

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=UserReviewState, default=UserReviewState.PUBLISHED, db_index=True
    )
    offer = models.ForeignKey("catalog.Offer", models.PROTECT, related_name="user_reviews")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    ratings = models.JSONField("appréciations", default=dict, blank=True)
    text = models.TextField("texte", max_length=5000)
    written_at = models.DateTimeField(default=timezone.now)
    revised_at = models.DateTimeField(null=True, blank=True)
    ground = models.CharField("motif légal", max_length=20, choices=LegalGround, blank=True)
    ground_text = models.TextField("passage et explication", max_length=2000, blank=True)
    hidden_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    contest_text = models.TextField("contestation", max_length=2000, blank=True)
    decision_text = models.TextField("réponse à la contestation", max_length=2000, blank=True)
    reply = models.TextField("réponse du fournisseur", max_length=3000, blank=True)
    replied_at = models.DateTimeField(null=True, blank=True)
    reply_revised_at = models.DateTimeField(null=True, blank=True)

    objects = UserReviewQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-pk")
        constraints = (
            state_constraint("user_review_state", UserReviewState.values),
            models.UniqueConstraint(
                fields=("organisation", "offer"),
                name="user_review_once",
                violation_error_message="Votre administration a déjà un avis sur cette offre. Modifiez-le.",
            ),
            models.CheckConstraint(
                name="user_review_hidden_why",
                condition=Q(state=UserReviewState.PUBLISHED) | (~Q(ground="") & ~Q(ground_text="")),
                violation_error_message="Un avis masqué porte un motif légal et son explication.",
            ),
        )

    def __str__(self) -> str:
        return f"Avis de {self.organisation} sur {self.offer}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:user_review", args=[self.uuid])

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """(criterion, step) in words, in the order of the form."""
        said = dict(Step.choices)
        return [
            (label, said.get(self.ratings.get(code, ""), "Sans avis")) for code, label in Criterion.choices
        ]

    def hide(self, *, actor: Actor, ground: str, reason: str, expected_version: int | None = None) -> Self:
        def apply(row: Self) -> None:
            row.ground, row.ground_text, row.hidden_by = ground, reason, actor.user

        return self.perform(
            "hide", actor=actor, reason=reason, expected_version=expected_version, apply=apply
        )

    def contest(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        return self._said("contest", "contest_text", actor=actor, reason=reason, version=expected_version)

    def uphold(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        return self._said("uphold", "decision_text", actor=actor, reason=reason, version=expected_version)

    def restore(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        return self._said("restore", "decision_text", actor=actor, reason=reason, version=expected_version)

    def _said(self, move: str, field: str, *, actor: Actor, reason: str, version: int | None) -> Self:
        def apply(row: Self) -> None:
            setattr(row, field, reason)

        return self.perform(move, actor=actor, reason=reason, expected_version=version, apply=apply)


class ReviewEdition(models.Model):
    """What a review said, from `written_at` until the next one. Append-only (trigger)."""

    review = models.ForeignKey(UserReview, models.PROTECT, related_name="editions")
    ratings = models.JSONField(default=dict, blank=True)
    text = models.TextField(max_length=5000)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("-written_at", "-pk")

    def __str__(self) -> str:
        return f"{self.review} – {self.written_at:%d/%m/%Y}"


def counts_of(reviews: list[UserReview]) -> list[tuple[str, list[tuple[str, int]]]]:
    """Criterion → how many said each step, then « Sans avis ». No average: steps are words."""
    rows: list[tuple[str, list[tuple[str, int]]]] = []
    for code, label in Criterion.choices:
        said: list[Any] = [review.ratings.get(code, "") for review in reviews]
        steps = [(str(words), said.count(step)) for step, words in Step.choices]
        rows.append((str(label), [*steps, ("Sans avis", sum(step not in Step.values for step in said))]))
    return rows
