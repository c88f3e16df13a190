"""Ceilings that come near on « Mon bureau », for those who can act on them."""

from __future__ import annotations

from django.db.models import Max
from django.urls import reverse

from marketplace.accounts.actors import Actor
from marketplace.ui.desk import SOON, DeskRow, Rows, one_row_each
from procurement.budgets.alerts import LINE_ROLES, VEHICLE_ROLES
from procurement.budgets.enums import BudgetState
from procurement.models import BudgetLine, PurchasingVehicle

MOST = 50


def rows(actor: Actor) -> list[Rows]:
    """One reading for each of the two roles held, none for the others."""
    if not actor.is_buyer or actor.organisation is None:
        return []
    found: list[Rows] = []
    if actor.has(*LINE_ROLES):
        found.append(_lines(actor))
    if actor.has(*VEHICLE_ROLES):
        found.append(_vehicles(actor))
    return found


def _lines(actor: Actor) -> Rows:
    near = BudgetLine.objects.visible_to(actor).filter(
        state=BudgetState.OPEN, alerts__ended_at__isnull=True, alerts__isnull=False
    )
    found = near.annotate(reached=Max("alerts__threshold"), since=Max("alerts__raised_at"))
    return one_row_each(
        found.order_by("-reached", "pk")[:MOST],
        lambda line: DeskRow(
            object_label=f"{line.number} {line.label}",
            url=line.get_absolute_url(),
            expected=f"Suivre le budget : {line.reached} % du plafond engagés",
            since=line.since,
            button="Voir le budget",
            zone=SOON,
        ),
    )


def _vehicles(actor: Actor) -> Rows:
    near = PurchasingVehicle.objects.visible_to(actor).filter(
        alerts__ended_at__isnull=True, alerts__isnull=False
    )
    found = near.annotate(reached=Max("alerts__threshold"), since=Max("alerts__raised_at"))
    return one_row_each(
        found.order_by("-reached", "pk")[:MOST],
        lambda vehicle: DeskRow(
            object_label=vehicle.reference,
            url=reverse("procurement:vehicles"),
            expected=f"Prévoir la suite du support d’achat : {vehicle.reached} % du maximum engagés",
            since=vehicle.since,
            button="Voir les supports d’achat",
            zone=SOON,
        ),
    )
