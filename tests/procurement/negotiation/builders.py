from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from procurement.models import CounterProposal, Order, PrivatePrice
from procurement.negotiation import private_prices, proposing
from procurement.negotiation.proposing import ProposedLine
from tests.procurement.order_builders import DIRECT, Purchase, make_order


def sent_order(purchase: Purchase, **terms: Any) -> Order:
    """10 seats at 10 € a month, below the threshold: 1,200.00 € HT."""
    return make_order(purchase, state="sent", **{**DIRECT, **terms})


def line(quantity: str, price: str) -> ProposedLine:
    return ProposedLine(Decimal(quantity), Decimal(price))


def make_proposal(purchase: Purchase, order: Order | None = None, **values: Any) -> CounterProposal:
    """10 seats at 9.50 € instead of 10."""
    terms = {"lines": {"poste": line("10", "9.50")}, "reason": "Tarif tenu", **values}
    return proposing.propose(order or sent_order(purchase), actor=purchase.actor("manager"), **terms)


def make_private_price(
    purchase: Purchase, *, price: str = "8", days: int = 30, **values: Any
) -> PrivatePrice:
    """Of a seat, from today on."""
    terms = {
        "buyer": purchase.buyer,
        "plan_code": "standard",
        "component_code": "poste",
        "expires_on": timezone.localdate() + dt.timedelta(days=days),
        **values,
    }
    return private_prices.give(
        purchase.offer, actor=purchase.actor("manager"), unit_price_eur_ht=Decimal(price), **terms
    )
