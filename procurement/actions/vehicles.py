from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.tax_basis import TaxBasis
from marketplace.ui.typography import euros
from procurement.enums_orders import VehicleKind
from procurement.models import LotHolding, PurchasingVehicle, VehicleLot
from procurement.numbers import vehicle_number

if TYPE_CHECKING:
    from catalog.models import Supplier
    from marketplace.accounts.actors import Actor


def create_vehicle(
    *,
    actor: Actor,
    kind: str,
    title: str,
    reference: str,
    holder_name: str,
    starts_on: dt.date,
    ends_on: dt.date,
    holder: Supplier | None = None,
    counterpart: Supplier | None = None,
    maximum_eur: Decimal | None = None,
    maximum_basis: str = TaxBasis.HT,
) -> PurchasingVehicle:
    """Open to the actor's own administration. `counterpart`: who answers and invoices, of a central body. A
    framework agreement begins with one lot, that its holder has. Raises RuleBroken by field."""
    if actor.user is None or actor.organisation is None:
        raise NotAllowed("not_allowed", "Un support d’achat est enregistré par une personne.")
    refuse_terms(starts_on=starts_on, ends_on=ends_on, maximum_eur=maximum_eur)
    refuse_counterpart(kind, counterpart)
    with transaction.atomic():
        vehicle = PurchasingVehicle.objects.create(
            number=vehicle_number(),
            kind=kind,
            title=title,
            reference=reference,
            holder_name=holder_name,
            holder=None if kind == VehicleKind.FRAMEWORK else holder,
            counterpart=counterpart,
            starts_on=starts_on,
            ends_on=ends_on,
            maximum_eur=maximum_eur,
            maximum_basis=maximum_basis,
            created_by=actor.user,
        )
        vehicle.buyers.add(actor.organisation)
        if kind == VehicleKind.FRAMEWORK:
            first_lot(vehicle, holder)
        record(vehicle, "create", actor=actor, detail={"reference": reference, "kind": kind})
    return vehicle


def first_lot(vehicle: PurchasingVehicle, holder: Supplier | None) -> None:
    """Of the same terms; its holder's when it is known here."""
    names = ("title", "starts_on", "ends_on", "maximum_eur", "maximum_basis")
    terms = {name: getattr(vehicle, name) for name in names}
    lot = VehicleLot.objects.create(vehicle=vehicle, number=1, **terms)
    write_holders(lot, [holder] if holder is not None else [])


def refuse_terms(*, starts_on: dt.date, ends_on: dt.date, maximum_eur: Decimal | None) -> None:
    """Raises RuleBroken naming the field."""
    if ends_on < starts_on:
        message = "La date de fin précède le début. Choisissez une date postérieure."
        raise RuleBroken("end_before_start", message, field="ends_on")
    if maximum_eur is not None and maximum_eur <= 0:
        message = "Le maximum est un montant positif. Ne le donnez pas s’il est inconnu."
        raise RuleBroken("maximum_not_positive", message, field="maximum_eur")


def refuse_under_committed(row: PurchasingVehicle | VehicleLot) -> None:
    """Call under its lock. Raises RuleBroken when its maximum is less than what is committed, or cannot be
    compared with it."""
    if row.maximum_eur is None:
        return
    used = row.consumed()
    if used.unknown:
        message = "Un montant déjà engagé n’a pas de TTC connu : gardez un maximum hors taxes."
        raise RuleBroken("maximum_tax_unknown", message, field="maximum_basis")
    if row.maximum_eur < used.eur:
        told = euros(used.eur, tax=row.maximum_basis)
        message = f"{told} sont déjà engagés : le maximum ne peut pas être plus bas."
        raise RuleBroken("maximum_under_committed", message, field="maximum_eur")


def refuse_counterpart(kind: str, counterpart: Supplier | None) -> None:
    if counterpart is None:
        return
    if kind != VehicleKind.CENTRAL_PURCHASING:
        message = "Seule une centrale d’achat a un cocontractant à désigner : ce titulaire répond lui-même."
        raise RuleBroken("counterpart_refused", message, field="counterpart")
    if counterpart.organisation_id is None:
        message = "Personne ne représente encore ce fournisseur ici : il ne pourrait ni répondre ni facturer."
        raise RuleBroken("counterpart_unclaimed", message, field="counterpart")


def add_lot(
    vehicle: PurchasingVehicle,
    *,
    actor: Actor,
    title: str,
    starts_on: dt.date,
    ends_on: dt.date,
    maximum_eur: Decimal | None = None,
    maximum_basis: str = TaxBasis.HT,
    holders: Sequence[Supplier] = (),
) -> VehicleLot:
    """The next lot of a framework agreement. Raises RuleBroken."""
    with transaction.atomic():
        row = PurchasingVehicle.objects.select_for_update().get(pk=vehicle.pk)
        refuse_no_lots(row)
        refuse_terms(starts_on=starts_on, ends_on=ends_on, maximum_eur=maximum_eur)
        _refuse_beyond_vehicle(row, ends_on=ends_on)
        number = row.lots.count() + 1
        lot = VehicleLot.objects.create(
            vehicle=row,
            number=number,
            title=title,
            starts_on=starts_on,
            ends_on=ends_on,
            maximum_eur=maximum_eur,
            maximum_basis=maximum_basis,
        )
        write_holders(lot, holders)
        record(row, "add_lot", actor=actor, detail=_told(lot, holders))
    return lot


def edit_lot(
    lot: VehicleLot, *, actor: Actor, holders: Sequence[Supplier] | None = None, **terms: Any
) -> VehicleLot:
    """What is not given stays. Consultations already published keep their invitations. Raises RuleBroken."""
    with transaction.atomic():
        vehicle = PurchasingVehicle.objects.select_for_update().get(pk=lot.vehicle_id)
        row = VehicleLot.objects.select_for_update().get(pk=lot.pk)
        for name in terms.keys() - {"title", "starts_on", "ends_on", "maximum_eur", "maximum_basis"}:
            raise TypeError(f"{name} is not a term of a lot")
        former = (row.maximum_eur, row.maximum_basis)
        for name, value in terms.items():
            setattr(row, name, value)
        refuse_terms(starts_on=row.starts_on, ends_on=row.ends_on, maximum_eur=row.maximum_eur)
        if (row.maximum_eur, row.maximum_basis) != former:
            refuse_under_committed(row)
        _refuse_beyond_vehicle(vehicle, ends_on=row.ends_on)
        row.save()
        if holders is not None:
            write_holders(row, holders)
        record(vehicle, "edit_lot", actor=actor, detail=_told(row, row.holders))
    return row


def refuse_no_lots(vehicle: PurchasingVehicle) -> None:
    """Raises MoveRefused."""
    if vehicle.kind != VehicleKind.FRAMEWORK:
        message = (
            f"Seul un accord-cadre se découpe en lots ici, et ce support est : {vehicle.get_kind_display()}."
        )
        raise MoveRefused("vehicle_without_lots", message, about=vehicle)


def _refuse_beyond_vehicle(vehicle: PurchasingVehicle, *, ends_on: dt.date) -> None:
    if ends_on > vehicle.ends_on:
        message = f"L’accord-cadre finit le {vehicle.ends_on:%d/%m/%Y} : un lot ne finit pas après lui."
        raise RuleBroken("lot_after_vehicle", message, field="ends_on")


def write_holders(lot: VehicleLot, holders: Sequence[Supplier]) -> None:
    lot.holdings.exclude(supplier__in=holders).delete()
    known = set(lot.holdings.values_list("supplier_id", flat=True))
    LotHolding.objects.bulk_create(
        LotHolding(lot=lot, supplier=one) for one in dict.fromkeys(holders) if one.pk not in known
    )


def _told(lot: VehicleLot, holders: Sequence[Supplier]) -> dict[str, Any]:
    return {
        "lot": lot.number,
        "maximum_eur": None if lot.maximum_eur is None else str(lot.maximum_eur),
        "maximum_basis": lot.maximum_basis,
        "holders": sorted(one.name for one in holders),
    }


def lot_for(
    vehicle: PurchasingVehicle | None, *, supplier: Supplier, number: int | None = None
) -> VehicleLot | None:
    """The lot that an order to this supplier is made under: the one named, or the only one it may be.

    None without a vehicle or for one without lots. Raises RuleBroken when none or several fit.
    """
    lots = list(vehicle.lots.prefetch_related("holdings")) if vehicle is not None else []
    if not lots:
        return None
    # A lot whose holders are not known here is the administration's to check.
    fit = [
        one
        for one in lots
        if not (held := {each.supplier_id for each in one.holdings.all()}) or supplier.pk in held
    ]
    if number is not None:
        found = next((one for one in fit if one.number == number), None)
        if found is None:
            message = (
                f"{supplier.name} ne tient pas le lot {number} de ce support : choisissez un lot qu’il tient."
            )
            raise RuleBroken("lot_not_held", message, field="lot")
        return found
    if not fit:
        message = "Le titulaire de ce support d’achat n’est pas le fournisseur de l’offre."
        raise RuleBroken("vehicle_other_holder", message, field="vehicle")
    if len(fit) > 1:
        names = ", ".join(f"{one.number} ({one.title})" for one in fit)
        raise RuleBroken("lot_missing", f"Dites sous quel lot vous commandez : {names}.", field="lot")
    return fit[0]
