"""From quantities by component to amounts, at the prices of the formula that the order froze."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from catalog.enums import PriceKind
from marketplace.calendar_months import add_months
from marketplace.errors import RuleBroken
from marketplace.money import line_total
from marketplace.ui.typography import NBSP
from procurement.pricing import LARGEST_QUANTITY, MONTHS, orderable_lines

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
    periods: int
    total_eur_ht: Decimal


def periods_begun(period: str, *, since: dt.date, starts_on: dt.date, ends_on: dt.date) -> int:
    """How many months or years counted from `since` begin within those days, both included.

    Whatever the statements that share out a contract, they add up to what its order counted
    (`procurement.pricing.billed_periods`). One for a price without a recurring period.
    """
    step = MONTHS.get(period)  # type: ignore[call-overload]  # a member of the enumeration is its text
    if step is None:
        return 1
    return _begun(step, since=since, until=ends_on) - _begun(
        step, since=since, until=starts_on - dt.timedelta(days=1)
    )


def _begun(step: int, *, since: dt.date, until: dt.date) -> int:
    if until < since:
        return 0
    months = (until.year - since.year) * 12 + until.month - since.month
    if add_months(since, months) > until:
        months -= 1
    return months // step + 1


def components_of(contract: Contract) -> dict[str, PriceLine]:
    """What may be stated, by code in lower case: the prices of the ordered formula but those of the
    exit; one query."""
    return {line.code.lower(): line for line in orderable_lines(contract.order.plan)}


def charged(
    contract: Contract, used: Mapping[str, Used], *, starts_on: dt.date, ends_on: dt.date
) -> list[Charged]:
    """A line per component whose quantity is not zero, in the formula's order; one query.

    Prices are those of the order's first day. Raises RuleBroken, the component's code as field.
    """
    components = components_of(contract)
    unknown = sorted(set(used) - set(components))
    if unknown:
        raise RuleBroken("component_unknown", unknown_component(unknown[0], components), field="rows")
    return [
        _charged(line, used[code], contract=contract, starts_on=starts_on, ends_on=ends_on)
        for code, line in components.items()
        if code in used and used[code].quantity
    ]


def unknown_component(code: str, components: Mapping[str, object]) -> str:
    return (
        f"«{NBSP}{code[:40]}{NBSP}» n’est pas un composant de la formule commandée. "
        f"Écrivez l’un de ceux-ci{NBSP}: {', '.join(components)}."
    )


def _charged(
    line: PriceLine, used: Used, *, contract: Contract, starts_on: dt.date, ends_on: dt.date
) -> Charged:
    check_quantity(line, used.quantity)
    periods = 1
    if line.kind != PriceKind.ONE_OFF:
        periods = periods_begun(line.period, since=contract.starts_on, starts_on=starts_on, ends_on=ends_on)
    try:
        total = sum(
            (
                line_total(band.quantity, unit_price_eur_ht=band.unit_price_eur_ht, periods=periods)
                for band in line.component.bands(used.quantity, on=contract.starts_on)
            ),
            Decimal(0),
        )
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
