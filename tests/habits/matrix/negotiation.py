"""Counter-proposals and private prices: pages and API."""

from __future__ import annotations

from typing import Any

from procurement.models import CounterProposal, Order, PrivatePrice
from tests.habits.matrix.api import BOTH_SIDES, MANAGER, MANAGERS, REQUESTER, moves, reading
from tests.habits.matrix.rows import SIGNED_IN, Row
from tests.habits.matrix.world import World
from tests.procurement.negotiation.builders import make_private_price, make_proposal, sent_order


def order_of(world: World) -> Order:
    """Sent below the threshold, nothing proposed on it."""
    kept = world.__dict__.setdefault("_negotiation", {})
    if "order" not in kept:
        kept["order"] = sent_order(world.purchase)
    found: Order = kept["order"]
    return found


def proposal_of(world: World) -> CounterProposal:
    """Proposed on an order of its own."""
    kept = world.__dict__.setdefault("_negotiation", {})
    if "proposal" not in kept:
        kept["proposal"] = make_proposal(world.purchase)
    found: CounterProposal = kept["proposal"]
    return found


def price_of(world: World) -> PrivatePrice:
    return PrivatePrice.objects.filter(buyer=world.ministry).first() or make_private_price(world.purchase)


def proposal(**more: Any) -> Any:
    return lambda world: {"number": proposal_of(world).number, **more}


def price(world: World) -> dict[str, Any]:
    return {"number": price_of(world).number}


def proposal_row(world: World) -> dict[str, Any]:
    return {"uuid": proposal_of(world).uuid}


def price_row(world: World) -> dict[str, Any]:
    return {"uuid": price_of(world).uuid}


ROWS: dict[str, Row] = {
    "GET procurement:counter_propose": Row(MANAGER, lambda world: {"number": order_of(world).number}),
    "GET procurement:counter_proposal": Row(BOTH_SIDES, proposal()),
    "GET procurement:counter_proposal_move": Row(REQUESTER, proposal(slug="accepter")),
    "GET procurement:private_prices": Row(SIGNED_IN),
    "GET procurement:private_price_give": Row(MANAGERS),
    "GET procurement:private_price": Row(BOTH_SIDES, price),
    "GET procurement:private_price_withdraw": Row(MANAGER, price),
    **reading("counter-proposal", BOTH_SIDES, proposal_row),
    "POST api:counter-proposal-list": Row(MANAGERS),
    **moves("counter-proposal", "accept refuse", REQUESTER, proposal_row),
    **moves("counter-proposal", "withdraw", MANAGER, proposal_row),
    **reading("private-price", BOTH_SIDES, price_row),
    "POST api:private-price-list": Row(MANAGERS),
    **moves("private-price", "withdraw", MANAGER, price_row),
}
