from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from catalog.enums import DuplicateState
from catalog.likeness import Likeness, kept
from catalog.states import DUPLICATE_MOVES
from marketplace.accounts.enums import Role
from marketplace.workflow import Move, Stateful, state_constraint

if TYPE_CHECKING:
    from catalog.models.offer import Offer
    from marketplace.accounts.actors import Actor

WAITING = (DuplicateState.OPEN, DuplicateState.ASKED)


class DuplicatePairQuerySet(models.QuerySet["DuplicatePair"]):
    def visible_to(self, actor: Actor) -> DuplicatePairQuerySet:
        """For those who keep the catalogue: a likeness is no fact yet."""
        return self if actor.has(Role.CURATOR, Role.AUDITOR) else self.none()

    def with_offers(self) -> DuplicatePairQuerySet:
        return self.select_related("first__supplier", "second__supplier", "duplicate", "decided_by")


class DuplicatePair(Stateful):
    """Two offers that look like one. Found by `catalog.duplicates.looking`, judged by a curator.

    `first` is the older of the two. What was judged is remembered: the pair never comes back by itself.
    """

    MOVES: ClassVar[dict[str, Move]] = DUPLICATE_MOVES

    state = models.CharField(
        max_length=40, choices=DuplicateState, default=DuplicateState.OPEN, db_index=True
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    first = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="+")
    parts = models.JSONField(default=dict)
    score = models.PositiveSmallIntegerField(default=0)
    found_at = models.DateTimeField(default=timezone.now)
    duplicate = models.ForeignKey(
        "catalog.Offer", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = DuplicatePairQuerySet.as_manager()

    class Meta:
        ordering = ("found_at", "pk")
        constraints = (
            state_constraint("duplicate_pair_state", DuplicateState.values),
            models.UniqueConstraint(
                fields=("first", "second"),
                name="duplicate_pair_once",
                violation_error_message="Ces deux offres sont déjà rapprochées.",
            ),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")),
                name="duplicate_pair_ordered",
                violation_error_message="La plus ancienne des deux offres vient d’abord.",
            ),
            models.CheckConstraint(
                condition=Q(duplicate__isnull=True) | Q(duplicate=F("first")) | Q(duplicate=F("second")),
                name="duplicate_pair_one_of_two",
                violation_error_message="Le doublon est l’une des deux offres.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.first} et {self.second}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:duplicate", args=[self.uuid])

    @property
    def likeness(self) -> Likeness:
        return kept(self.parts)

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def same_supplier(self) -> bool:
        return self.first.supplier_id == self.second.supplier_id

    def other(self, offer: Offer) -> Offer:
        return self.second if offer.pk == self.first_id else self.first

    # -- moves; what they do to the offer is in catalog.actions.duplicates

    def dismiss(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> DuplicatePair:
        return self._judge("dismiss", actor, reason, expected_version)

    def ask(
        self, *, actor: Actor, reason: str, duplicate: Offer, expected_version: int | None = None
    ) -> DuplicatePair:
        return self._judge("ask", actor, reason, expected_version, duplicate=duplicate)

    def confirm(
        self, *, actor: Actor, reason: str, duplicate: Offer, expected_version: int | None = None
    ) -> DuplicatePair:
        return self._judge("confirm", actor, reason, expected_version, duplicate=duplicate)

    def reopen(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> DuplicatePair:
        return self._judge("reopen", actor, reason, expected_version)

    def lapse(self, *, actor: Actor, reason: str) -> DuplicatePair:
        return self.perform("lapse", actor=actor, reason=reason)

    def _judge(
        self,
        move: str,
        actor: Actor,
        reason: str,
        expected_version: int | None,
        *,
        duplicate: Offer | None = None,
    ) -> DuplicatePair:
        def apply(row: DuplicatePair) -> None:
            row.duplicate, row.reason = duplicate, reason
            row.decided_by, row.decided_at = actor.user, timezone.now()
            if move == "reopen":
                row.found_at = timezone.now()

        return self.perform(move, actor=actor, reason=reason, expected_version=expected_version, apply=apply)


class DuplicateLook(models.Model):
    """Up to which version, of which supplier, an offer was compared with the others."""

    offer = models.OneToOneField(
        "catalog.Offer", primary_key=True, on_delete=models.CASCADE, related_name="duplicate_look"
    )
    version = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    supplier = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ("offer",)

    def __str__(self) -> str:
        return f"{self.offer}, {self.at}"
