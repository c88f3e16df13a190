"""What the card of an offer says of the usage by which the list is ordered. No query."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from catalog.costing import vat_rule
from catalog.prices.packed import unpacked
from catalog.prices.usage import Usage
from catalog.prices.usage_price import UsagePrice, usage_price
from catalog.search.cards import KeptCard
from marketplace.money import TaxedAmount, Totals, VatRule, totals


@dataclass(frozen=True, slots=True)
class CardPrice:
    """`totals` None: the price of the usage is unknown. Its TTC is None when the tax is."""

    price: UsagePrice
    totals: Totals | None
    vat_rule: VatRule | None


def card_price(data: KeptCard, *, usage: Usage, place: str, on: dt.date) -> CardPrice:
    """`place`: the buyer's, a territory of the VAT rules."""
    prices = data.prices
    found = usage_price(unpacked(prices), usage=usage)
    if found.total_eur_ht is None:
        return CardPrice(found, None, None)
    rule = vat_rule(data["supplier"]["country"], regime=prices.get("vat_regime"), place=place, on=on)
    try:
        taxed = totals([TaxedAmount(found.total_eur_ht, rule)])
    except ValueError:  # with its tax alone more than an order could hold
        taxed = totals([TaxedAmount(found.total_eur_ht, None)])
    return CardPrice(found, taxed, rule)


def public_usage_price(shown: CardPrice) -> dict[str, Any]:
    """What the API's list says of it."""
    price, known = shown.price, shown.totals
    return {
        "total_eur_ht": f"{price.total_eur_ht:.2f}" if price.total_eur_ht is not None else None,
        "total_eur_ttc": f"{known.total_eur_ttc:.2f}" if known and known.total_eur_ttc is not None else None,
        "plan": price.plan or None,
        "months": price.months or None,
        "missing": list(price.missing),
    }
