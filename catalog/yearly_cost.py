"""What a year costs at the least, by the prices held: one basis for every offer, said with the figure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from catalog.enums import PriceKind, PricePeriod
from catalog.models import Offer, Plan, PriceLine
from catalog.models.version import MONTHLY_FACTOR
from marketplace.ui.typography import NBSP, euros, number_text

MONTHS = 12
CENT = Decimal("0.01")
BASIS = (
    "Douze mois de la formule la moins chère, HT\u00a0: chaque ligne de prix récurrente est comptée pour une "
    "unité, ou pour le minimum facturé\u202f; le volume inclus ne coûte rien. Les frais payés une "
    "seule fois, ceux de sortie et l’assistance vendue à part n’y sont pas."
)


@dataclass(frozen=True, slots=True)
class YearlyCost:
    """`amount_eur_ht` None: no recurring price is known. `units`: what is counted, « 1 poste »."""

    amount_eur_ht: Decimal | None
    plan: str = ""
    units: tuple[str, ...] = ()
    has_one_off: bool = False

    @property
    def text(self) -> str:
        return "Prix inconnu" if self.amount_eur_ht is None else euros(self.amount_eur_ht, tax="HT")

    @property
    def detail(self) -> str:
        """« Formule Standard, pour 1 poste, frais uniques en plus »."""
        if self.amount_eur_ht is None:
            return "Aucun prix récurrent n’est publié."
        parts = [f"Formule {self.plan}"]
        if self.units:
            parts.append(f"pour {', '.join(self.units)}")
        return ", ".join([*parts, "frais uniques en plus"] if self.has_one_off else parts)


def yearly_cost(offer: Offer) -> YearlyCost:
    """Of the version online. No query once its plans and their lines are prefetched."""
    plans = list(offer.live_version.plans.all()) if offer.live_version else []
    known = [cost for plan in plans if (cost := _of_plan(plan)) is not None]
    return min(known, key=lambda cost: cost.amount_eur_ht or Decimal(0), default=YearlyCost(None))


def _of_plan(plan: Plan) -> YearlyCost | None:
    lines = list(plan.lines.all())
    recurring = [line for line in lines if line.is_due]
    if not recurring:
        return None
    today = timezone.localdate()
    total = sum((_monthly(line, on=today) for line in recurring), Decimal(0))
    return YearlyCost(
        (total * MONTHS).quantize(CENT, rounding=ROUND_HALF_UP),
        plan.name,
        _units(recurring),
        has_one_off=any(line.kind == PriceKind.ONE_OFF for line in lines),
    )


def _monthly(line: PriceLine, *, on: dt.date) -> Decimal:
    """Not rounded: the hour of a small unit costs less than a cent."""
    bands = line.component.bands(Decimal(1), on=on)
    charged = sum((band.quantity * band.unit_price_eur_ht for band in bands), Decimal(0))
    return charged * MONTHLY_FACTOR[PricePeriod(line.period)]


def _units(lines: Sequence[PriceLine]) -> tuple[str, ...]:
    counted = (line for line in lines if line.kind == PriceKind.UNIT)
    told = (f"{number_text(max(Decimal(1), line.minimum_quantity))}{NBSP}{line.unit}" for line in counted)
    return tuple(dict.fromkeys(told))


def conclusion(costs: Sequence[tuple[str, YearlyCost]]) -> str:
    """(name, cost) of each offer: the dearest, the cheapest, who has no known price, whether units differ."""
    known = [(name, cost) for name, cost in costs if cost.amount_eur_ht is not None]
    if not known:
        return "Aucun prix récurrent n’est connu\u00a0: ces offres ne se comparent pas par le coût."
    said = []
    if len(known) > 1:
        low = min(known, key=lambda one: one[1].amount_eur_ht or 0)
        high = max(known, key=lambda one: one[1].amount_eur_ht or 0)
        said.append(f"De {low[1].text} par an ({low[0]}) à {high[1].text} par an ({high[0]}).")
    else:
        said.append(f"{known[0][0]}\u00a0: {known[0][1].text} par an.")
    if unknown := [name for name, cost in costs if cost.amount_eur_ht is None]:
        said.append(f"Prix inconnu\u00a0: {', '.join(unknown)}.")
    if len({frozenset(cost.units) for _, cost in known}) > 1:
        said.append(
            "Les unités diffèrent\u00a0: ces montants ne disent pas laquelle est la moins chère pour vous."
        )
    return " ".join(said)
