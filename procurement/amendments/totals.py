"""What a contract is worth with everything approved since its order."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Sum

from marketplace.tax_basis import Amounts
from procurement.budgets.amounts import committed_amounts, taxed

if TYPE_CHECKING:
    from procurement.models import Amendment, Contract


def changes_of(contract: Contract) -> Decimal:
    """HT, of what was approved; one query."""
    return contract.amendments.approved().aggregate(total=Sum("delta_eur_ht"))["total"] or Decimal(0)


def total_with(contract: Contract, *, more: Decimal = Decimal(0)) -> Decimal:
    """Of the order with everything approved since, and `more`; one query."""
    return contract.order.total_eur_ht + changes_of(contract) + more


def worth_of(contract: Contract) -> Decimal:
    """What is committed of it, HT: of an order paid by usage its maximum, not its estimate; one query."""
    return committed_amounts(contract.order).ht + changes_of(contract)


def judged_amounts(amendment: Amendment) -> Amounts:
    """What ceilings and steps of the chain are compared with: the contract with the change, taxed as one.

    Of a change that gives up a part, the contract before it: ending a part of a large contract is signed by
    those who sign a large contract. At most one query.
    """
    worth = amendment.worth_eur_ht
    if worth is None:
        worth = worth_of(amendment.contract)
    whole = worth + max(amendment.delta_eur_ht, Decimal(0))
    return Amounts(whole, taxed(whole, amendment.contract.order))
