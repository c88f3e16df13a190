"""A price's conditions as a reader is told them."""

from __future__ import annotations

from decimal import Decimal

from catalog.enums import PricePeriod, Prorata, TierMode
from catalog.prices.components import Component
from catalog.prices.proration import Part, Periods
from marketplace.ui.typography import NBSP, date_text, euros, number_text, plural


def conditions(price: Component) -> list[str]:
    """« 50 Go compris », « au-delà de 100 : 8,50 € HT »… Empty for a plain price."""
    said = []
    if price.usage_step:
        said.append(f"usage arrondi au multiple supérieur de {_amount(price.usage_step, price)}")
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
    if price.prorata != Prorata.NONE:
        said.append(PRORATA_WORDS[price.prorata])
    return said


PRORATA_WORDS = {
    Prorata.MONTH: "année entamée comptée au prorata des mois commencés",
    Prorata.DAY: "période entamée comptée au prorata des jours",
}


def periods_words(periods: Periods, *, period: str, prorata: str) -> str:
    """« 3 mois et 12 jours sur 31 », « 5 mois sur 12 »; « Sans durée » when the price does not recur."""
    one, many = ("an", "ans") if period == PricePeriod.YEAR else ("mois", "mois")
    if period not in (PricePeriod.MONTH, PricePeriod.YEAR):
        return "Sans durée"
    said = [plural(periods.whole, one=one, many=many)] if periods.whole or not periods.parts else []
    said += [_part_words(part, prorata=prorata) for part in periods.parts]
    return " et ".join(said)


def _part_words(part: Part, *, prorata: str) -> str:
    used = f"{part.used}{NBSP}mois"
    if prorata == Prorata.DAY:
        used = plural(part.used, one="jour", many="jours")
    return f"{used} sur {part.of}"


def _amount(quantity: Decimal, price: Component) -> str:
    return f"{number_text(quantity)} {price.unit}".strip()
