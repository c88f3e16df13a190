"""The three-way match: what was ordered, what was certified as done, what is invoiced. Pure.

One row per price of the order (its tiers together), then what answers to nothing ordered. Amounts without
tax. What other invoices of the contract already bear counts, credit notes taken off.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from marketplace.money import ZERO, round_eur
from marketplace.ui.typography import euros, number_text

UNORDERED = 0
# Of a quantity without end, the lines of an invoice keep six decimals: what each may be wrong by, and what a
# contract's whole life of invoices is allowed.
_LAST_PLACE = Decimal("0.0000005")
_QUANTITY_SLACK = Decimal("0.0005")


@dataclass(frozen=True, slots=True)
class Ordered:
    """`quantity` counts the periods, as the lines of an invoice do. `prices`: one for each tier.
    `is_prorated`: a period of it is used in part, so that its quantity may have no end."""

    key: int
    label: str
    quantity: Decimal
    prices: frozenset[Decimal]
    total_eur_ht: Decimal
    is_prorated: bool = False


@dataclass(frozen=True, slots=True)
class Billed:
    """A line of the invoice; `key` UNORDERED when no price of the order answers to it."""

    key: int
    label: str
    quantity: Decimal
    unit_price_eur_ht: Decimal
    total_eur_ht: Decimal


@dataclass(frozen=True, slots=True)
class Facts:
    """`served`: certified amount by price; None: no service fait is certified. `before`: by price, invoiced
    earlier; `served_before`: of it, what charged the same service. `most_eur_ht`: what the contract is worth
    today, changes approved since included."""

    ordered: Sequence[Ordered]
    billed: Sequence[Billed]
    before: Mapping[int, Decimal]
    before_quantities: Mapping[int, Decimal]
    served: Mapping[int, Decimal] | None
    served_before: Mapping[int, Decimal]
    most_eur_ht: Decimal
    by_usage: bool
    total_eur_ht: Decimal
    foot_eur_ht: Decimal
    vat_eur: Decimal
    vat_of_lines_eur: Decimal | None


@dataclass(frozen=True, slots=True)
class Row:
    """`ordered` and `served` None: nothing ordered, nothing certified. `before`: what others invoiced."""

    label: str
    ordered_eur_ht: Decimal | None
    served_eur_ht: Decimal | None
    before_eur_ht: Decimal
    billed_eur_ht: Decimal
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """`differences`: of the whole invoice; each row has its own."""

    rows: tuple[Row, ...]
    differences: tuple[str, ...]
    service_certified: bool
    sentences: tuple[str, ...] = field(default=())

    @property
    def agrees(self) -> bool:
        return not self.sentences


def match(facts: Facts) -> Match:
    by_key: dict[int, list[Billed]] = {}
    for line in facts.billed:
        by_key.setdefault(line.key, []).append(line)
    rows = [_row(each, by_key.pop(each.key, []), facts) for each in facts.ordered]
    rows += [_unordered(line) for lines in by_key.values() for line in lines]
    whole = tuple(_whole(facts))
    sentences = [f"{row.label} : {each}" for row in rows for each in row.differences]
    return Match(tuple(rows), whole, facts.served is not None, (*whole, *sentences))


def _row(ordered: Ordered, lines: list[Billed], facts: Facts) -> Row:
    before = facts.before.get(ordered.key, ZERO)
    served = None if facts.served is None else facts.served.get(ordered.key, ZERO)
    billed = _sum(line.total_eur_ht for line in lines)
    found = list(_line_faults(ordered, lines))
    quantity = _sum(line.quantity for line in lines) + facts.before_quantities.get(ordered.key, ZERO)
    most = ordered.quantity + (_QUANTITY_SLACK if ordered.is_prorated else 0)
    if lines and not facts.by_usage and quantity > most:
        found.append(f"{number_text(quantity)} facturés en tout, {number_text(ordered.quantity)} commandés.")
    charged = facts.served_before.get(ordered.key, ZERO) + billed
    if lines and served is not None and charged > served:
        found.append(
            f"{euros(charged, tax='HT')} facturés pour ce service, "
            f"{euros(served, tax='HT')} de service fait certifié."
        )
    return Row(ordered.label, ordered.total_eur_ht, served, before, billed, tuple(found))


def _line_faults(ordered: Ordered, lines: Iterable[Billed]) -> Iterable[str]:
    for line in lines:
        if line.unit_price_eur_ht not in ordered.prices:
            said = " ou ".join(euros(price, tax="HT", unit_price=True) for price in sorted(ordered.prices))
            yield f"prix facturé {euros(line.unit_price_eur_ht, tax='HT', unit_price=True)}, commandé {said}."
        yield from _sum_fault(line, is_prorated=ordered.is_prorated)


def _sum_fault(line: Billed, *, is_prorated: bool = False) -> Iterable[str]:
    expected = round_eur(line.quantity * line.unit_price_eur_ht)
    slack = round_eur(_LAST_PLACE * line.unit_price_eur_ht) if is_prorated else ZERO
    if abs(expected - line.total_eur_ht) > slack:
        yield (
            f"quantité et prix font {euros(expected, tax='HT')}, "
            f"la ligne porte {euros(line.total_eur_ht, tax='HT')}."
        )


def _unordered(line: Billed) -> Row:
    found = ("rien de tel dans le bon de commande.", *_sum_fault(line))
    return Row(line.label, None, None, ZERO, line.total_eur_ht, found)


def _whole(facts: Facts) -> Iterable[str]:
    if not facts.billed:
        yield "La facture n’a pas de lignes : elle ne se compare qu’en total."
    if facts.foot_eur_ht:
        yield f"Remises et majorations de pied : {euros(facts.foot_eur_ht, tax='HT')}, non commandées."
    expected = facts.vat_of_lines_eur
    if expected is not None and not facts.foot_eur_ht and expected != facts.vat_eur:
        yield f"TVA : {euros(facts.vat_eur)} portés, {euros(expected)} d’après les lignes."
    total = facts.total_eur_ht + _sum(facts.before.values())
    if total > facts.most_eur_ht:
        most = euros(facts.most_eur_ht, tax="HT")
        yield f"{euros(total, tax='HT')} facturés en tout, le contrat vaut {most}."
    charged = facts.total_eur_ht + _sum(facts.served_before.values())
    if facts.served is not None and not facts.billed and charged > _sum(facts.served.values()):
        yield f"{euros(_sum(facts.served.values()), tax='HT')} de service fait certifié seulement."


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
