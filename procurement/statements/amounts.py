"""From quantities by component to amounts, at the prices of the formula that the order froze."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from catalog.enums import PriceKind
from catalog.prices.proration import ONE, Periods, periods_between
from marketplace.errors import RuleBroken
from marketplace.ui.typography import NBSP
from procurement.negotiation.agreed import ordered_prices
from procurement.pricing import LARGEST_QUANTITY, bands_of, orderable_lines

if TYPE_CHECKING:
    from catalog.models import PriceLine
    from procurement.models import Contract

QUANTITY_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Used:
    """What was used of a component: the sum of `rows` rows."""

    quantity: Decimal
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Charged:
    price_line: PriceLine
    used: Used
    periods: Periods
    total_eur_ht: Decimal


def components_of(contract: Contract) -> dict[str, PriceLine]:
    """What may be stated, by code in lower case: the prices of the ordered formula but those of the
    exit; one query."""
    return {line.code.lower(): line for line in orderable_lines(contract.order.plan)}


def charged(
    contract: Contract, used: Mapping[str, Used], *, starts_on: dt.date, ends_on: dt.date
) -> list[Charged]:
    """A line per component whose quantity is not zero, in the formula's order; one query.

    The periods of a price are counted from the contract's first day: whatever the statements that share out
    a contract, they add up to what its order counted (`procurement.pricing.billed_periods`).

    Prices are those that the order agreed, else those of its first day less its discount. Two more queries at
    most. Raises RuleBroken, the component's code as field.
    """
    components = components_of(contract)
    unknown = sorted(set(used) - set(components))
    if unknown:
        raise RuleBroken("component_unknown", unknown_component(unknown[0], components), field="rows")
    agreed = ordered_prices(contract.order)
    return [
        _charged(
            line, used[code], agreed.get(line.code), contract=contract, starts_on=starts_on, ends_on=ends_on
        )
        for code, line in components.items()
        if code in used and used[code].quantity
    ]


def unknown_component(code: str, components: Mapping[str, object]) -> str:
    return (
        f"«{NBSP}{code[:40]}{NBSP}» n’est pas un composant de la formule commandée. "
        f"Écrivez l’un de ceux-ci{NBSP}: {', '.join(components)}."
    )


def _charged(
    line: PriceLine,
    used: Used,
    agreed: Decimal | None,
    *,
    contract: Contract,
    starts_on: dt.date,
    ends_on: dt.date,
) -> Charged:
    check_quantity(line, used.quantity)
    periods = ONE
    if line.kind != PriceKind.ONE_OFF:
        periods = periods_between(
            line.period, prorata=line.prorata, since=contract.starts_on, starts_on=starts_on, ends_on=ends_on
        )
    bands = bands_of(
        line,
        used.quantity,
        on=contract.starts_on,
        agreed_eur_ht=agreed,
        discount=contract.order.discount_percent,
    )
    try:
        total = sum((band.total_eur_ht(periods.count) for band in bands), Decimal(0))
    except ValueError as error:
        message = f"Le montant de «{NBSP}{line.label}{NBSP}» dépasse ce qu’un relevé peut porter."
        raise RuleBroken("amount_too_large", message, field=line.code) from error
    return Charged(line, used, periods, total)


def check_quantity(line: PriceLine, quantity: Decimal) -> None:
    if not quantity.is_finite() or quantity < 0 or quantity > LARGEST_QUANTITY:
        message = (
            f"La quantité de «{NBSP}{line.label}{NBSP}» va de 0 à 99 999 999 999,999. "
            "Écrivez un nombre comme 12 ou 12,5."
        )
        raise RuleBroken("quantity_out_of_range", message, field=line.code)
    if quantity != quantity.quantize(QUANTITY_STEP):
        message = f"La quantité de «{NBSP}{line.label}{NBSP}» compte 6 décimales au plus. Arrondissez-la."
        raise RuleBroken("quantity_out_of_range", message, field=line.code)
