"""What waits on one contract for who reads it: the rows of « Mon bureau » that are about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from marketplace.ui.desk import TODO, DeskRow, rows_of, soonest_first
from procurement.amendments import desk as amendments
from procurement.desk_orders import contract_rows
from procurement.exit import desk as exits
from procurement.invoicing import desk as invoicing
from procurement.publication import desk as desk_publications
from procurement.statements import desk as statements

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Contract

SOURCES = (
    contract_rows,
    amendments.rows,
    statements.rows,
    invoicing.rows,
    exits.rows,
    desk_publications.rows,
)


def waiting_on(contract: Contract, actor: Actor) -> list[DeskRow]:
    """The oldest limit first, what is soon due after. As many statements as the longest of these readings."""
    found = rows_of(actor, *(partial(source, contract=contract) for source in SOURCES))
    return sorted(soonest_first(found), key=lambda row: row.zone != TODO)
