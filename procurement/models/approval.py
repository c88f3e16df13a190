"""Chains of approval in dated versions, delegations of signature, the signatures of orders and changes."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Organisation, User
from marketplace.tax_basis import basis_constraint, basis_field
from marketplace.workflow import Stateful, state_constraint
from procurement.approval import states
from procurement.approval.enums import SIGNING_CHOICES, SIGNING_ROLES, DelegationState, Sensitivity

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def _readable(actor: Actor) -> models.Q:
    """By the administration's people, and by the auditor."""
    if actor.has(Role.AUDITOR):
        return models.Q()
    if actor.organisation is None or not actor.is_buyer or not actor.roles:
        return models.Q(pk__in=())
    return models.Q(organisation=actor.organisation)


class ApprovalChainQuerySet(models.QuerySet["ApprovalChain"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(_readable(actor))

    def in_force(self, day: dt.date) -> Self:
        """The newest first; the first one of an administration is the one that holds."""
        return self.filter(valid_from__lte=day).order_by("-valid_from", "-pk")


class ApprovalChain(models.Model):
    """One version of an administration's chain; never changed, replaced by the next one."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="approval_chains")
    valid_from = models.DateField("en vigueur à partir du")
    # Whoever signed one step, or in whose name it was signed, signs no other of the same content.
    distinct_signers = models.BooleanField("signataires distincts", default=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = ApprovalChainQuerySet.as_manager()

    class Meta:
        ordering = ("-valid_from", "-pk")
        verbose_name = "circuit d’approbation"

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("procurement:approval_chain")

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]


class ApprovalStep(models.Model):
    """A signature that orders need when the amount, the model and the sensitivity all fit."""

    chain = models.ForeignKey(ApprovalChain, models.PROTECT, related_name="steps")
    position = models.PositiveSmallIntegerField("rang")
    role = models.CharField("rôle", max_length=30, choices=SIGNING_CHOICES)
    from_eur = models.DecimalField("à partir de", max_digits=14, decimal_places=2, default=0)
    from_basis = basis_field("montant exprimé")
    # Empty: whatever the offer's model.
    service_models = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    sensitivity = models.CharField(max_length=10, choices=Sensitivity, default=Sensitivity.ANY)

    class Meta:
        ordering = ("position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("chain", "position"),
                name="approval_step_position_once",
                violation_error_message="Deux étapes ont le même rang.",
            ),
            models.CheckConstraint(
                name="approval_step_amount_positive",
                condition=models.Q(from_eur__gte=0),
                violation_error_message="Le montant à partir duquel une étape s’applique n’est pas négatif.",
            ),
            basis_constraint("approval_step_basis", field="from_basis"),
            models.CheckConstraint(
                name="approval_step_role",
                condition=models.Q(role__in=sorted(SIGNING_ROLES)),
                violation_error_message="Ce rôle ne signe pas de bon de commande.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.get_role_display()}"

    @property
    def is_unconditional(self) -> bool:
        return not self.from_eur and not self.service_models and self.sensitivity == Sensitivity.ANY


class SignatureDelegationQuerySet(models.QuerySet["SignatureDelegation"]):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(_readable(actor))

    def in_force(self, day: dt.date) -> Self:
        return self.filter(state=DelegationState.ACTIVE, starts_on__lte=day, ends_on__gte=day)

    def for_pages(self) -> Self:
        return self.select_related("organisation", "giver", "holder")


class SignatureDelegation(Stateful):
    """During an absence, another person signs for the one who holds the role, within that one's ceiling."""

    MOVES = states.DELEGATION

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=DelegationState, default=DelegationState.ACTIVE, db_index=True
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="signature_delegations")
    role = models.CharField("rôle", max_length=30, choices=SIGNING_CHOICES)
    giver = models.ForeignKey(User, models.PROTECT, related_name="given_delegations")
    holder = models.ForeignKey(User, models.PROTECT, related_name="held_delegations")
    # First and last day, both included.
    starts_on = models.DateField("premier jour")
    ends_on = models.DateField("dernier jour")
    reference = models.CharField("acte", max_length=200)
    reason = models.CharField("motif", max_length=300)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    objects = SignatureDelegationQuerySet.as_manager()

    class Meta:
        ordering = ("-starts_on", "-pk")
        verbose_name = "délégation de signature"
        constraints = (
            state_constraint("signature_delegation_state", DelegationState.values),
            models.CheckConstraint(
                name="signature_delegation_period",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="Le dernier jour précède le premier.",
            ),
            models.CheckConstraint(
                name="signature_delegation_to_another",
                condition=~models.Q(giver=models.F("holder")),
                violation_error_message="On ne délègue pas à soi-même.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.giver} → {self.holder}"

    def audit_organisation_ids(self) -> list[int]:
        return [self.organisation_id]

    def is_over(self, day: dt.date) -> bool:
        return self.state != DelegationState.ACTIVE or self.ends_on < day


class AskedSignatureQuerySet(models.QuerySet["AskedSignature"]):
    def living(self) -> Self:
        return self.filter(voided_at__isnull=True)

    def awaited(self) -> Self:
        return self.living().filter(signed_at__isnull=True).order_by("position", "pk")

    def bound_to_others(self) -> Self:
        """Signed steps of a chain that asks for distinct signers: who signed them signs no other."""
        return self.living().filter(signed_at__isnull=False, chain__distinct_signers=True)

    def signed_for(self, user: User) -> Self:
        """By that person, or in their name under a delegation."""
        return self.filter(models.Q(signed_by=user) | models.Q(delegation__giver=user))


SIGNED_WHOLE = models.Q(signed_at__isnull=True, signed_by__isnull=True, content_sha256="") | (
    models.Q(signed_at__isnull=False, signed_by__isnull=False) & ~models.Q(content_sha256="")
)


def asked_constraints(subject: str) -> tuple[models.BaseConstraint, ...]:
    """Of the signatures asked for `subject`, the field that names what they sign."""
    return (
        models.UniqueConstraint(
            fields=(subject, "position"),
            condition=models.Q(voided_at__isnull=True),
            name=f"{subject}_approval_once",
            violation_error_message="Cette étape est déjà demandée.",
        ),
        models.CheckConstraint(
            name=f"{subject}_approval_signed_whole",
            condition=SIGNED_WHOLE,
            violation_error_message="Une signature porte un nom, une date et le contenu signé.",
        ),
    )


class AskedSignature(models.Model):
    """A signature that is needed, copied from the chain the day it was asked."""

    chain = models.ForeignKey(ApprovalChain, models.PROTECT, null=True, blank=True, related_name="+")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=30, choices=SIGNING_CHOICES)
    asked_at = models.DateTimeField(default=timezone.now)
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField(null=True, blank=True)
    # What was signed, and for whom when it was signed under a delegation.
    content_sha256 = models.CharField(max_length=64, blank=True)
    delegation = models.ForeignKey(
        SignatureDelegation, models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What was signed changed: this signature no longer counts.
    voided_at = models.DateTimeField(null=True, blank=True)

    objects = AskedSignatureQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ("position", "pk")


class OrderApproval(AskedSignature):
    """One signature that an order needs before it is approved."""

    order = models.ForeignKey("procurement.Order", models.PROTECT, related_name="approvals")

    class Meta(AskedSignature.Meta):
        constraints = asked_constraints("order")

    def __str__(self) -> str:
        return f"{self.order} {self.position}. {self.get_role_display()}"


class AmendmentApproval(AskedSignature):
    """One signature that a change of a contract needs, by the same chain as orders."""

    amendment = models.ForeignKey("procurement.Amendment", models.PROTECT, related_name="approvals")

    class Meta(AskedSignature.Meta):
        constraints = asked_constraints("amendment")

    def __str__(self) -> str:
        return f"{self.amendment} {self.position}. {self.get_role_display()}"
