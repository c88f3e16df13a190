"""Recording a discount and ending it; the one that an order takes."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.ui.typography import date_text
from procurement.models import PurchasingVehicle, VehicleDiscount, VehicleLot

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from catalog.models import Supplier
    from marketplace.accounts.actors import Actor
    from procurement.models import Order

CENTI, MOST = Decimal("0.01"), Decimal("99.99")


def record_discount(
    vehicle: PurchasingVehicle,
    *,
    actor: Actor,
    percent: Decimal,
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    supplier: Supplier | None = None,
    lot: int | None = None,
) -> VehicleDiscount:
    """Of one supplier's offers or of all; `lot`: the number of the only one concerned.

    Raises RuleBroken by field, also when another one of the same offers is in force meanwhile."""
    if actor.user is None:
        raise NotAllowed("not_allowed", "Une remise est enregistrée par une personne.")
    with transaction.atomic():
        row = PurchasingVehicle.objects.select_for_update(no_key=True).get(pk=vehicle.pk)
        of_lot = _lot(row, lot)
        _check(of_lot or row, percent=percent, starts_on=starts_on, ends_on=ends_on)
        _refuse_overlap(
            row.discounts.filter(lot=of_lot, supplier=supplier), starts_on=starts_on, ends_on=ends_on
        )
        made = VehicleDiscount.objects.create(
            vehicle=row,
            lot=of_lot,
            supplier=supplier,
            percent=percent,
            starts_on=starts_on,
            ends_on=ends_on,
            recorded_by=actor.user,
        )
        record(row, "add_discount", actor=actor, detail=_told(made))
    return made


def _lot(vehicle: PurchasingVehicle, number: int | None) -> VehicleLot | None:
    """Raises RuleBroken."""
    if number is None:
        return None
    found = vehicle.lots.filter(number=number).first()
    if found is None:
        message = f"Ce support n’a pas de lot {number} : choisissez l’un des siens, ou aucun."
        raise RuleBroken("lot_unknown", message, field="lot")
    return found


def _check(
    row: PurchasingVehicle | VehicleLot, *, percent: Decimal, starts_on: dt.date, ends_on: dt.date | None
) -> None:
    if not percent.is_finite() or not CENTI <= percent <= MOST or percent != percent.quantize(CENTI):
        message = "Une remise va de 0,01 à 99,99 %, avec deux décimales au plus."
        raise RuleBroken("percent_out_of_range", message, field="percent")
    if ends_on is not None and ends_on < starts_on:
        message = (
            f"Le dernier jour précède le {date_text(starts_on)}. Choisissez ce jour ou un jour postérieur."
        )
        raise RuleBroken("end_before_start", message, field="ends_on")
    if starts_on > row.ends_on or (ends_on or row.ends_on) < row.starts_on:
        what = "Le lot" if isinstance(row, VehicleLot) else "Le support"
        words = f"{what} court du {date_text(row.starts_on)} au {date_text(row.ends_on)} : "
        raise RuleBroken("outside_vehicle", f"{words}choisissez un de ces jours.", field="starts_on")


def _refuse_overlap(alike: QuerySet[VehicleDiscount], *, starts_on: dt.date, ends_on: dt.date | None) -> None:
    """`alike`: those of the same offers and the same lot. Raises RuleBroken."""
    others = alike.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on))
    if ends_on is not None:
        others = others.filter(starts_on__lte=ends_on)
    other = others.first()
    if other is not None:
        message = (
            f"Une remise de {_words(other.percent)} vaut déjà pour ces offres à partir du "
            f"{date_text(other.starts_on)}. Terminez-la d’abord, ou choisissez une autre période."
        )
        raise RuleBroken("discount_overlaps", message, field="starts_on")


def end_discount(discount: VehicleDiscount, *, actor: Actor, ends_on: dt.date) -> VehicleDiscount:
    """Raises RuleBroken on a day before its first, MoveRefused when it ends no later already."""
    with transaction.atomic():
        row = VehicleDiscount.objects.select_for_update(of=("self",)).for_pages().get(pk=discount.pk)
        if row.ends_on is not None and row.ends_on <= ends_on:
            words = f"Cette remise finit déjà le {date_text(row.ends_on)}."
            raise MoveRefused("discount_over", words, about=row.vehicle)
        if ends_on < row.starts_on:
            words = f"Elle commence le {date_text(row.starts_on)} : choisissez ce jour ou un jour postérieur."
            raise RuleBroken("end_before_start", words, field="ends_on")
        row.ends_on = ends_on
        row.save(update_fields=["ends_on"])
        record(row.vehicle, "end_discount", actor=actor, detail=_told(row))
    return row


def discount_of(order: Order, *, on: dt.date) -> Decimal | None:
    """The percentage that an order written that day takes: of its lot, else of every lot; of each, the one of
    its supplier's offers, else the one of every offer. None without any. One query under a vehicle."""
    if order.vehicle_id is None:
        return None
    rows = VehicleDiscount.objects.filter(vehicle_id=order.vehicle_id).in_force(on)
    found = rows.fitting(order.offer.supplier, lot_id=order.vehicle_lot_id).first()
    return None if found is None else found.percent


def discount_change(order: Order, *, on: dt.date) -> str:
    """Empty, or which discount a draft would take today in place of its own."""
    now = discount_of(order, on=on)
    if now == order.discount_percent:
        return ""
    held = f"{_words(order.discount_percent)}" if order.discount_percent is not None else "aucune remise"
    words = f"donne aujourd’hui {_words(now)}" if now is not None else "ne donne plus de remise aujourd’hui"
    return (
        f"Le support d’achat {words} ; ce brouillon porte {held}. Enregistrez de nouveau les quantités "
        "pour prendre le prix du jour."
    )


def _words(percent: Decimal | None) -> str:
    return f"{percent:f} %".replace(".", ",")


def _told(row: VehicleDiscount) -> dict[str, object]:
    supplier = None if row.supplier is None else row.supplier.name
    return {
        "percent": str(row.percent),
        "supplier": supplier,
        "lot": None if row.lot is None else row.lot.number,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
    }
