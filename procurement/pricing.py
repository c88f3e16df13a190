"""From frozen price lines to the lines of an order: periods counted, amounts copied and rounded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from catalog.enums import PriceKind, Prorata
from catalog.prices.components import Band
from catalog.prices.proration import ONE, Periods, periods_between
from marketplace.errors import RuleBroken
from marketplace.money import TaxedAmount, Totals, VatFacts, totals, vat_for
from marketplace.ui.typography import euros, number_text
from marketplace.vat import vat_rules

if TYPE_CHECKING:
    from catalog.models import Plan, PriceLine
    from procurement.models import Order, OrderLine, PrivatePrice

LARGEST_QUANTITY = Decimal("99999999999.999")
QUANTITY_STEP = Decimal("0.001")
LONGEST_LABEL = 200
MILLIONTH = Decimal("0.000001")


def billed_periods(
    period: str, *, starts_on: dt.date | None, ends_on: dt.date | None, prorata: str = Prorata.NONE
) -> Periods:
    """Months or years from the first to the last day, both included; the last one as `prorata` says.

    One for prices without a recurring period, and while the dates are not known. A price by the
    hour counts once: its quantity is a number of hours.
    """
    if starts_on is None or ends_on is None:
        return ONE
    return periods_between(period, prorata=prorata, since=starts_on, starts_on=starts_on, ends_on=ends_on)


@dataclass(frozen=True, slots=True)
class AgreedPrice:
    """What both parties agreed for all of a quantity, whatever the tiers. `private`: the row it comes from;
    None: agreed for one order, by a counter-proposal."""

    unit_price_eur_ht: Decimal
    private: PrivatePrice | None = None

    @property
    def words(self) -> str:
        return "prix convenu" if self.private is None else f"prix privé {self.private.number}"


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line before it is stored. `band`: rank among the parts of one quantity charged at several prices."""

    price_line: PriceLine
    band: int
    label: str
    unit_price_eur_ht: Decimal
    quantity: Decimal
    periods: Periods
    total_eur_ht: Decimal
    private: PrivatePrice | None = None
    # Before the discount; None without any.
    list_price_eur_ht: Decimal | None = None


def orderable_lines(plan: Plan) -> list[PriceLine]:
    """What is paid at the exit is not ordered in advance."""
    return [line for line in plan.lines.all() if line.kind != PriceKind.EXIT]


def priced_lines(
    plan: Plan,
    *,
    quantities: Mapping[str, Decimal],
    starts_on: dt.date | None,
    ends_on: dt.date | None,
    agreed: Mapping[str, AgreedPrice] | None = None,
    discount: Decimal | None = None,
) -> list[PricedLine]:
    """A line per price whose quantity is not zero and per tier it reaches, in the plan's order; one query.

    Prices are those of the first day, today while it is not known; those `agreed`, by code, come first.
    `discount`: a percentage off the others.

    Raises RuleBroken, with the price line's code as field, on an unknown code, a negative or too
    precise quantity, an amount too large, or when nothing is ordered.
    """
    by_code = {line.code: line for line in orderable_lines(plan)}
    _refuse_unknown(plan, set(quantities) - set(by_code))
    lines = [
        priced
        for code, line in by_code.items()
        if quantities.get(code)
        for priced in _priced(
            line,
            quantity=quantities[code],
            starts_on=starts_on,
            ends_on=ends_on,
            agreed=(agreed or {}).get(code),
            discount=discount,
        )
    ]
    if not lines:
        raise RuleBroken(
            "order_empty",
            "Aucune quantité. Indiquez au moins une quantité supérieure à 0.",
            field="quantities",
        )
    return lines


def _refuse_unknown(plan: Plan, codes: set[str]) -> None:
    if codes:
        first = min(codes)
        raise RuleBroken(
            "price_line_unknown",
            f"La ligne de prix «\u00a0{first[:40]}\u00a0» n’existe pas "
            f"dans la formule «\u00a0{plan.name}\u00a0».",
            field=first,
        )


def _priced(
    line: PriceLine,
    *,
    quantity: Decimal,
    starts_on: dt.date | None,
    ends_on: dt.date | None,
    agreed: AgreedPrice | None,
    discount: Decimal | None,
) -> list[PricedLine]:
    _check_quantity(line, quantity)
    periods = ONE
    if line.kind != PriceKind.ONE_OFF:
        periods = billed_periods(line.period, starts_on=starts_on, ends_on=ends_on, prorata=line.prorata)
    price, on = None if agreed is None else agreed.unit_price_eur_ht, starts_on or timezone.localdate()
    listed = bands_of(line, quantity, on=on, agreed_eur_ht=price)
    bands = listed if agreed is not None else reduced(listed, discount)
    try:
        return [
            PricedLine(
                price_line=line,
                band=rank,
                label=_label(line, band, several=len(bands) > 1, agreed=agreed, discount=discount),
                unit_price_eur_ht=band.unit_price_eur_ht,
                quantity=band.quantity,
                periods=periods,
                total_eur_ht=band.total_eur_ht(periods.count),
                private=agreed.private if agreed is not None else None,
                list_price_eur_ht=_before(whole, band),
            )
            for rank, (whole, band) in enumerate(zip(listed, bands, strict=True))
        ]
    except ValueError as error:
        message = (
            f"Le montant de la ligne «\u00a0{line.label}\u00a0» dépasse ce qu’un bon de commande peut porter."
        )
        raise RuleBroken("amount_too_large", message, field=line.code) from error


def bands_of(
    line: PriceLine,
    quantity: Decimal,
    *,
    on: dt.date,
    agreed_eur_ht: Decimal | None = None,
    discount: Decimal | None = None,
) -> tuple[Band, ...]:
    """How a quantity is charged: all at the price agreed, or by the offer's own prices of that day less the
    discount."""
    if agreed_eur_ht is not None:
        return (Band(quantity, agreed_eur_ht),)
    return reduced(line.component.bands(quantity, on=on), discount)


def reduced(bands: tuple[Band, ...], discount: Decimal | None) -> tuple[Band, ...]:
    """The same parts of a quantity, each at its price less the discount."""
    if discount is None:
        return bands
    return tuple(
        Band(band.quantity, percent_off(band.unit_price_eur_ht, discount), band.included) for band in bands
    )


def _before(whole: Band, band: Band) -> Decimal | None:
    """The price before the discount; None when nothing is taken off, were it for want of a millionth."""
    if band.included or whole.unit_price_eur_ht == band.unit_price_eur_ht:
        return None
    return whole.unit_price_eur_ht


def percent_off(price: Decimal, percent: Decimal) -> Decimal:
    """A unit price once reduced, to the millionth of a euro, halves up."""
    return (price * (100 - percent) / 100).quantize(MILLIONTH, rounding=ROUND_HALF_UP)


def _label(
    line: PriceLine, band: Band, *, several: bool, agreed: AgreedPrice | None, discount: Decimal | None
) -> str:
    """With the discount, unless its words would not fit the column: the order says it too."""
    label = _band_label(line, band, several=several, agreed=agreed)
    if discount is None or agreed is not None or band.included:
        return label
    said = f"{label} (remise de {number_text(discount)} %)"
    return said if len(said) <= LONGEST_LABEL else label


def _band_label(line: PriceLine, band: Band, *, several: bool, agreed: AgreedPrice | None) -> str:
    if agreed is not None:
        return f"{line.label} ({agreed.words})"
    if band.included:
        return f"{line.label} (volume compris)"
    if several and line.tiers:
        return f"{line.label} (tranche à {euros(band.unit_price_eur_ht, tax='HT', unit_price=True)})"
    return line.label


def _check_quantity(line: PriceLine, quantity: Decimal) -> None:
    if not quantity.is_finite() or quantity < 0:
        message = f"La quantité de «\u00a0{line.label}\u00a0» est négative. Indiquez un nombre supérieur à 0."
        raise RuleBroken("quantity_negative", message, field=line.code)
    if quantity > LARGEST_QUANTITY or quantity != quantity.quantize(QUANTITY_STEP):
        message = f"La quantité de «\u00a0{line.label}\u00a0» compte au plus 11 chiffres et 3 décimales."
        raise RuleBroken("quantity_out_of_range", message, field=line.code)


def order_totals(order: Order, lines: list[OrderLine], *, on: dt.date) -> Totals:
    """Totals of those lines under the VAT rules of a day. Raises RuleBroken when too large."""
    rule = vat_for(vat_facts(order), rules=vat_rules(), on=on)
    try:
        return totals(TaxedAmount(amount_eur_ht=line.total_eur_ht, rule=rule) for line in lines)
    except ValueError as error:
        raise RuleBroken(
            "amount_too_large",
            "Le total dépasse ce qu’un bon de commande peut porter. Réduisez les quantités.",
        ) from error


def vat_facts(order: Order) -> VatFacts:
    return VatFacts(
        supplier_country=order.supplier.country or None,
        supplier_regime=order.supplier_vat_regime or None,
        customer_place=order.buyer.vat_territory or None,
        customer_identified=order.buyer_vat_identified,
    )
