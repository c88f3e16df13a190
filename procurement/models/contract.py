from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import Organisation, User
from marketplace.calendar_months import months_after, months_before
from marketplace.workflow import Stateful, state_constraint
from procurement import states_orders
from procurement.enums_orders import (
    RUNNING_CONTRACTS,
    ContractPhase,
    ContractState,
    ReviewDecision,
    ReviewKind,
)

if TYPE_CHECKING:
    from catalog.models import Offer
    from marketplace.accounts.actors import Actor
    from procurement.models.exit_plan import ExitPlan


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(self, actor: Actor) -> Self:
        """Both parties, and the auditor."""
        if actor.has(Role.AUDITOR):
            return self
        if actor.organisation is None:
            return self.none()
        if actor.is_supplier:
            return self.filter(supplier__organisation=actor.organisation)
        return self.filter(buyer=actor.organisation)

    def running(self) -> Self:
        return self.filter(state__in=RUNNING_CONTRACTS)

    def past_end(self, day: dt.date) -> Self:
        """Over by the clock, but not yet journalled so."""
        return self.running().filter(ends_on__lt=day)

    def in_phase(self, *phases: str, day: dt.date) -> Self:
        """As `Contract.state_on` says of each, that day."""
        running = models.Q(state__in=RUNNING_CONTRACTS)
        known = {
            ContractPhase.UPCOMING: models.Q(state=ContractState.ACTIVE, starts_on__gt=day),
            ContractPhase.ACTIVE: models.Q(state=ContractState.ACTIVE, starts_on__lte=day, ends_on__gte=day),
            ContractPhase.ENDING: models.Q(state=ContractState.ENDING, ends_on__gte=day),
            ContractPhase.ENDED: models.Q(state=ContractState.ENDED) | running & models.Q(ends_on__lt=day),
            ContractPhase.TERMINATED: models.Q(state=ContractState.TERMINATED),
        }
        wanted = models.Q(pk__in=())
        for phase in phases:
            wanted |= known[ContractPhase(phase)]
        return self.filter(wanted)

    def for_lists(self) -> Self:
        return self.select_related("buyer", "supplier", "offer", "order", "order__project")


class Contract(Stateful):
    """What binds buyer and supplier once the order is acknowledged (« marché ou contrat »)."""

    MOVES = states_orders.CONTRACT

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    state = models.CharField(
        "état", max_length=40, choices=ContractState.choices, default=ContractState.ACTIVE, db_index=True
    )
    order = models.OneToOneField("procurement.Order", models.PROTECT, related_name="contract")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="contracts")
    supplier = models.ForeignKey("catalog.Supplier", models.PROTECT, related_name="contracts")
    offer = models.ForeignKey("catalog.Offer", models.PROTECT, related_name="contracts")
    offer_version = models.ForeignKey("catalog.OfferVersion", models.PROTECT, related_name="contracts")
    owners = models.ManyToManyField(User, related_name="owned_contracts")
    signed_at = models.DateTimeField(default=timezone.now)
    starts_on = models.DateField("début")
    ends_on = models.DateField("fin")
    # Notice of the offer's exit terms on the day of signature; None: not published.
    notice_months = models.DecimalField(
        "préavis en mois", max_digits=5, decimal_places=2, null=True, blank=True
    )
    # Answers of the offer's exit section and effective statuses, as they stood at signature.
    exit_terms = models.JSONField(default=dict)
    signed_trust = models.JSONField(default=list)
    end_reason = models.TextField("motif de fin", max_length=2000, blank=True)
    closed_on = models.DateField("terminé le", null=True, blank=True)

    # Prefetched by the register.
    open_reviews: list[ContractReview]
    living_exits: list[ExitPlan]

    objects = ContractQuerySet.as_manager()

    class Meta:
        ordering = ["-signed_at", "-pk"]
        constraints = [
            state_constraint("contract_state", ContractState.values),
            models.CheckConstraint(
                name="contract_period",
                condition=models.Q(ends_on__gte=models.F("starts_on")),
                violation_error_message="La fin du contrat précède son début.",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def audit_organisation_ids(self) -> list[int]:
        supplier_side = self.supplier.organisation_id
        return [self.buyer_id, *([supplier_side] if supplier_side else [])]

    def get_absolute_url(self) -> str:
        return reverse("procurement:contract", args=[self.number])

    def state_on(self, day: dt.date) -> str:
        """The state by the clock (ContractPhase): a contract past its last day is ended, journalled or not;
        one before its first day is to come, unless its end is already announced."""
        if self.state in RUNNING_CONTRACTS and self.ends_on < day:
            return ContractPhase.ENDED
        if self.state == ContractState.ACTIVE and self.starts_on > day:
            return ContractPhase.UPCOMING
        return self.state

    @property
    def state_today(self) -> str:
        return self.state_on(timezone.localdate())

    @property
    def current_trust(self) -> list[dict[str, object]]:
        """Effective statuses of the offer by today's clock; no query when they were prefetched."""
        today = timezone.localdate()
        return [
            {"scheme": row.scheme, "status": str(row.status_on(today)), "valid_until": row.valid_until}
            for row in self.offer.effective_trust.all()
        ]

    @property
    def notice_on(self) -> dt.date | None:
        """Last day to give notice before the term; None when the notice is unknown."""
        return None if self.notice_months is None else months_before(self.ends_on, self.notice_months)

    def start_ending(
        self, *, actor: Actor, reason: str = "", expected_version: int | None = None
    ) -> Contract:
        return self.perform("start_ending", actor=actor, reason=reason, expected_version=expected_version)

    def end(
        self, *, actor: Actor, on: dt.date, reason: str = "", expected_version: int | None = None
    ) -> Contract:
        def apply(row: Contract) -> None:
            row.closed_on, row.end_reason = on, reason

        return self.perform("end", actor=actor, reason=reason, expected_version=expected_version, apply=apply)

    def terminate(
        self, *, actor: Actor, on: dt.date, reason: str, expected_version: int | None = None
    ) -> Contract:
        def apply(row: Contract) -> None:
            row.closed_on, row.end_reason = on, reason

        return self.perform(
            "terminate", actor=actor, reason=reason, expected_version=expected_version, apply=apply
        )


class ContractReviewQuerySet(models.QuerySet["ContractReview"]):
    def visible_to(self, actor: Actor) -> Self:
        """The buyer's side and the auditor: what it argues about is not the supplier's to read."""
        if actor.is_supplier:
            return self.none()
        return self.filter(contract__in=Contract.objects.visible_to(actor))


class ContractReview(models.Model):
    """What a lost status opened on a contract: a review for a suspension, the exit clause for a loss."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contract = models.ForeignKey(Contract, models.PROTECT, related_name="reviews")
    event_uuid = models.UUIDField()
    kind = models.CharField(max_length=20, choices=ReviewKind.choices)
    scheme = models.CharField(max_length=40)
    status = models.CharField(max_length=40)
    opened_on = models.DateField()
    # Last day to give notice under the exit clause; None when the notice is unknown, and for a review:
    # a suspension opens no clause, so the contract's own notice date stands.
    notice_on = models.DateField(null=True, blank=True)
    # Offers that met the project's frozen obligations on the day it was opened.
    replacements = models.ManyToManyField("catalog.Offer", related_name="+", blank=True)
    decision = models.CharField(max_length=20, choices=ReviewDecision.choices, blank=True)
    decision_reason = models.TextField("motif", max_length=2000, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = ContractReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-opened_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contract", "event_uuid"],
                name="contract_review_once",
                violation_error_message="Ce réexamen est déjà ouvert.",
            ),
            models.CheckConstraint(
                name="contract_review_decided_whole",
                condition=models.Q(decision="", decided_by__isnull=True, decided_at__isnull=True)
                | (~models.Q(decision="") & models.Q(decided_by__isnull=False, decided_at__isnull=False)),
                violation_error_message="Une décision porte un nom et une date.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract} {self.get_kind_display()}"

    @property
    def leaves_on(self) -> dt.date:
        """The first day elsewhere: the day after a notice given when it was opened, the exit clause's for a
        loss; after the contract's last day when the notice is unknown or would end later."""
        notice, last = self.notice_on, self.contract.ends_on
        if notice is None and self.contract.notice_months is not None:
            notice = months_after(self.opened_on, self.contract.notice_months)
        return (last if notice is None else min(notice, last)) + dt.timedelta(days=1)

    @property
    def offers(self) -> list[Offer]:
        """The replacements; no query when they were prefetched."""
        return list(self.replacements.all())
