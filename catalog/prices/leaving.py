"""What leaving costs: data taken out, assistance, and the notice paid while the next service runs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from catalog.enums import Meter, PriceKind
from catalog.prices.components import Component
from catalog.prices.usage import SWITCHING_FREE_FROM, ExitTerms, Usage
from marketplace.money import round_eur

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LeavingLine:
    """`waived`: charged before the day the law forbids it, nothing after."""

    label: str
    total_eur_ht: Decimal
    waived: bool = False


@dataclass(frozen=True, slots=True)
class Leaving:
    on: dt.date
    lines: tuple[LeavingLine, ...]
    missing: tuple[str, ...]

    @property
    def total_eur_ht(self) -> Decimal:
        return sum((line.total_eur_ht for line in self.lines), ZERO)

    @property
    def is_free_by_law(self) -> bool:
        return self.on >= SWITCHING_FREE_FROM


def leaving(
    components: Sequence[Component],
    *,
    usage: Usage,
    terms: ExitTerms,
    ends_on: dt.date,
    last_month_eur_ht: Decimal,
) -> Leaving:
    """`ends_on`: the first day without the service. Egress and assistance cost nothing from
    SWITCHING_FREE_FROM, whatever the price list says; the notice is no switching charge and stays due."""
    exits = [each for each in components if each.kind == PriceKind.EXIT]
    free = ends_on >= SWITCHING_FREE_FROM
    lines: list[LeavingLine] = []
    missing: list[str] = []
    for label, words, amount in _charges(exits, usage=usage, terms=terms, on=ends_on):
        if free:
            lines.append(LeavingLine(label, ZERO, waived=True))
        elif amount is None:
            missing.append(words)
        else:
            lines.append(LeavingLine(label, amount))
    if terms.notice_months is None:
        missing.append("la durée du préavis")
    else:
        lines.append(LeavingLine("Préavis", round_eur(last_month_eur_ht * terms.notice_months)))
    return Leaving(ends_on, tuple(lines), tuple(missing))


Charge = tuple[str, str, Decimal | None]


def _charges(exits: list[Component], *, usage: Usage, terms: ExitTerms, on: dt.date) -> list[Charge]:
    """(label, words when unknown, HT or None). A line of the price list wins over the answer."""
    found: list[Charge] = []
    needs = (
        (Meter.EGRESS_GB, "Sortie des données", usage.storage_gb, terms.egress_eur_ht_per_gb),
        (
            Meter.ASSISTANCE_DAY,
            "Assistance au départ",
            usage.assistance_days,
            terms.assistance_eur_ht_per_day,
        ),
    )
    for meter, label, quantity, answered in needs:
        listed = [each for each in exits if each.meter == meter]
        if not quantity:
            continue
        amount = None
        if listed:
            amount = sum((each.charge(quantity, on=on) for each in listed), ZERO)
        elif answered is not None:
            amount = round_eur(quantity * answered)
        found.append((label, f"le prix de la ligne « {label.lower()} »", amount))
    flat = [each for each in exits if each.meter not in (Meter.EGRESS_GB, Meter.ASSISTANCE_DAY)]
    found += [(each.label, "", each.charge(Decimal(1), on=on)) for each in flat]
    return found
