"""The notification: the contract becomes a vehicle to order under; its publication is drafted."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.errors import RuleBroken
from procurement.actions import releases, tender_releases
from procurement.actions.vehicles import create_vehicle
from procurement.awards.ending import conclude
from procurement.consultations.telling import tell_supplier
from procurement.enums_orders import VehicleKind
from procurement.evaluation.evaluating import refuse_not_opened
from procurement.models import Award, Consultation, PurchasingVehicle
from procurement.publication.actions import draft_of_award_if_due

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def notify_holder(
    award: Award,
    *,
    actor: Actor,
    starts_on: dt.date,
    ends_on: dt.date,
    attested: bool = False,
    expected_version: int | None = None,
) -> Award:
    """Orders may then be made under it, up to its amount. `attested`: what is public of the award was read;
    it leaves at once, else with the contract's own publication. Raises MoveRefused, RuleBroken on its dates.
    """
    today = timezone.localdate()
    if starts_on < today:
        message = "Un marché ne commence pas avant sa notification : choisissez aujourd’hui ou après."
        raise RuleBroken("start_before_notification", message, field="starts_on")

    def apply(row: Award) -> None:
        row.vehicle = _vehicle(row, actor=actor, starts_on=starts_on, ends_on=ends_on)
        row.notified_on = today

    with transaction.atomic():
        releases.one_at_a_time()
        consultation = Consultation.objects.select_for_update(of=("self",)).get(pk=award.consultation_id)
        refuse_not_opened(consultation)
        award.perform("notify", actor=actor, apply=apply, expected_version=expected_version)
        assert award.vehicle is not None  # written above
        if attested:
            tender_releases.release_award(award, actor=actor)
        draft_of_award_if_due(award.vehicle, actor=actor)
        tell_supplier(
            consultation,
            award.supplier,
            "Le marché vous est notifié",
            f"{award.number}, du {starts_on:%d/%m/%Y} au {ends_on:%d/%m/%Y}.",
        )
        conclude(consultation, actor=actor)
    return award


def _vehicle(row: Award, *, actor: Actor, starts_on: dt.date, ends_on: dt.date) -> PurchasingVehicle:
    title = row.lot.title if row.lot.title == row.consultation.title else str(row.lot)
    return create_vehicle(
        actor=actor,
        kind=VehicleKind.OWN_CONTRACT,
        title=title[:200],
        reference=row.number,
        holder_name=row.supplier.name,
        holder=row.supplier,
        starts_on=starts_on,
        ends_on=ends_on,
        maximum_eur=row.amount_eur_ht or None,
    )
