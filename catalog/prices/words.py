"""A price's conditions as a reader is told them."""

from __future__ import annotations

from decimal import Decimal

from catalog.enums import TierMode
from catalog.prices.components import Component
from marketplace.ui.typography import date_text, euros, number_text


def conditions(price: Component) -> list[str]:
    """« 50 Go compris », « au-delà de 100 : 8,50 € HT »… Empty for a plain price."""
    said = []
    if price.included_quantity:
        said.append(f"{_amount(price.included_quantity, price)} sans supplément")
    if price.minimum_quantity:
        said.append(f"{_amount(price.minimum_quantity, price)} facturés au moins")
    said += [
        f"au-delà de {number_text(tier.above)} : {euros(tier.amount_eur_ht, tax='HT', unit_price=True)}"
        for tier in price.tiers
    ]
    if price.tiers and price.tier_mode == TierMode.VOLUME:
        said.append("le palier atteint vaut pour toute la quantité")
    if price.next_amount_eur_ht is not None and price.next_from is not None:
        new = euros(price.next_amount_eur_ht, tax="HT", unit_price=True)
        said.append(f"{new} à partir du {date_text(price.next_from)}")
    return said


def _amount(quantity: Decimal, price: Component) -> str:
    return f"{number_text(quantity)} {price.unit}".strip()
