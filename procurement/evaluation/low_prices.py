"""Prices far under the others: a warning with its arithmetic, never a decision. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from marketplace.money import round_eur
from marketplace.ui.typography import euros
from procurement.evaluation.rules import Rule, low_price_share
from procurement.evaluation.scoring import ResponseFacts


@dataclass(frozen=True)
class LowPrice:
    """`percent`: under the average of the others, a whole number, half-up."""

    response: str
    percent: int
    arithmetic: str
    source: str

    @property
    def text(self) -> str:
        return (
            f"Prix inférieur de {self.percent} % à la moyenne des autres. "
            "Demandez une explication avant d’écarter."
        )


def low_prices(responses: Sequence[ResponseFacts], *, rule: Rule | None) -> dict[str, LowPrice]:
    """By response, of the complete ones that are judged. One total alone compares with nothing."""
    known = {
        one.key: one.total_eur_ht for one in responses if one.total_eur_ht is not None and not one.set_aside
    }
    if rule is None or len(known) < 2:
        return {}
    found = {}
    for key, price in known.items():
        others = [total for other, total in known.items() if other != key]
        average = sum(others, Decimal(0)) / len(others)
        if average and (average - price) / average >= low_price_share(rule):
            found[key] = _told(key, price, round_eur(average), rule, gap=(average - price) / average)
    return found


def _told(key: str, price: Decimal, average: Decimal, rule: Rule, *, gap: Decimal) -> LowPrice:
    percent = int((gap * 100).quantize(Decimal(1), ROUND_HALF_UP))
    least = int(low_price_share(rule) * 100)
    mean = euros(average, tax="HT")
    arithmetic = f"({mean} − {euros(price, tax='HT')}) ÷ {mean} = {percent} %, pour une alerte dès {least} %"
    return LowPrice(key, percent, arithmetic, rule.source)
