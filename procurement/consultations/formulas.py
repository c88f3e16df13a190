"""The price formulas that a consultation may publish: one name, one text, one computation. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from marketplace.money import round_eur
from marketplace.ui.typography import euros, number_text
from procurement.consultations.enums import PriceFormula

# Every criterion is marked from 0 to this; its weight brings the mark to points of 100.
FULL_MARK = Decimal(20)


@dataclass(frozen=True)
class Formula:
    """`text` is what suppliers read before they answer; `share` is the part of the full mark, from 0 to 1."""

    code: str
    label: str
    text: str
    share: Callable[[Decimal, Decimal], Decimal]
    written: str

    def mark(self, price: Decimal, *, lowest: Decimal) -> Decimal:
        """Of 20, two decimals, half-up. `lowest`: of the complete responses that are judged, this one too."""
        if price == lowest:
            return FULL_MARK
        return round_eur(FULL_MARK * max(Decimal(0), self.share(price, lowest)))

    def arithmetic(self, price: Decimal, *, lowest: Decimal) -> str:
        """The computation with its figures, to be shown beside the mark."""
        told = self.written.format(price=euros(price), lowest=euros(lowest))
        return f"{told} = {number_text(self.mark(price, lowest=lowest))}"


def _ratio(price: Decimal, lowest: Decimal) -> Decimal:
    return lowest / price


def _distance(price: Decimal, lowest: Decimal) -> Decimal:
    return 1 - (price - lowest) / lowest if lowest else Decimal(0)


FORMULAS = {
    one.code: one
    for one in (
        Formula(
            PriceFormula.LOWEST_RATIO,
            PriceFormula.LOWEST_RATIO.label,
            "Note du prix = 20 × (total HT le plus bas ÷ total HT de la réponse). Le moins cher a 20.",
            _ratio,
            "20 × ({lowest} ÷ {price})",
        ),
        Formula(
            PriceFormula.DISTANCE,
            PriceFormula.DISTANCE.label,
            "Note du prix = 20 × (1 − (total HT de la réponse − total HT le plus bas) ÷ le plus bas), "
            "jamais moins de 0. Le moins cher a 20 ; qui vaut le double a 0.",
            _distance,
            "20 × (1 − ({price} − {lowest}) ÷ {lowest}), au moins 0",
        ),
    )
}
