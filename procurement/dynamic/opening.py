"""Opening a system: a vehicle that any supplier may join, on its dates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.tax_basis import TaxBasis
from procurement.actions.vehicles import create_vehicle
from procurement.dynamic.abilities import system_abilities, systems_abilities
from procurement.enums_orders import VehicleKind
from procurement.models import Consultation, DynamicSystem, SystemCategory

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MANY = "Fournisseurs admis"


class CategoryContent(TypedDict):
    title: str
    criteria: str


def open_system(
    *,
    actor: Actor,
    title: str,
    reference: str,
    description: str,
    criteria: str,
    starts_on: dt.date,
    ends_on: dt.date,
    maximum_eur: Decimal | None = None,
    maximum_basis: str = TaxBasis.HT,
    notice_sent_on: dt.date | None = None,
    categories: Sequence[CategoryContent] = (),
) -> DynamicSystem:
    """Readable by all at once. Raises NotAllowed, RuleBroken naming the field."""
    require(systems_abilities(actor), "create")
    _refuse_untold(description=description, criteria=criteria, notice_sent_on=notice_sent_on)
    with transaction.atomic():
        vehicle = create_vehicle(
            actor=actor,
            kind=VehicleKind.DYNAMIC,
            title=title,
            reference=reference,
            holder_name=MANY,
            starts_on=starts_on,
            ends_on=ends_on,
            maximum_eur=maximum_eur,
            maximum_basis=maximum_basis,
        )
        assert actor.organisation is not None  # its vehicle was just made
        system = DynamicSystem.objects.create(
            vehicle=vehicle,
            organisation=actor.organisation,
            description=description,
            criteria=criteria,
            notice_sent_on=notice_sent_on,
        )
        _write(system, categories)
        record(system, "create", actor=actor, detail={"vehicle": vehicle.number})
    return system


def _refuse_untold(*, description: str, criteria: str, notice_sent_on: dt.date | None) -> None:
    for field, text, message in (
        ("description", description, "Dites ce que vous achetez et en quelle quantité estimée."),
        ("criteria", criteria, "Dites qui vous admettez : capacités et justificatifs demandés."),
    ):
        if not text.strip():
            raise RuleBroken(f"{field}_missing", message, field=field)
    if notice_sent_on is not None and notice_sent_on > timezone.localdate():
        message = "Cette date est à venir. Donnez le jour où l’avis de marché a été envoyé."
        raise RuleBroken("sent_to_come", message, field="notice_sent_on")


def write_categories(
    system: DynamicSystem, *, actor: Actor, categories: Sequence[CategoryContent]
) -> DynamicSystem:
    """All of them, in order; none is a system of one piece. Raises NotAllowed, MoveRefused once somebody
    applied or a consultation names one, RuleBroken."""
    require(system_abilities(actor, system), "write_categories")
    with transaction.atomic():
        row = DynamicSystem.objects.select_for_update(of=("self",)).get(pk=system.pk)
        refuse_applied(row)
        _write(row, categories)
        record(row, "write_categories", actor=actor, detail={"titles": [one["title"] for one in categories]})
    return row


def refuse_applied(system: DynamicSystem) -> None:
    """Raises MoveRefused: whoever applied did so for what was written. Two queries."""
    if Consultation.objects.filter(category__system=system).exists():
        message = "Une consultation porte sur une catégorie : elles ne changent plus."
        raise MoveRefused("categories_consulted", message, about=system)
    if system.admissions.exists():
        message = "Des candidatures sont reçues : les catégories ne changent plus."
        raise MoveRefused("categories_frozen", message, about=system)


def _write(system: DynamicSystem, categories: Sequence[CategoryContent]) -> None:
    for one in categories:
        if not one["title"].strip() or not one["criteria"].strip():
            message = "Donnez à chaque catégorie son intitulé et ses critères de sélection."
            raise RuleBroken("category_incomplete", message, field="categories")
    system.categories.all().delete()
    SystemCategory.objects.bulk_create(
        SystemCategory(system=system, number=number, **one) for number, one in enumerate(categories, start=1)
    )
