"""What an order takes of a ceiling: its total, or its maximum when it is paid by usage."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Case, DecimalField, ExpressionWrapper, F, Q, When
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.db.models.functions import Cast, Round

from catalog.enums import Meter, PricePeriod
from marketplace.money import round_eur
from marketplace.tax_basis import Amounts

if TYPE_CHECKING:
    from procurement.models import Order

MONEY = DecimalField(max_digits=16, decimal_places=2)
# What is counted after the fact: the quantity ordered is an estimate.
USAGE_METERS = frozenset({Meter.VCPU_HOUR, Meter.STORAGE_GB, Meter.EGRESS_GB})


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


def taxed_in_sql(asked: str, *, order: str = "") -> Case:
    """As :func:`taxed`, of the annotation `asked`; `order`: the path to the order, « contract__order__ »."""
    rate = Cast(KeyTextTransform("rate", KeyTransform("0", f"{order}vat_lines")), MONEY)
    taxed_amount = F(asked) + Round(F(asked) * rate / 100, precision=2)
    one_rate = Q(**{f"{order}vat_lines__1__isnull": True})
    return Case(When(one_rate, then=ExpressionWrapper(taxed_amount, output_field=MONEY)), output_field=MONEY)


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
