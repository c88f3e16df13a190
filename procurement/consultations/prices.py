"""The price schedule of one response, read against what was asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from marketplace.money import line_total


class AskedItem(Protocol):
    uuid: object
    label: str
    unit: str
    quantity: Decimal
    is_usage: bool


@dataclass(frozen=True)
class PriceLine:
    """`unit_price_eur_ht` None: no answer, never zero."""

    item: str
    label: str
    unit: str
    quantity: Decimal
    is_usage: bool
    unit_price_eur_ht: Decimal | None
    total_eur_ht: Decimal | None


@dataclass(frozen=True)
class PricedResponse:
    lines: tuple[PriceLine, ...]

    @property
    def missing(self) -> int:
        return sum(line.unit_price_eur_ht is None for line in self.lines)

    @property
    def total_eur_ht(self) -> Decimal | None:
        """None while a line has no answer: a partial sum compares with nothing."""
        if self.missing:
            return None
        return sum((line.total_eur_ht or Decimal(0) for line in self.lines), Decimal("0.00"))


def priced(items: Iterable[AskedItem], prices: Mapping[str, object]) -> PricedResponse:
    """`prices`: unit prices by the UUID of the item, as text or decimals."""
    return PricedResponse(tuple(_line(item, prices.get(str(item.uuid))) for item in items))


def _line(item: AskedItem, said: object) -> PriceLine:
    unit_price = None if said is None else Decimal(str(said))
    return PriceLine(
        item=str(item.uuid),
        label=item.label,
        unit=item.unit,
        quantity=item.quantity,
        is_usage=item.is_usage,
        unit_price_eur_ht=unit_price,
        total_eur_ht=None if unit_price is None else line_total(item.quantity, unit_price_eur_ht=unit_price),
    )
