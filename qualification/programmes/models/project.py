from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import OVERSIGHT_ROLES, SUPPLIER_ROLES, Role
from marketplace.workflow import Move, state_constraint
from qualification.programmes.enums import (
    InvitationAnswer,
    MemberRole,
    ProposalState,
    TargetKind,
    TargetVerdict,
)
from qualification.programmes.models.sent import SentToCall
from qualification.programmes.states import PROPOSAL_MOVES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class CallNeed(models.Model):
    """A functional need that administrations have, as the call states it to everybody.

    ``need`` is where DINUM collected it (suppliers do not read that one), ``administrations`` how many had
    it that day; None: it was collected elsewhere.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call = models.ForeignKey("qualification.ProgrammeCall", on_delete=models.PROTECT, related_name="needs")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    description = models.TextField(max_length=3000, blank=True)
    need = models.ForeignKey(
        "catalog.MissingNeed", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    administrations = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ("call", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("call", "number"),
                name="call_need_number",
                violation_error_message="Ce numéro de besoin est déjà pris.",
            ),
        )

    def __str__(self) -> str:
        return f"B{self.number} {self.title}"


class CallTarget(models.Model):
    """What a demonstrator must show of a need, with the threshold that everybody read before the cut-off."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    call_need = models.ForeignKey(CallNeed, on_delete=models.PROTECT, related_name="targets")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=TargetKind)
    title = models.CharField(max_length=200)
    threshold = models.CharField(max_length=200)

    class Meta:
        ordering = ("call_need", "number")

    def __str__(self) -> str:
        return f"{self.title} : {self.threshold}"


class ProjectProposalQuerySet(models.QuerySet["ProjectProposal"]):
    def visible_to(self, actor: Actor) -> Self:
        """Its own suppliers, invited ones included; once sent, who runs programmes; all for the auditor."""
        if actor.has(*OVERSIGHT_ROLES):
            return self.all()
        if actor.has(Role.PROGRAMME_MANAGER):
            return self.filter(sent_at__isnull=False).exclude(state=ProposalState.DRAFT)
        if actor.organisation is not None and actor.has(*SUPPLIER_ROLES):
            member = ConsortiumMember.objects.filter(organisation=actor.organisation)
            return self.filter(pk__in=member.exclude(answer=InvitationAnswer.DECLINED).values("proposal"))
        return self.none()

    def for_lists(self) -> Self:
        rows = self.select_related("call", "organisation")
        return rows.prefetch_related("members__organisation", "needs__targets", "results")


class ProjectProposal(SentToCall):
    """A consortium's answer to a call for projects. ``organisation`` leads; it is a member too.

    ``demonstrator_*``: where and when the operator may see it work; empty until the lead says it.
    """

    MOVES: ClassVar[dict[str, Move]] = PROPOSAL_MOVES

    state = models.CharField(max_length=40, choices=ProposalState, default=ProposalState.DRAFT, db_index=True)
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=20, unique=True, editable=False)
    call = models.ForeignKey(
        "qualification.ProgrammeCall", on_delete=models.PROTECT, related_name="proposals"
    )
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=160)
    summary = models.TextField(max_length=5000, blank=True)
    work_plan = models.TextField(max_length=5000, blank=True)
    needs = models.ManyToManyField(CallNeed, related_name="proposals", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    created_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    demonstrator_url = models.URLField(max_length=500, blank=True)
    demonstrator_from = models.DateTimeField(null=True, blank=True)
    demonstrator_note = models.CharField(max_length=1000, blank=True)

    objects = ProjectProposalQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = (
            state_constraint("project_proposal_state", ProposalState.values),
            models.CheckConstraint(
                condition=models.Q(state__in=(ProposalState.DRAFT, ProposalState.WITHDRAWN))
                | (models.Q(sent_at__isnull=False) & ~models.Q(sent_sha256="")),
                name="project_proposal_receipt",
                violation_error_message="Un projet envoyé porte son récépissé.",
            ),
            models.CheckConstraint(
                condition=~models.Q(state__in=(ProposalState.SELECTED, ProposalState.REJECTED))
                | (models.Q(decided_on__isnull=False) & ~models.Q(decision_reference="")),
                name="project_proposal_decision",
                violation_error_message="Le choix de l’opérateur est daté et porte sa référence.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("qualification:project_proposal", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return sorted({self.organisation_id, *self.members.values_list("organisation_id", flat=True)})

    @property
    def standing(self) -> list[ConsortiumMember]:
        """Members who did not decline; no query when they were prefetched."""
        return [each for each in self.members.all() if each.answer != InvitationAnswer.DECLINED]

    @property
    def last_results(self) -> dict[int, TargetResult]:
        """The last result of each target, by its key."""
        return {row.target_id: row for row in sorted(self.results.all(), key=lambda row: row.pk)}


class ConsortiumMember(models.Model):
    """A supplier of the consortium. ``answer`` empty: invited, silent so far."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    proposal = models.ForeignKey(ProjectProposal, on_delete=models.PROTECT, related_name="members")
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=12, choices=MemberRole)
    part = models.CharField(max_length=500)
    invited_at = models.DateTimeField(default=timezone.now)
    answer = models.CharField(max_length=10, choices=InvitationAnswer, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ("proposal", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("proposal", "organisation"),
                condition=~models.Q(answer=InvitationAnswer.DECLINED),
                name="consortium_member_once",
                violation_error_message="Ce fournisseur est déjà du groupement.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.organisation} ({self.get_role_display()})"


class TargetResult(models.Model):
    """What the operator saw of one target on the demonstrator. Append-only: the last row counts."""

    proposal = models.ForeignKey(ProjectProposal, on_delete=models.PROTECT, related_name="results")
    target = models.ForeignKey(CallTarget, on_delete=models.PROTECT, related_name="results")
    verdict = models.CharField(max_length=10, choices=TargetVerdict)
    observation = models.CharField(max_length=2000)
    seen_on = models.DateField()
    recorded_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("proposal", "target", "pk")

    def __str__(self) -> str:
        return f"{self.proposal.number} – {self.target}"
