"""The picker of routes with the database: vehicles open, amounts bought, the route chosen for a project."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Sum

from marketplace.accounts.enums import Role
from marketplace.errors import RuleBroken
from marketplace.events.bus import emit
from marketplace.notifications.outbox import notify
from procurement.actions.homogeneous import like_needs
from procurement.actions.projects import refuse_closed
from procurement.enums import FrozenAt
from procurement.enums_orders import ENGAGED_STATES
from procurement.models import Order, Project, PurchasingVehicle, RouteChoice, VehicleLot
from procurement.order_people import people_holding
from procurement.routes import PurchaseFacts, RouteResult, VehicleSeen, pick
from procurement.routes.results import CLOSED, Route

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Organisation

TWELVE_MONTHS = dt.timedelta(days=365)


def vehicles_seen(actor: Actor, *, on: dt.date) -> tuple[VehicleSeen, ...] | None:
    """Those of the actor's administration that are open on the day, a framework agreement by its lots; None
    for anybody else. Three queries."""
    if actor.organisation is None or not actor.is_buyer:
        return None
    vehicles = PurchasingVehicle.objects.visible_to(actor).open_on(on)
    lots = VehicleLot.objects.filter(vehicle__in=vehicles.values("pk")).open_on(on).for_pages()
    by_lot = tuple(_lot_seen(lot) for lot in lots.order_by("vehicle__title", "vehicle_id", "number"))
    rows = vehicles.exclude(pk__in=VehicleLot.objects.values("vehicle_id")).with_consumption()
    whole = tuple(
        VehicleSeen(
            number=row.number,
            kind=row.kind,
            title=row.title,
            holder_name=row.holder_name,
            left_eur=_left(row),
            basis=row.maximum_basis,
        )
        for row in rows.order_by("title", "pk")
    )
    return whole + by_lot


def _lot_seen(lot: VehicleLot) -> VehicleSeen:
    """`lot` with its consumption. Its title is said where it is not that of the agreement."""
    vehicle, names = lot.vehicle, ", ".join(one.name for one in lot.holders)
    said = vehicle.title if lot.title == vehicle.title else f"{vehicle.title}, lot {lot.number} : {lot.title}"
    return VehicleSeen(
        number=vehicle.number,
        kind=vehicle.kind,
        title=said,
        holder_name=names or vehicle.holder_name,
        left_eur=_left(lot),
        basis=lot.maximum_basis,
        lot=lot.number,
    )


def _left(row: Any) -> Decimal | None:
    """Of a vehicle or a lot with its consumption, in the basis of its maximum; of a maximum passed nothing is
    left, never less. None: not known."""
    if row.maximum_eur is None or row.without_ttc:
        return None
    left: Decimal = row.maximum_eur - row.ordered - row.awarded
    return max(left, Decimal(0))


def bought_without_competition(organisation: Organisation, *, on: dt.date) -> Decimal:
    """Orders of this administration under the threshold, agreed in the twelve months before the day."""
    orders = Order.objects.filter(
        buyer=organisation,
        vehicle=None,
        state__in=ENGAGED_STATES,
        created_at__date__gt=on - TWELVE_MONTHS,
    )
    return orders.aggregate(total=Sum("total_eur_ht"))["total"] or Decimal(0)


def routes_of(project: Project, facts: PurchaseFacts, *, actor: Actor, on: dt.date) -> RouteResult:
    """The picker for a project: its administration decides the kind, its vehicles and the needs alike are
    looked up."""
    return pick(with_known(project, facts, actor=actor, on=on), on=on)


def with_known(project: Project, facts: PurchaseFacts, *, actor: Actor, on: dt.date) -> PurchaseFacts:
    """What was told, with what is held here."""
    alike = like_needs(project, on=on)
    return replace(
        facts,
        buyer_kind=project.organisation.kind,
        vehicles=vehicles_seen(actor, on=on),
        known_eur_ht=alike.total_eur_ht,
        family=alike.family.label if alike.family else "",
    )


def choose(project: Project, *, actor: Actor, key: str, facts: PurchaseFacts, on: dt.date) -> RouteChoice:
    """The route `key` (`Route.key`) for the project, in place of the one that lived.

    Raises MoveRefused on a closed project, RuleBroken when the route is unknown or closed.
    """
    refuse_closed(project)
    facts = with_known(project, facts, actor=actor, on=on)
    result = pick(facts, on=on)
    route = result.route(key)
    if route is None:
        raise RuleBroken("route_unknown", "Choisissez une des voies proposées.", field="route")
    if route.standing == CLOSED:
        raise RuleBroken(
            "route_closed", f"{route.label} : {route.reason} Choisissez une autre voie.", field="route"
        )
    with transaction.atomic():
        row = Project.objects.select_for_update(of=("self",)).get(pk=project.pk)
        refuse_closed(row)
        for former in row.route_choices.living().select_for_update(of=("self",)):
            former.replace(actor=actor)
        choice = RouteChoice.objects.create(
            project=row,
            code=route.code,
            vehicle=PurchasingVehicle.objects.get(number=route.vehicle) if route.vehicle else None,
            vehicle_lot=_lot_of(route),
            facts=_told(facts),
            route=route.as_dict(),
            warnings=list(result.warnings),
            on=on,
            chosen_by=actor.user,
        )
        choice.journal_creation(actor=actor, detail={"project": row.number, "route": key})
        notify(
            [person for person in people_holding(row.organisation, Role.PURCHASING) if person != actor.user],
            subject=f"Voie d’achat à confirmer : {row.number}",
            body=f"{route.label}\n\n{route.reason}",
            url=choice.get_absolute_url(),
            organisation=row.organisation,
        )
    return choice


def _lot_of(route: Route) -> VehicleLot | None:
    if not route.lot:
        return None
    return VehicleLot.objects.get(vehicle__number=route.vehicle, number=route.lot)


def confirm(choice: RouteChoice, *, actor: Actor, expected_version: int | None = None) -> RouteChoice:
    with transaction.atomic():
        choice.confirm(actor=actor, expected_version=expected_version)
        emit("project.step_taken", {"project": choice.project_id, "step": FrozenAt.ROUTE.value})
        _tell_chooser(choice, "confirmée", "")
    return choice


def refuse(
    choice: RouteChoice, *, actor: Actor, reason: str, expected_version: int | None = None
) -> RouteChoice:
    with transaction.atomic():
        choice.refuse(actor=actor, reason=reason, expected_version=expected_version)
        _tell_chooser(choice, "refusée", reason)
    return choice


def _tell_chooser(choice: RouteChoice, word: str, reason: str) -> None:
    if choice.chosen_by is None:
        return
    notify(
        [choice.chosen_by],
        subject=f"Voie d’achat {word} : {choice.project.number}",
        body=f"{choice.label}\n\n{reason}".strip(),
        url=choice.get_absolute_url(),
        organisation=choice.project.organisation,
    )


def _told(facts: PurchaseFacts) -> dict[str, Any]:
    def text(amount: Decimal | None) -> str | None:
        return None if amount is None else f"{amount:.2f}"

    told = {
        "value_eur_ht": text(facts.value_eur_ht),
        "homogeneous_eur_ht": text(facts.homogeneous_eur_ht),
        "innovative": facts.is_innovative,
    }
    return told if facts.known_eur_ht is None else {**told, "known_eur_ht": text(facts.known_eur_ht)}
