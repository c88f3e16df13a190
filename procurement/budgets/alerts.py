"""Alerts at 80 and 100 % of a ceiling: written and told in the transaction that passes it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import euros
from procurement.budgets.enums import ALERT_THRESHOLDS
from procurement.models import BudgetAlert, BudgetLine, PurchasingVehicle
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from marketplace.accounts.models import Organisation

LINE_ROLES = (Role.FINANCE, Role.AUTHORISING_OFFICER)
VEHICLE_ROLES = (Role.PURCHASING,)


def watch_line(line: BudgetLine, *, used: Decimal) -> list[int]:
    """Call under the line's lock. The thresholds newly passed."""
    passed = _follow(BudgetAlert(line=line), used=used, ceiling=line.ceiling_eur)
    for threshold in passed:
        _tell(
            line.organisation,
            LINE_ROLES,
            subject=f"Budget {line.number} : {threshold} % du plafond",
            body=f"« {line} » : {euros(used, tax=line.basis)} engagés sur "
            f"{euros(line.ceiling_eur, tax=line.basis)}.",
            url=line.get_absolute_url(),
        )
    return passed


def watch_vehicle(vehicle: PurchasingVehicle) -> list[int]:
    """Call under the vehicle's lock; every administration that buys through it is told."""
    if vehicle.maximum_eur is None:
        vehicle.alerts.filter(ended_at__isnull=True).update(ended_at=timezone.now())
        return []
    used, basis = vehicle.consumed().eur, vehicle.maximum_basis
    passed = _follow(BudgetAlert(vehicle=vehicle), used=used, ceiling=vehicle.maximum_eur)
    for threshold in passed:
        for buyer in vehicle.buyers.order_by("pk"):
            _tell(
                buyer,
                VEHICLE_ROLES,
                subject=f"Support d’achat {vehicle.reference} : {threshold} % du maximum",
                body=f"« {vehicle.title} » : {euros(used, tax=basis)} engagés sur "
                f"{euros(vehicle.maximum_eur, tax=basis)}.",
                url=reverse("procurement:vehicles"),
            )
    return passed


def _follow(alert: BudgetAlert, *, used: Decimal, ceiling: Decimal) -> list[int]:
    """Raise what is passed and was not, end what is not any more. The thresholds newly passed."""
    living = BudgetAlert.objects.filter(line=alert.line, vehicle=alert.vehicle, ended_at__isnull=True)
    known = set(living.values_list("threshold", flat=True))
    reached = {threshold for threshold in ALERT_THRESHOLDS if used * 100 >= ceiling * threshold}
    if known - reached:
        living.filter(threshold__in=known - reached).update(ended_at=timezone.now())
    fresh = sorted(reached - known)
    BudgetAlert.objects.bulk_create(
        BudgetAlert(
            line=alert.line,
            vehicle=alert.vehicle,
            threshold=threshold,
            committed_eur=used,
            ceiling_eur=ceiling,
        )
        for threshold in fresh
    )
    return fresh


def _tell(organisation: Organisation, roles: tuple[Role, ...], *, subject: str, body: str, url: str) -> None:
    people = people_holding(organisation, *roles)
    notify(people, subject=subject, body=body, url=url, organisation=organisation)
