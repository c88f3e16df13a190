"""Correcting a purchasing vehicle: what orders lean on does not move under them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q

from marketplace.audit.journal import record
from marketplace.errors import RuleBroken, VersionStale
from marketplace.ui.typography import date_text
from procurement.actions.vehicles import (
    first_lot,
    refuse_counterpart,
    refuse_terms,
    refuse_under_committed,
)
from procurement.budgets.alerts import watch_vehicle
from procurement.enums_orders import VehicleKind
from procurement.models import Award, Order, PurchasingVehicle, VehicleLot

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

TERMS = (
    "kind", "title", "reference", "holder_name", "holder", "counterpart", "starts_on", "ends_on",
    "maximum_eur", "maximum_basis",
)  # fmt: skip


def edit_vehicle(
    vehicle: PurchasingVehicle, *, actor: Actor, expected_version: int | None = None, **terms: Any
) -> PurchasingVehicle:
    """What is not given stays. Raises VersionStale, RuleBroken naming the field."""
    for name in terms.keys() - set(TERMS):
        raise TypeError(f"{name} is not a term of a vehicle")
    with transaction.atomic():
        row = PurchasingVehicle.objects.select_for_update(of=("self",)).get(pk=vehicle.pk)
        if expected_version is not None and row.version != expected_version:
            raise VersionStale(current=row.version, about=row)
        former = {name: getattr(row, name) for name in TERMS}
        for name, value in terms.items():
            setattr(row, name, value)
        moved = {name for name in TERMS if getattr(row, name) != former[name]}
        if not moved:
            return row
        _check(row, moved)
        if "kind" in moved:
            _change_kind(row, former["kind"])
        row.version += 1
        row.save()
        if {"maximum_eur", "maximum_basis"} & moved:
            watch_vehicle(row)
        record(row, "edit", actor=actor, detail={name: _told(getattr(row, name)) for name in sorted(moved)})
    return row


def is_leant_on(vehicle: PurchasingVehicle) -> bool:
    """An order, a route or an award names it: its kind and its holder stay. At most three queries."""
    return (
        vehicle.orders.exists()
        or vehicle.route_choices.exists()
        or Award.objects.filter(vehicle=vehicle).exists()
    )


def _check(row: PurchasingVehicle, moved: set[str]) -> None:
    refuse_terms(starts_on=row.starts_on, ends_on=row.ends_on, maximum_eur=row.maximum_eur)
    refuse_counterpart(row.kind, row.counterpart)
    if {"kind", "holder"} & moved and is_leant_on(row):
        field = "kind" if "kind" in moved else "holder"
        message = (
            "Un bon de commande, une voie d’achat ou une attribution s’appuie sur ce support : sa nature et "
            "son titulaire dans le catalogue ne changent plus. Enregistrez un autre support."
        )
        raise RuleBroken("vehicle_leant_on", message, field=field)
    if row.kind == VehicleKind.FRAMEWORK and row.holder is not None and "kind" not in moved:
        message = "Les titulaires d’un accord-cadre sont ceux de ses lots : modifiez le lot."
        raise RuleBroken("holders_of_lots", message, field="holder")
    if {"starts_on", "ends_on"} & moved:
        _refuse_outside(row)
    if {"maximum_eur", "maximum_basis"} & moved:
        refuse_under_committed(row)


def _refuse_outside(row: PurchasingVehicle) -> None:
    """Raises RuleBroken when a lot, or an order that is engaged, would fall outside the new dates."""
    lot = row.lots.filter(ends_on__gt=row.ends_on).order_by("number").first()
    if lot is not None:
        message = f"Le lot {lot.number} finit le {date_text(lot.ends_on)} : raccourcissez-le d’abord."
        raise RuleBroken("lot_after_vehicle", message, field="ends_on")
    engaged = Order.objects.filter(vehicle=row, commitments__released_at__isnull=True).distinct()
    outside = Q(starts_on__lt=row.starts_on) | Q(starts_on__gt=row.ends_on)
    order = engaged.filter(outside, commitments__isnull=False).order_by("pk").first()
    if order is None or order.starts_on is None:
        return
    message = f"Le bon de commande {order.number} commence le {date_text(order.starts_on)} : gardez ce jour."
    raise RuleBroken(
        "order_outside", message, field="starts_on" if order.starts_on < row.starts_on else "ends_on"
    )


def _change_kind(row: PurchasingVehicle, former: str) -> None:
    """A framework agreement has lots, the others have none. Raises RuleBroken."""
    if VehicleKind.DYNAMIC in (row.kind, former):
        message = "Un système d’acquisition dynamique le reste, et aucun autre support ne le devient."
        raise RuleBroken("kind_dynamic", message, field="kind")
    if row.kind == VehicleKind.FRAMEWORK:
        holder, row.holder = row.holder, None
        first_lot(row, holder)
    elif former == VehicleKind.FRAMEWORK:
        row.holder = _without_lots(row)


def _without_lots(row: PurchasingVehicle) -> Any:
    """The holder of the only lot, which goes."""
    lots = list(row.lots.prefetch_related("holdings__supplier"))
    holders = {holder for lot in lots for holder in lot.holders}
    if len(lots) > 1 or len(holders) > 1 or row.discounts.filter(lot__isnull=False).exists():
        message = "Cet accord-cadre a plusieurs lots ou titulaires, ou une remise par lot : il le reste."
        raise RuleBroken("kind_with_lots", message, field="kind")
    VehicleLot.objects.filter(vehicle=row).delete()
    return next(iter(holders), None)


def _told(value: Any) -> Any:
    return str(value) if value is not None and not isinstance(value, dt.date | Decimal | str) else value
