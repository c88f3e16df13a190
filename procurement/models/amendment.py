from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import User
from marketplace.audit.journal import canonical
from marketplace.workflow import Stateful, state_constraint
from procurement.amendments import states
from procurement.amendments.enums import AmendmentKind, AmendmentState

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class AmendmentQuerySet(models.QuerySet["Amendment"]):
    def visible_to(self, actor: Actor) -> Self:
        """The administration's people and the auditor; the supplier reads what was approved."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.roles:
            return self.none()
        if actor.is_supplier:
            return self.filter(
                contract__supplier__organisation=actor.organisation, state=AmendmentState.APPROVED
            )
        return self.filter(contract__buyer=actor.organisation)

    def approved(self) -> Self:
        return self.filter(state=AmendmentState.APPROVED)

    def proposed(self) -> Self:
        return self.filter(state=AmendmentState.PROPOSED)

    def for_pages(self) -> Self:
        return self.select_related(
            "contract__buyer",
            "contract__supplier",
            "contract__order__vehicle",
            "contract__order__project",
            "written_by",
            "decided_by",
        )


class Amendment(Stateful):
    """A change of amount or of last day, agreed after the order; ceilings hold the whole, changes too."""

    MOVES = states.AMENDMENT

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    state = models.CharField(
        "état", max_length=40, choices=AmendmentState, default=AmendmentState.PROPOSED, db_index=True
    )
    contract = models.ForeignKey("procurement.Contract", models.PROTECT, related_name="amendments")
    kind = models.CharField("nature", max_length=20, choices=AmendmentKind)
    # Added to what was ordered; negative when some of it is given up.
    delta_eur_ht = models.DecimalField("montant ajouté HT", max_digits=14, decimal_places=2)
    # None: the last day stays.
    new_ends_on = models.DateField("nouveau dernier jour", null=True, blank=True)
    reason = models.TextField("objet", max_length=2000)
    # What was committed of the contract when its signatures were asked; None: before they were.
    worth_eur_ht = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    refusal_reason = models.TextField("motif du refus", max_length=2000, blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-pk")
        verbose_name = "avenant"
        constraints = (
            state_constraint("amendment_state", AmendmentState.values),
            models.CheckConstraint(
                name="amendment_sign_follows_kind",
                condition=models.Q(kind=AmendmentKind.PARTIAL_TERMINATION, delta_eur_ht__lt=0)
                | models.Q(kind=AmendmentKind.RENEWAL, delta_eur_ht__gte=0, new_ends_on__isnull=False)
                | models.Q(kind=AmendmentKind.AMENDMENT),
                violation_error_message=(
                    "Une résiliation partielle diminue le montant ; une reconduction va plus loin."
                ),
            ),
            models.CheckConstraint(
                name="amendment_changes_something",
                condition=~models.Q(delta_eur_ht=0) | models.Q(new_ends_on__isnull=False),
                violation_error_message="Un avenant change un montant ou une date.",
            ),
            models.CheckConstraint(
                name="amendment_approved_whole",
                condition=~models.Q(state=AmendmentState.APPROVED)
                | (
                    models.Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~models.Q(content_sha256="")
                ),
                violation_error_message="Un avenant approuvé nomme la personne qui approuve.",
            ),
            models.CheckConstraint(
                name="amendment_by_two_people",
                condition=~models.Q(state=AmendmentState.APPROVED)
                | ~models.Q(decided_by=models.F("written_by")),
                violation_error_message="Une autre personne que celle qui l’a écrit approuve un avenant.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:amendment", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        """The supplier reads it once it is approved."""
        if self.state != AmendmentState.APPROVED:
            return [self.contract.buyer_id]
        return self.contract.audit_organisation_ids()

    def is_author(self, user: User | None) -> bool:
        return user is not None and user.pk == self.written_by_id

    def content(self) -> dict[str, Any]:
        """Everything that a signature binds: another change approved since is another content."""
        names = ("contract_id", "kind", "delta_eur_ht", "new_ends_on", "reason")
        # Said only when known: what was approved before it was kept has the same hash.
        worth = {} if self.worth_eur_ht is None else {"worth_eur_ht": self.worth_eur_ht}
        return {name: getattr(self, name) for name in names} | worth

    def content_hash(self) -> str:
        return hashlib.sha256(canonical(self.content())).hexdigest()
