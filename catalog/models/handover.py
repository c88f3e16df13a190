from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.urls import reverse
from django.utils import timezone

from catalog.enums import HandoverState
from catalog.states import HANDOVER_MOVES
from marketplace.accounts.enums import SUPPLIER_ROLES, Role
from marketplace.workflow import Move, Stateful, state_constraint

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


class OfferHandoverQuerySet(models.QuerySet["OfferHandover"]):
    def visible_to(self, actor: Actor) -> OfferHandoverQuerySet:
        """Curators and the auditor all of them; a supplier those it gives and those it is given."""
        if actor.has(Role.CURATOR, Role.AUDITOR):
            return self
        if actor.organisation is None or not actor.has(*SUPPLIER_ROLES):
            return self.none()
        given = models.Q(supplier_from__organisation=actor.organisation)
        return self.filter(given | models.Q(organisation_to=actor.organisation))

    def waiting(self) -> OfferHandoverQuerySet:
        return self.filter(state=HandoverState.PROPOSED)

    def done(self) -> OfferHandoverQuerySet:
        """What the history of the offer tells, the oldest first. Public."""
        return self.filter(state=HandoverState.ACCEPTED).order_by("decided_at", "pk")

    def with_people(self) -> OfferHandoverQuerySet:
        return self.select_related("offer", "supplier_from__organisation", "organisation_to", "proposed_by")


class OfferHandover(Stateful):
    """« Transfert »: an offer passes to another supplier after a merger or the sale of a business.

    Proposed by a curator on a dated source; it takes effect when the receiving supplier accepts, never
    before. `reason`, `source` and `source_date` are public once it has taken effect.
    """

    MOVES: ClassVar[dict[str, Move]] = HANDOVER_MOVES

    state = models.CharField(
        max_length=40, choices=HandoverState, default=HandoverState.PROPOSED, db_index=True
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey("catalog.Offer", on_delete=models.PROTECT, related_name="handovers")
    supplier_from = models.ForeignKey("catalog.Supplier", on_delete=models.PROTECT, related_name="+")
    organisation_to = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000)
    source = models.CharField(max_length=300)
    source_date = models.DateField()
    proposed_by = models.ForeignKey("accounts.User", null=True, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(
        "accounts.User", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_reason = models.CharField(max_length=1000, blank=True)

    objects = OfferHandoverQuerySet.as_manager()

    class Meta:
        ordering = ("proposed_at", "pk")
        constraints = (
            state_constraint("offer_handover_state", HandoverState.values),
            models.UniqueConstraint(
                fields=("offer",),
                condition=models.Q(state="proposed"),
                name="offer_handover_one_open",
                violation_error_message="Un transfert de cette offre attend déjà une réponse.",
            ),
            models.CheckConstraint(
                condition=models.Q(state="proposed", decided_at__isnull=True)
                | (~models.Q(state="proposed") & models.Q(decided_at__isnull=False)),
                name="offer_handover_decided_when",
                violation_error_message="Un transfert décidé porte sa date.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.offer}, de {self.supplier_from} à {self.organisation_to}"

    def get_absolute_url(self) -> str:
        return reverse("catalog:handover", args=[self.uuid])

    def audit_organisation_ids(self) -> list[int]:
        owner = self.supplier_from.organisation_id
        return [self.organisation_to_id, *([owner] if owner else [])]

    # -- moves; `accept` alone changes nothing of the offer: see catalog.actions.handovers

    def accept(self, *, actor: Actor, expected_version: int | None = None) -> OfferHandover:
        return self._decide("accept", actor=actor, reason="", expected_version=expected_version)

    def refuse(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> OfferHandover:
        return self._decide("refuse", actor=actor, reason=reason, expected_version=expected_version)

    def cancel(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> OfferHandover:
        return self._decide("cancel", actor=actor, reason=reason, expected_version=expected_version)

    def _decide(self, move: str, *, actor: Actor, reason: str, expected_version: int | None) -> OfferHandover:
        def apply(row: OfferHandover) -> None:
            row.decided_by, row.decided_at, row.decision_reason = actor.user, timezone.now(), reason

        return self.perform(move, actor=actor, reason=reason, expected_version=expected_version, apply=apply)
