"""A supplier that asks to be invited to a restricted procedure, with its papers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from catalog.models.change import ClockTimestamp
from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from marketplace.workflow import state_constraint
from procurement.applications.enums import MOST_TEXT
from procurement.candidates.enums import LIVING_CANDIDATES, CandidateState, RejectionGround
from procurement.candidates.states import CANDIDATE
from procurement.models.application import Application, ApplicationPaper
from procurement.models.consultation import Consultation

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

DECIDED = [CandidateState.SELECTED.value, CandidateState.REJECTED.value]


class CandidateQuerySet(models.QuerySet["Candidate"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier its own. The administration and the auditor: none before the last instant to apply,
        by the database's clock."""
        over = Q(consultation__candidatures_until__lte=ClockTimestamp())
        if actor.has(Role.AUDITOR):
            return self.filter(over)
        if actor.organisation is None or not actor.roles:
            return self.none()
        if actor.is_buyer:
            return self.filter(over, consultation__organisation=actor.organisation)
        return self.filter(supplier__organisation=actor.organisation)

    def living(self) -> Self:
        return self.filter(state__in=[state.value for state in LIVING_CANDIDATES])

    def for_pages(self) -> Self:
        joined = self.select_related("consultation__organisation", "supplier__organisation", "decided_by")
        return joined.prefetch_related("papers__file")


class Candidate(Application):
    """`ground` and `reason`: of a rejection; told to the supplier with the invitations of the others."""

    MOVES = CANDIDATE

    state = models.CharField(
        "état", max_length=40, choices=CandidateState, default=CandidateState.GIVEN, db_index=True
    )
    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="candidates")
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, related_name="candidatures")
    statement = models.TextField("capacités et références", max_length=MOST_TEXT, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    # By the database's clock, when the last byte had come.
    given_at = models.DateTimeField()
    ground = models.CharField("cause", max_length=10, choices=RejectionGround, blank=True)

    objects = CandidateQuerySet.as_manager()

    class Meta:
        ordering = ("given_at", "pk")
        verbose_name = "candidature à une procédure restreinte"
        constraints = (
            state_constraint("candidate_state", CandidateState.values),
            models.UniqueConstraint(
                fields=("consultation", "supplier"),
                condition=Q(state__in=[state.value for state in LIVING_CANDIDATES]),
                name="candidate_one_living",
                violation_error_message="Une candidature de ce fournisseur est déjà remise.",
            ),
            models.CheckConstraint(
                name="candidate_attested",
                condition=Q(not_excluded=True),
                violation_error_message="Le candidat atteste n’être dans aucun cas d’exclusion.",
            ),
            models.CheckConstraint(
                name="candidate_decided_whole",
                condition=~Q(state__in=DECIDED) | Q(decided_by__isnull=False, decided_at__isnull=False),
                violation_error_message="Un choix dit par qui et quand.",
            ),
            models.CheckConstraint(
                name="candidate_rejected_why",
                condition=~Q(state=CandidateState.REJECTED)
                | (Q(ground__in=sorted(RejectionGround.values)) & ~Q(reason="")),
                violation_error_message="Une candidature non retenue porte sa cause et son motif.",
            ),
        )

    def get_absolute_url(self) -> str:
        return reverse("procurement:candidate", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        """The administration's journal names nobody before the last instant to apply."""
        until = self.consultation.candidatures_until
        over = until is not None and timezone.now() >= until
        return [
            *([self.consultation.organisation_id] if over else []),
            *self.supplier.audit_organisation_ids(),
        ]


class CandidatePaper(ApplicationPaper):
    candidate = models.ForeignKey(Candidate, models.PROTECT, related_name="papers")

    class Meta:
        ordering = ("candidate", "added_at", "pk")
