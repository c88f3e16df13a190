"""Euro amounts: exact decimals, rounded half-up line by line, VAT once per category and rate.

Pure: the dated VAT rules are handed in by the caller, unknown facts give no tax at all.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
# What a numeric(14, 2) column holds.
LARGEST_TOTAL = Decimal("999999999999.99")


def round_eur(amount: Decimal) -> Decimal:
    """To the cent, halves away from zero (the way a French invoice is rounded)."""
    return amount.quantize(CENT, rounding=ROUND_HALF_UP)


def line_total(quantity: Decimal, *, unit_price_eur_ht: Decimal, periods: int | Fraction = 1) -> Decimal:
    """Quantity × unit price × number of periods (prorated ones are fractions), exact then rounded once.

    Raises ValueError on a negative quantity, price or number of periods, and when the amount
    is greater than LARGEST_TOTAL.
    """
    if quantity < 0 or unit_price_eur_ht < 0 or periods < 0:
        raise ValueError("quantity, price and periods are never negative")
    total = _exact_total(quantity, unit_price_eur_ht, periods)
    if total > LARGEST_TOTAL:
        raise ValueError("amount too large")
    return total


def _exact_total(quantity: Decimal, price: Decimal, periods: int | Fraction) -> Decimal:
    """A quotient of decimals may have no end: halves are judged on whole numbers."""
    if periods.denominator == 1:
        return round_eur(quantity * price * periods.numerator)
    cents = Fraction(quantity) * Fraction(price) * periods * 100
    return Decimal(math.floor(cents + Fraction(1, 2))).scaleb(-2)


@dataclass(frozen=True, slots=True)
class VatFacts:
    """What must be known to tax a service between professionals; None is unknown."""

    supplier_country: str | None
    supplier_regime: str | None
    customer_place: str | None
    customer_identified: bool | None


@dataclass(frozen=True, slots=True)
class VatRule:
    """One dated rule. An empty set puts no condition on that fact; `supplier_countries` are the
    domestic ones, which `foreign_supplier` turns into the excluded ones."""

    code: str
    category: str
    rate: Decimal
    mention: str
    source: str
    confidence: str
    valid_from: date
    valid_until: date | None
    supplier_countries: frozenset[str]
    supplier_regimes: frozenset[str]
    customer_places: frozenset[str]
    needs_identified_customer: bool
    foreign_supplier: bool

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)

    def applies(self, facts: VatFacts) -> bool:
        if facts.supplier_country is None or facts.customer_place is None:
            return False
        domestic = facts.supplier_country in self.supplier_countries
        if domestic == self.foreign_supplier:
            return False
        if self.supplier_regimes and facts.supplier_regime not in self.supplier_regimes:
            return False
        if self.customer_places and facts.customer_place not in self.customer_places:
            return False
        return facts.customer_identified is True or not self.needs_identified_customer


def vat_for(facts: VatFacts, *, rules: Sequence[VatRule], on: date) -> VatRule | None:
    """The only rule that fits on that day; None when a needed fact is unknown or rules disagree."""
    fitting = [rule for rule in rules if rule.in_force(on) and rule.applies(facts)]
    return fitting[0] if len(fitting) == 1 else None


@dataclass(frozen=True, slots=True)
class TaxedAmount:
    """A rounded amount without tax and the rule that taxes it; None when it is unknown."""

    amount_eur_ht: Decimal
    rule: VatRule | None


@dataclass(frozen=True, slots=True)
class VatLine:
    category: str
    rate: Decimal
    base_eur_ht: Decimal
    amount_eur: Decimal
    mention: str


@dataclass(frozen=True, slots=True)
class Totals:
    """`total_eur_ttc`, `vat_eur` and `vat_lines` are None as soon as one line has no known tax."""

    total_eur_ht: Decimal
    vat_lines: tuple[VatLine, ...] | None
    vat_eur: Decimal | None
    total_eur_ttc: Decimal | None


def totals(amounts: Iterable[TaxedAmount]) -> Totals:
    """Sums rounded lines, then taxes each (category, rate) once.

    Raises ValueError when a total exceeds LARGEST_TOTAL.
    """
    amounts = list(amounts)
    total_ht = sum((each.amount_eur_ht for each in amounts), ZERO)
    _refuse_too_large(total_ht)
    if not amounts or any(each.rule is None for each in amounts):
        return Totals(total_eur_ht=total_ht, vat_lines=None, vat_eur=None, total_eur_ttc=None)
    lines = _vat_lines(amounts)
    vat = sum((line.amount_eur for line in lines), ZERO)
    _refuse_too_large(total_ht + vat)
    return Totals(total_eur_ht=total_ht, vat_lines=lines, vat_eur=vat, total_eur_ttc=total_ht + vat)


def _vat_lines(amounts: Iterable[TaxedAmount]) -> tuple[VatLine, ...]:
    groups: dict[tuple[str, Decimal], tuple[Decimal, str]] = {}
    for each in amounts:
        if each.rule is None:
            continue
        key = (each.rule.category, each.rule.rate)
        base, _ = groups.get(key, (ZERO, ""))
        groups[key] = (base + each.amount_eur_ht, each.rule.mention)
    return tuple(
        VatLine(
            category=category,
            rate=rate,
            base_eur_ht=base,
            amount_eur=round_eur(base * rate / 100),
            mention=mention,
        )
        for (category, rate), (base, mention) in sorted(groups.items())
    )


def _refuse_too_large(amount: Decimal) -> None:
    if amount > LARGEST_TOTAL:
        raise ValueError("total too large")
