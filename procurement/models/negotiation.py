"""What a supplier offers to one administration alone: a counter-proposal on an order, a private price."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import Organisation, User
from marketplace.workflow import Stateful, state_constraint
from procurement.models.readers import of_both_parties
from procurement.negotiation import states
from procurement.negotiation.enums import CounterProposalState, PrivatePriceState

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class CounterProposalQuerySet(models.QuerySet["CounterProposal"]):
    def visible_to(self, actor: Actor) -> Self:
        """Both parties of its order, and the auditor."""
        return of_both_parties(self, actor, buyer="order__buyer", supplier="order__supplier__organisation")

    def proposed(self) -> Self:
        return self.filter(state=CounterProposalState.PROPOSED)

    def for_pages(self) -> Self:
        return self.select_related(
            "order__buyer", "order__supplier", "order__offer", "order__plan", "written_by", "decided_by"
        ).prefetch_related("lines__price_line")


class CounterProposal(Stateful):
    """The supplier's answer to an order sent without a vehicle: other quantities, prices, dates or terms.

    Accepted, it makes another order, whose chain of approval starts again; the one it answers is replaced. A
    trigger refuses it on an order under a vehicle: competition came before.
    """

    MOVES = states.COUNTER_PROPOSAL

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    state = models.CharField(
        "état",
        max_length=40,
        choices=CounterProposalState,
        default=CounterProposalState.PROPOSED,
        db_index=True,
    )
    order = models.ForeignKey("procurement.Order", models.PROTECT, related_name="counter_proposals")
    # None: as ordered.
    starts_on = models.DateField("début", null=True, blank=True)
    ends_on = models.DateField("fin", null=True, blank=True)
    terms = models.TextField("autres conditions", max_length=2000, blank=True)
    reason = models.TextField("motif", max_length=2000)
    written_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    refusal_reason = models.TextField("motif du refus", max_length=2000, blank=True)

    objects = CounterProposalQuerySet.as_manager()

    class Meta:
        ordering = ("-written_at", "-pk")
        verbose_name = "contre-proposition"
        constraints = (
            state_constraint("counter_proposal_state", CounterProposalState.values),
            models.UniqueConstraint(
                fields=("order",),
                condition=Q(state=CounterProposalState.PROPOSED),
                name="counter_proposal_one_waits",
                violation_error_message="Une contre-proposition attend déjà sur ce bon de commande.",
            ),
            models.UniqueConstraint(
                fields=("order",),
                condition=Q(state=CounterProposalState.ACCEPTED),
                name="counter_proposal_one_accepted",
                violation_error_message="Une contre-proposition est déjà acceptée sur ce bon de commande.",
            ),
            models.CheckConstraint(
                name="counter_proposal_period",
                condition=Q(starts_on__isnull=True)
                | Q(ends_on__isnull=True)
                | Q(ends_on__gte=F("starts_on")),
                violation_error_message="La fin précède le début.",
            ),
            models.CheckConstraint(
                name="counter_proposal_decided_whole",
                condition=~Q(state__in=[CounterProposalState.ACCEPTED, CounterProposalState.REFUSED])
                | Q(decided_by__isnull=False, decided_at__isnull=False),
                violation_error_message="Une décision porte un nom et une date.",
            ),
            models.CheckConstraint(
                name="counter_proposal_refused_why",
                condition=~Q(state=CounterProposalState.REFUSED) | ~Q(refusal_reason=""),
                violation_error_message="Un refus porte son motif.",
            ),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("procurement:counter_proposal", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        return self.order.audit_organisation_ids()


class CounterProposalLine(models.Model):
    """One price as the supplier would have it, for all of its quantity; 0 takes the line away."""

    proposal = models.ForeignKey(CounterProposal, models.CASCADE, related_name="lines")
    price_line = models.ForeignKey("catalog.PriceLine", models.PROTECT, related_name="+")
    quantity = models.DecimalField("quantité", max_digits=14, decimal_places=3)
    unit_price_eur_ht = models.DecimalField("prix unitaire HT", max_digits=18, decimal_places=6)

    class Meta:
        ordering = ("price_line__position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("proposal", "price_line"),
                name="counter_proposal_line_once",
                violation_error_message="Ce prix figure deux fois.",
            ),
            models.CheckConstraint(
                name="counter_proposal_line_positive",
                condition=Q(quantity__gte=0, unit_price_eur_ht__gte=0),
                violation_error_message="Quantités et prix ne sont pas négatifs.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.proposal} {self.price_line}"


class PrivatePriceQuerySet(models.QuerySet["PrivatePrice"]):
    def visible_to(self, actor: Actor) -> Self:
        """The supplier and the administration that it is for, and the auditor; nobody else."""
        return of_both_parties(self, actor, supplier="offer__supplier__organisation")

    def usable(self, day: dt.date) -> Self:
        return self.filter(state=PrivatePriceState.GIVEN, starts_on__lte=day, expires_on__gte=day)

    def for_pages(self) -> Self:
        return self.select_related("offer__supplier", "buyer", "given_by")


class PrivatePrice(Stateful):
    """The price of one component of an offer for one administration, on orders sent until a day.

    The component is named by codes, which outlive the offer's versions. Orders under a vehicle never use it.
    """

    MOVES = states.PRIVATE_PRICE

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("numéro", max_length=30, unique=True)
    state = models.CharField(
        "état", max_length=40, choices=PrivatePriceState, default=PrivatePriceState.GIVEN, db_index=True
    )
    offer = models.ForeignKey("catalog.Offer", models.PROTECT, related_name="private_prices")
    buyer = models.ForeignKey(Organisation, models.PROTECT, related_name="private_prices")
    plan_code = models.SlugField("formule", max_length=40)
    component_code = models.SlugField("ligne de prix", max_length=40)
    # In the words of the day it was given.
    label = models.CharField(max_length=200)
    unit_price_eur_ht = models.DecimalField("prix unitaire HT", max_digits=18, decimal_places=6)
    # First and last day on which an order may be sent at this price.
    starts_on = models.DateField("valable à partir du")
    expires_on = models.DateField("valable jusqu’au")
    reason = models.TextField("conditions", max_length=2000, blank=True)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    objects = PrivatePriceQuerySet.as_manager()

    class Meta:
        ordering = ("-given_at", "-pk")
        verbose_name = "prix privé"
        constraints = (
            state_constraint("private_price_state", PrivatePriceState.values),
            models.UniqueConstraint(
                fields=("offer", "buyer", "plan_code", "component_code"),
                condition=Q(state=PrivatePriceState.GIVEN),
                name="private_price_one_stands",
                violation_error_message="Un prix privé est déjà donné : retirez-le d’abord.",
            ),
            models.CheckConstraint(
                name="private_price_positive",
                condition=Q(unit_price_eur_ht__gte=0),
                violation_error_message="Un prix ne peut pas être négatif.",
            ),
            models.CheckConstraint(
                name="private_price_period",
                condition=Q(expires_on__gte=F("starts_on")),
                violation_error_message="La fin précède le début.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("procurement:private_price", args=[self.number])

    def audit_organisation_ids(self) -> list[int]:
        supplier = self.offer.supplier.organisation_id
        return [self.buyer_id, *([supplier] if supplier else [])]

    def usable_on(self, day: dt.date) -> bool:
        return self.state == PrivatePriceState.GIVEN and self.starts_on <= day <= self.expires_on

    @property
    def usable_today(self) -> bool:
        return self.usable_on(timezone.localdate())

    def withdraw(self, *, actor: Actor, reason: str = "", expected_version: int | None = None) -> Self:
        return self.perform("withdraw", actor=actor, reason=reason, expected_version=expected_version)
