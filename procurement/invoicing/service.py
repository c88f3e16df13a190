"""What the administration certified as done under a contract: the third way of the match, and its day."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum

from procurement.invoicing.enums import OPEN_STATES
from procurement.models import Invoice, UsageLine, UsageStatement
from procurement.statements.enums import COUNTED_STATES, StatementState

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Contract


def served_by_price(invoice: Invoice) -> dict[int, Decimal] | None:
    """Certified amount without tax by price line, of its statement when it names one, else of the whole
    contract; None when nothing is certified yet. One query."""
    lines = UsageLine.objects.filter(
        statement__contract=invoice.contract_id, statement__state=StatementState.CERTIFIED
    ).order_by()
    if invoice.statement_id is not None:
        lines = lines.filter(statement=invoice.statement_id)
    return dict(lines.values_list("price_line").annotate(Sum("total_eur_ht"))) or None


def is_certified(invoice: Invoice) -> bool:
    """Of its statement when it names one, else of any of the contract; one query at most."""
    if invoice.statement is not None:
        return invoice.statement.is_certified
    return invoice.contract.statements.certified().exists()


def statements_to_bill(contract: Contract) -> list[UsageStatement]:
    """Sent, and named by no living invoice; one query."""
    billed = Invoice.objects.billed().filter(statement__isnull=False).values("statement")
    return list(contract.statements.filter(state__in=COUNTED_STATES).exclude(pk__in=billed))


def follow_service(statement: UsageStatement, *, actor: Actor) -> None:
    """The day of the service was attested, or taken back: the clocks that start from it move at once.

    Call in the transaction of that act.
    """
    from procurement.invoicing.facts import set_due

    for invoice in Invoice.objects.filter(statement=statement, state__in=OPEN_STATES):
        invoice.touch("follow_service", actor=actor, apply=set_due)
