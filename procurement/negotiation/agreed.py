"""The prices that both parties agreed for an order, and whether they still hold."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from marketplace.ui.typography import date_text
from procurement.models import CounterProposal, Order, PrivatePrice
from procurement.negotiation.enums import PrivatePriceState
from procurement.pricing import AgreedPrice

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def agreed_prices(order: Order, *, on: dt.date) -> dict[str, AgreedPrice]:
    """By code of price line: those of the counter-proposal it takes up, then the private prices of that day.

    Empty under a vehicle: competition came before. At most two queries.
    """
    if order.vehicle_id is not None:
        return {}
    private = PrivatePrice.objects.usable(on).filter(
        offer_id=order.offer_id, buyer_id=order.buyer_id, plan_code=order.plan.code
    )
    found = {row.component_code: AgreedPrice(row.unit_price_eur_ht, row) for row in private}
    proposal = order.counter_proposal
    if proposal is not None:
        for line in proposal.lines.select_related("price_line"):
            if line.price_line.plan_id == order.plan_id:
                found[line.price_line.code] = AgreedPrice(line.unit_price_eur_ht)
    return found


def ordered_prices(order: Order) -> dict[str, Decimal]:
    """By code of price line, what this order holds apart from the offer's own prices: what it was made with,
    whatever a private price became since. At most two queries."""
    private = order.lines.filter(private_price__isnull=False)
    found = dict(private.values_list("price_line__code", "unit_price_eur_ht"))
    if order.counter_proposal is not None:
        agreed = order.counter_proposal.lines.filter(price_line__plan_id=order.plan_id)
        found |= dict(agreed.values_list("price_line__code", "unit_price_eur_ht"))
    return found


def private_price_refusal(order: Order, *, on: dt.date) -> str:
    """Empty, or which private price of its lines no longer holds that day; one query."""
    for line in order.lines.filter(private_price__isnull=False).select_related("private_price"):
        price = line.private_price
        assert price is not None  # filtered
        if price.usable_on(on):
            continue
        why = (
            "a été retiré par le fournisseur"
            if price.state == PrivatePriceState.WITHDRAWN
            else f"valait jusqu’au {date_text(price.expires_on)}"
        )
        return (
            f"Le prix privé {price.number} ({price.label}) {why}. Reprenez en brouillon et enregistrez les "
            "quantités : le prix de l’offre s’appliquera."
        )
    return ""


def lapse(order: Order, *, actor: Actor) -> None:
    """The order was answered or cancelled: what was proposed on it waits no more. Under the order's lock."""
    waiting: CounterProposal | None = order.counter_proposals.proposed().first()
    if waiting is not None:
        waiting.perform("lapse", actor=actor)
