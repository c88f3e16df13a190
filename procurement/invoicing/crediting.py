"""A credit note comes off its invoice, never more than what it bears: under the invoice's lock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.errors import RuleBroken
from marketplace.ui.typography import euros
from procurement.invoicing.enums import OPEN_STATES, InvoiceState
from procurement.models import Invoice

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def take_off(note: Invoice, credited: Invoice, *, actor: Actor) -> None:
    """Call in the transaction that keeps the note. Raises RuleBroken."""

    def apply(row: Invoice) -> None:
        refuse_too_much(note, row)
        row.credited_eur_ttc += note.total_eur_ttc

    detail = {"credit_note": note.number, "total_eur_ttc": note.total_eur_ttc}
    credited.touch("take_credit", actor=actor, apply=apply, detail=detail)
    note.perform("credit", actor=actor)
    if credited.state in OPEN_STATES and not credited.owed_eur_ttc:
        credited.perform("cancel", actor=actor, reason=f"Avoir {note.number}")
    elif credited.state == InvoiceState.ACCEPTED and credited.left_eur_ttc <= 0:
        credited.perform("settle", actor=actor, reason=f"Avoir {note.number}")


def refuse_too_much(note: Invoice, credited: Invoice) -> None:
    if credited.state in (InvoiceState.REJECTED, InvoiceState.CANCELLED):
        state = credited.get_state_display().lower()
        message = f"La facture {credited.supplier_number} est {state} : aucun avoir ne s’y impute."
        raise RuleBroken("credited_closed", message, field="credited")
    if note.total_eur_ttc > credited.owed_eur_ttc:
        message = (
            f"L’avoir ({euros(note.total_eur_ttc, tax='TTC')}) dépasse ce que porte encore la facture "
            f"{credited.supplier_number} ({euros(credited.owed_eur_ttc, tax='TTC')}). Réduisez l’avoir."
        )
        raise RuleBroken("credit_too_large", message, field="total_eur_ttc")
