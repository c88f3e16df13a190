"""Needs, orders and a contract of the demonstration's administrations."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from catalog.models import Offer
from marketplace.site.demo.acting import act
from procurement.actions import assessments, eligibility, opinions, orders, projects, vehicles
from procurement.actions.order_drafts import create_order
from procurement.enums import OpinionKind, OpinionVerdict
from procurement.models import Order, Project, PurchasingVehicle

MINISTRY = "ministere.example"
SENSITIVE = {
    "sensitive_data": ["protected_secret"],
    "harms": ["public_order"],
    "personal_data": True,
    "health_data": False,
}
ORDINARY: dict[str, Any] = {"sensitive_data": [], "harms": [], "personal_data": True, "health_data": False}


def load_buying(offers: dict[str, Offer]) -> Project:
    """The project that bought: its first order runs."""
    mail = open_project(
        "Messagerie des agents", "saas", "380000.00", description="Courriel et agendas de 2 500 agents."
    )
    assess(mail, SENSITIVE)
    for code in ("messagerie", "standard"):
        offers[code].refresh_from_db()
        projects.add_to_shortlist(mail, actor=_ministry("prescripteur"), offer=offers[code])
    eligibility.freeze_offers(mail, actor=_ministry("prescripteur"))
    vehicle = _vehicle()
    running = order_seats(mail, offers["messagerie"], seats=2500, vehicle=vehicle)
    _approved(running)
    _sent(running, number="1400000001")
    orders.acknowledge(running, actor=act("responsable@logiciels.example"))
    mail.refresh_from_db()
    mail.buy(actor=_ministry("prescripteur"))
    waiting = order_seats(mail, offers["messagerie"], seats=300, vehicle=vehicle)
    orders.request_opinions(waiting, actor=_ministry("prescripteur"))
    advise(waiting)
    order_seats(mail, offers["messagerie"], seats=40, vehicle=vehicle)
    refused = order_seats(mail, offers["messagerie"], seats=900, vehicle=vehicle)
    orders.request_opinions(refused, actor=_ministry("prescripteur"))
    advise(refused)
    orders.reject(
        refused, actor=_ministry("valideur"), reason="Besoin déjà couvert par la première commande."
    )
    answered = order_seats(mail, offers["messagerie"], seats=120, vehicle=vehicle)
    _approved(answered)
    _sent(answered, number="1400000002")
    portal = open_project(
        "Portail des démarches", "iaas", "140000.00", description="Site public, données ordinaires."
    )
    assessments.save_answers(portal.current_assessment(), actor=_ministry("prescripteur"), answers=ORDINARY)
    assessments.request_opinions(portal.current_assessment(), actor=_ministry("prescripteur"))
    open_project("Archives numériques", "saas", None, description="Besoin à préciser.")
    _elsewhere(offers)
    return mail


def _ministry(name: str) -> Any:
    return act(f"{name}@{MINISTRY}")


def open_project(
    title: str,
    model: str,
    cost: str | None,
    *,
    description: str,
    project_kind: str = "new",
    hosting: str = "commercial_cloud",
) -> Project:
    today = timezone.localdate()
    return projects.create_project(
        actor=_ministry("prescripteur"),
        title=title,
        description=description,
        project_kind=project_kind,
        hosting=hosting,
        service_models=[model],
        full_cost_eur_ht=Decimal(cost) if cost else None,
        cpv="72416000" if model == "saas" else "72317000",
        starts_on=today + dt.timedelta(days=30),
        ends_on=today + dt.timedelta(days=395),
    )


def assess(project: Project, answers: dict[str, Any]) -> None:
    assessment = project.current_assessment()
    assessments.save_answers(assessment, actor=_ministry("prescripteur"), answers=answers)
    assessments.request_opinions(assessment, actor=_ministry("prescripteur"))
    for name, kind in (("rssi", OpinionKind.RSSI), ("dpo", OpinionKind.DPO)):
        opinions.advise_on_assessment(
            assessment,
            actor=_ministry(name),
            kind=kind,
            verdict=OpinionVerdict.FAVOURABLE,
            text="Analyse conforme à ce que nous savons des données.",
        )
    assessments.decide(
        assessment, actor=_ministry("autorite"), reason="Sensibilité retenue telle que décrite."
    )
    project.refresh_from_db()


def _vehicle() -> PurchasingVehicle:
    today = timezone.localdate()
    return vehicles.create_vehicle(
        actor=_ministry("achats"),
        kind="central_purchasing",
        title="Services en nuage (démonstration)",
        reference="DEMO-CLOUD-2026",
        holder_name="Centrale d’achat fictive",
        starts_on=today - dt.timedelta(days=400),
        ends_on=today + dt.timedelta(days=1200),
        maximum_eur=Decimal("2000000.00"),
    )


def order_seats(
    project: Project, offer: Offer, *, seats: int, vehicle: PurchasingVehicle, **terms: Any
) -> Order:
    start = timezone.localdate() + dt.timedelta(days=30)
    offer.refresh_from_db()
    return create_order(
        project,
        actor=_ministry("prescripteur"),
        offer=offer,
        plan="essentielle",
        quantities={"poste": Decimal(seats), "mise-en-service": Decimal(1)},
        starts_on=start,
        ends_on=start + dt.timedelta(days=364),
        vehicle=vehicle,
        budget_line="Programme fictif 000, action 01",
        supplier_vat_regime="normal",
        **terms,
    )


def advise(order: Order) -> None:
    opinions.advise_on_order(
        order,
        actor=_ministry("rssi"),
        kind=OpinionKind.RSSI,
        verdict=OpinionVerdict.FAVOURABLE,
        text="Rien à signaler.",
    )
    opinions.advise_on_order(
        order,
        actor=_ministry("dpo"),
        kind=OpinionKind.DPO,
        verdict=OpinionVerdict.RESERVED,
        text="Registre des traitements à compléter avant la mise en service.",
    )
    order.refresh_from_db()


def _approved(order: Order) -> None:
    orders.request_opinions(order, actor=_ministry("prescripteur"))
    advise(order)
    orders.approve(order, actor=_ministry("valideur"))


def _sent(order: Order, *, number: str) -> None:
    orders.commit(order, actor=_ministry("finances"), commitment_number=number)
    orders.send(order, actor=_ministry("prescripteur"))


def _elsewhere(offers: dict[str, Offer]) -> None:
    """A need at an agency and one in a town, each at its first steps."""
    for address, title in (
        ("prescripteur@agence.example", "Réunions à distance"),
        ("mairie@exemple-sur-essai.example", "Sauvegarde de la mairie"),
    ):
        projects.create_project(
            actor=act(address),
            title=title,
            description="Besoin de démonstration.",
            project_kind="new",
            hosting="commercial_cloud",
            service_models=["saas"],
        )
