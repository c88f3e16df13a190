from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from marketplace.accounts.actors import Actor
from procurement.amendments.actions import write_amendment
from procurement.models import Amendment, Contract
from tests.procurement.order_builders import END, Purchase, make_order


def make_contract(purchase: Purchase, **terms: Any) -> Contract:
    """1,200.00 € HT, until the end of 2027."""
    order = make_order(purchase, state="acknowledged", **terms)
    found: Contract = Contract.objects.select_related("order", "buyer").get(order=order)
    return found


def make_amendment(contract: Contract, *, actor: Actor, delta: str = "600.00", **values: Any) -> Amendment:
    terms = {"kind": "amendment", "reason": "Postes en plus", **values}
    return write_amendment(contract, actor=actor, delta_eur_ht=Decimal(delta), **terms)


LATER = END + dt.timedelta(days=365)
