"""What an order takes of a ceiling: its total, or its maximum when it is paid by usage."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from catalog.enums import Meter, PricePeriod
from marketplace.money import round_eur

if TYPE_CHECKING:
    from procurement.models import Order

# What is counted after the fact: the quantity ordered is an estimate.
USAGE_METERS = frozenset({Meter.VCPU_HOUR, Meter.STORAGE_GB, Meter.EGRESS_GB})


@dataclass(frozen=True, slots=True)
class Amounts:
    """`ttc` None: not known."""

    ht: Decimal
    ttc: Decimal | None


def committed_amounts(order: Order) -> Amounts:
    """The tax of a maximum is that of the order: all its lines have one rate."""
    if order.maximum_eur_ht is None:
        return Amounts(order.total_eur_ht, order.total_eur_ttc)
    return Amounts(order.maximum_eur_ht, taxed(order.maximum_eur_ht, order))


def taxed(amount_eur_ht: Decimal, order: Order) -> Decimal | None:
    """With the order's own VAT; None when it is unknown or made of several rates."""
    rates = {Decimal(line["rate"]) for line in order.vat_lines or ()}
    if order.total_eur_ttc is None or len(rates) != 1:
        return None
    return amount_eur_ht + round_eur(amount_eur_ht * rates.pop() / 100)


def is_by_usage(order: Order) -> bool:
    """At least one of its prices is counted by hour or by a meter; one query."""
    return any(
        line.period == PricePeriod.HOUR or line.price_line.meter in USAGE_METERS
        for line in order.lines.select_related("price_line")
    )


def maximum_refusal(order: Order) -> str:
    """Empty, or why the order cannot leave the draft for want of a maximum."""
    maximum = order.maximum_eur_ht
    if maximum is None:
        return (
            "Ce bon de commande est payé à l’usage : indiquez le montant maximum, en euros HT."
            if is_by_usage(order)
            else ""
        )
    if maximum < order.total_eur_ht:
        return "Le maximum est inférieur au total estimé. Indiquez un montant au moins égal au total HT."
    return ""
