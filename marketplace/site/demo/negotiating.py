"""A small order made without a vehicle: its supplier proposes other terms, and gives a price."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils import timezone

from catalog.models import Offer
from marketplace.site.demo.acting import act
from marketplace.site.demo.buying import ORDINARY, advise, assess, open_project
from procurement.actions import orders, projects
from procurement.actions.order_drafts import create_order
from procurement.models import Order
from procurement.negotiation import private_prices, proposing
from procurement.negotiation.proposing import ProposedLine

WRITER, FINANCE = "prescripteur@ministere.example", "finances@ministere.example"
SELLER = "responsable@logiciels.example"
SEATS = Decimal(20)


def load_negotiation(offers: dict[str, Offer]) -> None:
    order = _sent(offers["messagerie"])
    line = order.lines.select_related("price_line").get()
    proposing.propose(
        order,
        actor=act(SELLER),
        lines={line.price_line.code: ProposedLine(SEATS + 5, round(line.unit_price_eur_ht * 9 / 10, 2))},
        terms="Reprise des boîtes existantes comprise (fictif).",
        reason="Le tarif de 25 postes est meilleur que celui de 20 (fictif).",
    )
    private_prices.give(
        order.offer,
        actor=act(SELLER),
        buyer=order.buyer,
        plan_code=order.plan.code,
        component_code=line.price_line.code,
        unit_price_eur_ht=round(line.unit_price_eur_ht * 19 / 20, 2),
        expires_on=timezone.localdate() + dt.timedelta(days=90),
        reason="Pour les achats isolés de l’année (fictif).",
    )


def _sent(offer: Offer) -> Order:
    project = open_project(
        "Messagerie d’une mission", "saas", "3000.00", description="Vingt agents pendant un an."
    )
    assess(project, ORDINARY)
    offer.refresh_from_db()
    projects.add_to_shortlist(project, actor=act(WRITER), offer=offer)
    start = timezone.localdate() + dt.timedelta(days=30)
    order = create_order(
        project,
        actor=act(WRITER),
        offer=offer,
        plan="essentielle",
        quantities={"poste": SEATS},
        starts_on=start,
        ends_on=start + dt.timedelta(days=364),
        below_threshold_reason="Besoin isolé d’une mission d’un an, sans autre achat semblable (fictif).",
        budget_line="Programme fictif 000, action 04",
        supplier_vat_regime="normal",
    )
    orders.request_opinions(order, actor=act(WRITER))
    advise(order)
    orders.approve(order, actor=act("valideur@ministere.example"))
    orders.commit(order, actor=act(FINANCE), commitment_number="1400000021")
    return orders.send(order, actor=act(WRITER))
