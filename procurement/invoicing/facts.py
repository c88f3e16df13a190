"""From the rows of an invoice to the facts that the pure rules read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q, Sum

from marketplace.money import ZERO
from procurement.amendments.totals import total_with
from procurement.invoicing.checks import tax_of_lines
from procurement.invoicing.clock import Clock, ClockFacts, payment_clock
from procurement.invoicing.enums import DisputeEnd, InvoiceKind, InvoiceState
from procurement.invoicing.interest import Interest, Paid, late_interest, late_slices
from procurement.invoicing.matching import UNORDERED, Billed, Facts, Match, Ordered, match
from procurement.invoicing.reading.document import Line
from procurement.invoicing.service import served_by_price
from procurement.invoicing.terms import (
    interest_terms,
    new_limit_after_interruption,
    payment_limit,
    rate_of_half_year,
)
from procurement.models import Invoice, InvoiceLine
from procurement.models.invoice import InvoiceQuerySet

if TYPE_CHECKING:
    from procurement.models import Contract, InvoiceDispute, InvoicePayment, OrderLine

_OWES_NOTHING = (InvoiceState.REJECTED, InvoiceState.CANCELLED, InvoiceState.CREDITED)


def clock_of(invoice: Invoice, disputes: Iterable[InvoiceDispute]) -> Clock | None:
    """None for a credit note. A dispute lifted interrupted nothing; only the first of the others did."""
    if invoice.kind != InvoiceKind.INVOICE:
        return None
    told = next((each for each in disputes if each.end != DisputeEnd.LIFTED), None)
    limit = payment_limit(kind=invoice.buyer.kind, on=invoice.received_on)
    again = new_limit_after_interruption(on=invoice.received_on)
    return payment_clock(
        ClockFacts(
            received_on=invoice.received_on,
            served_on=invoice.service_day,
            limit_days=limit.days if limit else None,
            told_on=told.opened_on if told else None,
            completed_on=told.ended_on if told else None,
            new_limit_days=again.days if again else None,
        )
    )


def set_due(row: Invoice) -> None:
    """Call under the row's lock, after anything that moves the clock; one query."""
    clock = clock_of(row, row.disputes.all())
    row.due_on = None if clock is None else clock.due_on


def interest_of(invoice: Invoice, payments: Iterable[InvoicePayment], *, on: dt.date) -> Interest | None:
    """None when nothing is late, or when no limit is known."""
    if invoice.due_on is None or invoice.state in _OWES_NOTHING or invoice.kind != InvoiceKind.INVOICE:
        return None
    slices = late_slices(
        owed_eur=invoice.owed_eur_ttc,
        payments=[Paid(each.paid_on, each.amount_eur_ttc) for each in payments],
        due_on=invoice.due_on,
        on=on,
    )
    began_on = invoice.due_on + dt.timedelta(days=1)
    return late_interest(
        slices,
        due_on=invoice.due_on,
        rate=rate_of_half_year(began_on),
        terms=interest_terms(on=began_on),
    )


def match_of(invoice: Invoice) -> Match:
    """Eight queries, whatever the number of lines."""
    contract = invoice.contract
    lines = list(invoice.lines.select_related("order_line"))
    earlier = _earlier(invoice)
    before, quantities = _borne(earlier)
    return match(
        Facts(
            ordered=_ordered(contract.order.lines.order_by("position", "pk")),
            billed=[_billed(line) for line in lines],
            before=before,
            before_quantities=quantities,
            served=served_by_price(invoice),
            served_before=_borne(_same_service(invoice, earlier))[0],
            most_eur_ht=_most(contract),
            by_usage=contract.order.maximum_eur_ht is not None,
            total_eur_ht=invoice.total_eur_ht,
            foot_eur_ht=_foot(invoice, lines),
            vat_eur=invoice.vat_eur,
            vat_of_lines_eur=tax_of_lines(tuple(_line(line) for line in lines)) if lines else None,
        )
    )


def _most(contract: Contract) -> Decimal:
    """What the contract is worth; of one paid by usage, its maximum with what was added since."""
    order = contract.order
    beyond = ZERO if order.maximum_eur_ht is None else order.maximum_eur_ht - order.total_eur_ht
    return total_with(contract, more=beyond)


def _ordered(lines: Iterable[OrderLine]) -> list[Ordered]:
    by_price: dict[int, list[OrderLine]] = {}
    for line in lines:
        by_price.setdefault(line.price_line_id, []).append(line)
    return [
        Ordered(
            key=key,
            label=found[0].label,
            quantity=sum((_counted(line) for line in found), ZERO),
            is_prorated=any(line.parts for line in found),
            prices=frozenset(line.unit_price_eur_ht for line in found),
            total_eur_ht=sum((line.total_eur_ht for line in found), ZERO),
        )
        for key, found in by_price.items()
    ]


def _counted(line: OrderLine) -> Decimal:
    """Periods included; six decimals when one is used in part, as the lines of an invoice have."""
    count = line.period_count.count
    return round(line.quantity * count.numerator / count.denominator, 6)


def _billed(line: InvoiceLine) -> Billed:
    key = UNORDERED if line.order_line is None else line.order_line.price_line_id
    return Billed(key, line.label, line.quantity, line.unit_price_eur_ht, line.total_eur_ht)


def _line(line: InvoiceLine) -> Line:
    return Line(
        line.position, line.label, line.quantity, line.unit_price_eur_ht, line.total_eur_ht, line.vat_rate
    )


def _foot(invoice: Invoice, lines: list[InvoiceLine]) -> Decimal:
    if not lines:
        return ZERO
    return invoice.total_eur_ht - sum((line.total_eur_ht for line in lines), ZERO)


def _earlier(invoice: Invoice) -> InvoiceQuerySet:
    """What the contract already bore when it arrived, and the credit notes that came off it since."""
    others = Invoice.objects.billed().filter(contract=invoice.contract_id)
    return others.filter(Q(pk__lt=invoice.pk) | Q(credited=invoice.pk)).exclude(pk=invoice.pk)


def _same_service(invoice: Invoice, others: InvoiceQuerySet) -> InvoiceQuerySet:
    """Of those, the ones that charge the statement it names; all of them when it names none."""
    statement = invoice.statement_id
    if statement is None:
        return others
    return others.filter(Q(statement=statement) | Q(credited__statement=statement))


def _borne(others: InvoiceQuerySet) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """Amounts and quantities by price, credit notes taken off; what has no price is under UNORDERED."""
    whole = dict(others.order_by().values_list("kind").annotate(Sum("total_eur_ht")))
    rows = (
        InvoiceLine.objects.filter(invoice__in=others, order_line__isnull=False)
        .order_by()
        .values_list("invoice__kind", "order_line__price_line")
        .annotate(Sum("total_eur_ht"), Sum("quantity"))
    )
    amounts: dict[int, Decimal] = {}
    quantities: dict[int, Decimal] = {}
    for kind, key, total, quantity in rows:
        sign = -1 if kind == InvoiceKind.CREDIT_NOTE else 1
        amounts[key] = amounts.get(key, ZERO) + sign * total
        quantities[key] = quantities.get(key, ZERO) + sign * quantity
    net = whole.get(InvoiceKind.INVOICE, ZERO) - whole.get(InvoiceKind.CREDIT_NOTE, ZERO)
    amounts[UNORDERED] = net - sum(amounts.values(), ZERO)
    return amounts, quantities
