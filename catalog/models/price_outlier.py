from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone

from catalog.enums import PriceOutlierState
from catalog.price_place import PricePlace
from catalog.states import PRICE_OUTLIER_MOVES
from marketplace.accounts.enums import Role
from marketplace.workflow import Move, Stateful, state_constraint

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

WAITING = (PriceOutlierState.OPEN, PriceOutlierState.ASKED)
# The figures of a place, kept as they were last read.
FIGURES = ("amount_eur_ht", "peers", "lowest_eur_ht", "median_eur_ht", "highest_eur_ht")


class PriceOutlierQuerySet(models.QuerySet["PriceOutlier"]):
    def visible_to(self, actor: Actor) -> PriceOutlierQuerySet:
        """For those who keep the catalogue: a price far from others is not a wrong one."""
        return self if actor.has(Role.CURATOR, Role.AUDITOR) else self.none()

    def with_offer(self) -> PriceOutlierQuerySet:
        return self.select_related(
            "offer__supplier", "offer__category", "offer_version__review", "decided_by"
        )

    def pending(self) -> PriceOutlierQuerySet:
        """Of a version that is not online yet."""
        return self.exclude(offer_version=models.F("offer__live_version"))

    def online(self) -> PriceOutlierQuerySet:
        return self.filter(offer_version=models.F("offer__live_version"))


class PriceOutlier(Stateful):
    """A price far from those of its category and unit. Found by `catalog.price_watch`, judged by a curator.

    One a price: the same amount on the same line of a later version is the same row, so that what was
    judged is not asked again. `offer_version` is the last one where it was seen, figures are of `seen_at`.
    """

    MOVES: ClassVar[dict[str, Move]] = PRICE_OUTLIER_MOVES

    state = models.CharField(
        max_length=40, choices=PriceOutlierState, default=PriceOutlierState.OPEN, db_index=True
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="price_outliers")
    # The row's own counter is named version (workflow): this is the offer's.
    offer_version = models.ForeignKey("catalog.OfferVersion", on_delete=models.PROTECT, related_name="+")
    # Plan, line, kind, period and unit.
    key = models.CharField(max_length=240)
    label = models.CharField(max_length=300)
    unit = models.CharField(max_length=120, blank=True)
    amount_eur_ht = models.DecimalField(max_digits=18, decimal_places=6)
    peers = models.PositiveIntegerField()
    lowest_eur_ht = models.DecimalField(max_digits=18, decimal_places=6)
    median_eur_ht = models.DecimalField(max_digits=18, decimal_places=6)
    highest_eur_ht = models.DecimalField(max_digits=18, decimal_places=6)
    found_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    reason = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = PriceOutlierQuerySet.as_manager()

    class Meta:
        ordering = ("found_at", "pk")
        constraints = (
            state_constraint("price_outlier_state", PriceOutlierState.values),
            models.UniqueConstraint(
                fields=("offer", "key", "amount_eur_ht"),
                name="price_outlier_once",
                violation_error_message="Ce prix est déjà relevé.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer} – {self.label}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:price_outlier", args=[self.uuid])

    @property
    def place(self) -> PricePlace:
        figures = {name: getattr(self, name) for name in FIGURES}
        return PricePlace(label=self.label, unit=self.unit, **figures)

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def is_online(self) -> bool:
        return self.offer_version_id == self.offer.live_version_id

    @property
    def is_high(self) -> bool:
        return self.amount_eur_ht > self.median_eur_ht

    # -- moves

    def keep(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> PriceOutlier:
        return self._judge("keep", actor, reason, expected_version)

    def ask(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> PriceOutlier:
        return self._judge("ask", actor, reason, expected_version)

    def reopen(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> PriceOutlier:
        return self._judge("reopen", actor, reason, expected_version)

    def lapse(self, *, actor: Actor, reason: str) -> PriceOutlier:
        return self.perform("lapse", actor=actor, reason=reason)

    def _judge(self, move: str, actor: Actor, reason: str, expected_version: int | None) -> PriceOutlier:
        def apply(row: PriceOutlier) -> None:
            row.reason, row.decided_by, row.decided_at = reason, actor.user, timezone.now()
            if move == "reopen":
                row.found_at = timezone.now()

        return self.perform(move, actor=actor, reason=reason, expected_version=expected_version, apply=apply)
