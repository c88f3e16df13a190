"""Opening a system: a vehicle that any supplier may join, on its dates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import RuleBroken
from procurement.actions.vehicles import create_vehicle
from procurement.dynamic.abilities import systems_abilities
from procurement.enums_orders import VehicleKind
from procurement.models import DynamicSystem

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MANY = "Fournisseurs admis"


def open_system(
    *,
    actor: Actor,
    title: str,
    reference: str,
    description: str,
    criteria: str,
    starts_on: dt.date,
    ends_on: dt.date,
    maximum_eur_ht: Decimal | None = None,
) -> DynamicSystem:
    """Readable by all at once. Raises NotAllowed, RuleBroken naming the field."""
    require(systems_abilities(actor), "create")
    for field, text, message in (
        ("description", description, "Dites ce que vous achetez et en quelle quantité estimée."),
        ("criteria", criteria, "Dites qui vous admettez : capacités et justificatifs demandés."),
    ):
        if not text.strip():
            raise RuleBroken(f"{field}_missing", message, field=field)
    with transaction.atomic():
        vehicle = create_vehicle(
            actor=actor,
            kind=VehicleKind.DYNAMIC,
            title=title,
            reference=reference,
            holder_name=MANY,
            starts_on=starts_on,
            ends_on=ends_on,
            maximum_eur_ht=maximum_eur_ht,
        )
        assert actor.organisation is not None  # its vehicle was just made
        system = DynamicSystem.objects.create(
            vehicle=vehicle, organisation=actor.organisation, description=description, criteria=criteria
        )
        record(system, "create", actor=actor, detail={"vehicle": vehicle.number})
    return system
