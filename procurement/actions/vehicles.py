from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from marketplace.audit.journal import record
from marketplace.errors import NotAllowed, RuleBroken
from procurement.enums_orders import VehicleKind
from procurement.models import PurchasingVehicle
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
    maximum_eur_ht: Decimal | None = None,
) -> PurchasingVehicle:
    """Open to the actor's own administration. `counterpart`: who answers and invoices, of a central body.

    Raises RuleBroken by field."""
    if actor.user is None or actor.organisation is None:
        raise NotAllowed("not_allowed", "Un support d’achat est enregistré par une personne.")
    _refuse_terms(starts_on, ends_on, maximum_eur_ht)
    if counterpart is not None:
        _refuse_counterpart(kind, counterpart)
    with transaction.atomic():
        vehicle = PurchasingVehicle.objects.create(
            number=vehicle_number(),
            kind=kind,
            title=title,
            reference=reference,
            holder_name=holder_name,
            holder=holder,
            counterpart=counterpart,
            starts_on=starts_on,
            ends_on=ends_on,
            maximum_eur_ht=maximum_eur_ht,
            created_by=actor.user,
        )
        vehicle.buyers.add(actor.organisation)
        record(vehicle, "create", actor=actor, detail={"reference": reference, "kind": kind})
    return vehicle


def _refuse_terms(starts_on: dt.date, ends_on: dt.date, maximum_eur_ht: Decimal | None) -> None:
    if ends_on < starts_on:
        message = "La date de fin précède le début. Choisissez une date postérieure."
        raise RuleBroken("end_before_start", message, field="ends_on")
    if maximum_eur_ht is not None and maximum_eur_ht <= 0:
        message = "Le maximum est un montant positif. Ne le donnez pas s’il est inconnu."
        raise RuleBroken("maximum_not_positive", message, field="maximum_eur_ht")


def _refuse_counterpart(kind: str, counterpart: Supplier) -> None:
    if kind != VehicleKind.CENTRAL_PURCHASING:
        message = "Seule une centrale d’achat a un cocontractant à désigner : ce titulaire répond lui-même."
        raise RuleBroken("counterpart_refused", message, field="counterpart")
    if counterpart.organisation_id is None:
        message = "Personne ne représente encore ce fournisseur ici : il ne pourrait ni répondre ni facturer."
        raise RuleBroken("counterpart_unclaimed", message, field="counterpart")
