"""A counter-proposal beside what is ordered, line by line."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from procurement.negotiation.proposing import ProposedLine, quantities_with
from procurement.pricing import AgreedPrice, priced_lines

if TYPE_CHECKING:
    from procurement.models import CounterProposal


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """None: not ordered, or not proposed."""

    label: str
    ordered: ProposedLine | None
    proposed: ProposedLine


@dataclass(frozen=True, slots=True)
class Compared:
    lines: tuple[ComparedLine, ...]
    ordered_eur_ht: Decimal
    proposed_eur_ht: Decimal


def compared(proposal: CounterProposal) -> Compared:
    """A few queries. The total is the one that the new order would have."""
    order = proposal.order
    lines = {
        line.price_line.code: ProposedLine(line.quantity, line.unit_price_eur_ht)
        for line in proposal.lines.all()
    }
    now = {
        line.price_line.code: ProposedLine(line.quantity, line.unit_price_eur_ht)
        for line in order.lines.select_related("price_line")
    }
    priced = priced_lines(
        order.plan,
        quantities=quantities_with(order, lines),
        starts_on=proposal.starts_on or order.starts_on,
        ends_on=proposal.ends_on or order.ends_on,
        agreed={
            **{code: AgreedPrice(line.unit_price_eur_ht) for code, line in _kept_private(proposal).items()},
            **{code: AgreedPrice(line.unit_price_eur_ht) for code, line in lines.items()},
        },
    )
    return Compared(
        lines=tuple(
            ComparedLine(line.price_line.label, now.get(line.price_line.code), lines[line.price_line.code])
            for line in proposal.lines.all()
        ),
        ordered_eur_ht=order.total_eur_ht,
        proposed_eur_ht=sum((line.total_eur_ht for line in priced), Decimal(0)),
    )


def _kept_private(proposal: CounterProposal) -> dict[str, ProposedLine]:
    """Lines of the order at a private price, which the new one keeps while it holds."""
    rows = proposal.order.lines.filter(private_price__isnull=False).select_related("price_line")
    return {row.price_line.code: ProposedLine(row.quantity, row.unit_price_eur_ht) for row in rows}
