from __future__ import annotations

import uuid
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.workflow import Stateful, state_constraint
from procurement.enums_orders import VehicleKind
from procurement.models.project import Project
from procurement.models.readers import of_project
from procurement.models.vehicle import PurchasingVehicle
from procurement.models.vehicle_lot import VehicleLot
from procurement.routes import states as states_routes
from procurement.routes.enums import LIVING_CHOICES, MOST_REASON, RouteChoiceState
from procurement.routes.results import ADAPTED, DISPENSE, FORMALISED, INNOVATIVE, VEHICLE

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


CONSULTED_VEHICLES = (VehicleKind.FRAMEWORK, VehicleKind.DYNAMIC)


class RouteChoiceQuerySet(models.QuerySet["RouteChoice"]):
    def visible_to(self, actor: Actor) -> Self:
        """Same readers as the project."""
        return of_project(self, actor)

    def living(self) -> Self:
        return self.filter(state__in=LIVING_CHOICES)

    def for_pages(self) -> Self:
        return self.select_related(
            "project__organisation", "chosen_by", "decided_by", "vehicle", "vehicle_lot"
        )


class RouteChoice(Stateful):
    """The way by which a project is bought, chosen by its author and confirmed by the service achats.

    `facts` and `route` are frozen: what was told of the purchase, and what the picker answered that day
    (reason, text, steps). One lives at a time; a new one replaces it.
    """

    MOVES = states_routes.ROUTE_CHOICE

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.CharField(
        "état", max_length=40, choices=RouteChoiceState, default=RouteChoiceState.PROPOSED, db_index=True
    )
    project = models.ForeignKey(Project, models.PROTECT, related_name="route_choices")
    code = models.CharField("voie", max_length=30)
    vehicle = models.ForeignKey(
        PurchasingVehicle, models.PROTECT, null=True, blank=True, related_name="route_choices"
    )
    # Of a framework agreement: its lot, whose holders are consulted.
    vehicle_lot = models.ForeignKey(
        VehicleLot, models.PROTECT, null=True, blank=True, related_name="route_choices"
    )
    facts = models.JSONField("faits", default=dict)
    route = models.JSONField("voie proposée", default=dict)
    warnings = models.JSONField("avertissements", default=list)
    # The day whose thresholds were applied.
    on = models.DateField("seuils du")
    chosen_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField("motif", max_length=MOST_REASON, blank=True)

    objects = RouteChoiceQuerySet.as_manager()

    class Meta:
        ordering = ("-chosen_at", "-pk")
        verbose_name = "voie d’achat d’un projet"
        constraints = (
            state_constraint("route_choice_state", RouteChoiceState.values),
            models.UniqueConstraint(
                fields=("project",),
                condition=models.Q(state__in=[state.value for state in LIVING_CHOICES]),
                name="route_choice_one_living",
                violation_error_message="Une voie est déjà proposée ou confirmée pour ce projet.",
            ),
            models.CheckConstraint(
                name="route_choice_decided",
                condition=models.Q(state__in=[RouteChoiceState.PROPOSED, RouteChoiceState.REPLACED])
                | models.Q(decided_at__isnull=False),
                violation_error_message="Une voie confirmée ou refusée porte la date de cette décision.",
            ),
            models.CheckConstraint(
                name="route_choice_refused_why",
                condition=~models.Q(state=RouteChoiceState.REFUSED) | ~models.Q(reason=""),
                violation_error_message="Un refus porte son motif.",
            ),
        )

    def __str__(self) -> str:
        return f"{self.label} ({self.project.number})"

    def get_absolute_url(self) -> str:
        return reverse("procurement:project_route", args=[self.project.number])

    def audit_organisation_ids(self) -> list[int]:
        return [self.project.organisation_id]

    @property
    def label(self) -> str:
        return str(self.route.get("label", self.code))

    @property
    def calls_for_consultation(self) -> bool:
        """Whether suppliers are consulted on this route; of a vehicle, only on a framework agreement
        or a dynamic system."""
        if self.code == VEHICLE:
            return self.vehicle is not None and self.vehicle.kind in CONSULTED_VEHICLES
        return self.code in (DISPENSE, INNOVATIVE, ADAPTED, FORMALISED)

    @property
    def is_living(self) -> bool:
        return self.state in LIVING_CHOICES

    @property
    def value_eur_ht(self) -> Decimal:
        return Decimal(self.facts["value_eur_ht"])

    def confirm(self, *, actor: Actor, expected_version: int | None = None) -> Self:
        return self.perform(
            "confirm", actor=actor, expected_version=expected_version, apply=_decided(actor, reason="")
        )

    def refuse(self, *, actor: Actor, reason: str, expected_version: int | None = None) -> Self:
        return self.perform(
            "refuse",
            actor=actor,
            reason=reason,
            expected_version=expected_version,
            apply=_decided(actor, reason=reason),
        )

    def replace(self, *, actor: Actor) -> Self:
        return self.perform("replace", actor=actor)


def _decided(actor: Actor, *, reason: str) -> Any:
    def apply(row: RouteChoice) -> None:
        row.decided_by, row.decided_at, row.reason = actor.user, timezone.now(), reason

    return apply
