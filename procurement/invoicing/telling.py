"""Who is told of an invoice, and of limits that come near or have passed."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db.models import F, Q

from marketplace.accounts.enums import Role
from marketplace.notifications.outbox import notify
from marketplace.ui.typography import date_text, euros
from procurement.invoicing.enums import InvoiceKind, InvoiceState
from procurement.models import Invoice
from procurement.order_people import people_holding

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

# How long before the limit finance is told.
WARNING = dt.timedelta(days=7)
_BATCH = 500


def tell_received(invoice: Invoice, *, actor: Actor) -> None:
    """The other side than who sent it; the supplier too, when it is disputed at once."""
    body = f"{invoice.supplier.name}, {invoice.supplier_number}, {euros(invoice.total_eur_ttc, tax='TTC')}."
    if actor.is_supplier:
        tell_buyer(invoice, "reçue", body)
    else:
        tell_supplier(invoice, "enregistrée", body)
    if invoice.state == InvoiceState.DISPUTED:
        tell_supplier(invoice, "en litige", "Le total du PDF n’est pas celui de son XML.")


def tell_buyer(invoice: Invoice, word: str, body: str) -> None:
    notify(
        people_holding(invoice.buyer_id, Role.FINANCE),
        subject=f"{invoice} : {word}",
        body=body,
        url=invoice.get_absolute_url(),
        organisation=invoice.buyer,
    )


def tell_supplier(invoice: Invoice, word: str, body: str) -> None:
    managers = people_holding(invoice.supplier.organisation_id, Role.SUPPLIER_MANAGER, Role.SUPPLIER_EDITOR)
    notify(
        managers,
        subject=f"{invoice} ({invoice.supplier_number}) : {word}",
        body=body,
        url=invoice.get_absolute_url(),
        organisation=invoice.supplier.organisation,
    )


def tell_limits(*, on: dt.date) -> int:
    """Once for a limit that comes near, once when it has passed. Safe to run twice; returns how many."""
    unpaid = Invoice.objects.open().select_related("buyer", "supplier__organisation")
    near = unpaid.filter(due_on__range=(on, on + WARNING)).filter(
        Q(near_told_for__isnull=True) | ~Q(near_told_for=F("due_on"))
    )
    late = unpaid.filter(due_on__lt=on).filter(Q(late_told_for__isnull=True) | ~Q(late_told_for=F("due_on")))
    found = [(row, "near_told_for") for row in near[:_BATCH]]
    found += [(row, "late_told_for") for row in late[:_BATCH]]
    for row, field in found:
        _tell_limit(row, field, on=on)
    return len(found)


def _tell_limit(invoice: Invoice, field: str, *, on: dt.date) -> None:
    """The key makes a second telling of the same limit say nothing."""
    assert invoice.due_on is not None
    late = field == "late_told_for"
    word = "délai de paiement dépassé" if late else "délai de paiement proche"
    verb = "devait être payée" if late else "doit être payée"
    notify(
        people_holding(invoice.buyer_id, Role.FINANCE),
        subject=f"{invoice} : {word}",
        body=(
            f"La facture {invoice.supplier_number} de {invoice.supplier.name} {verb} "
            f"au plus tard le {date_text(invoice.due_on)}. Reste {euros(invoice.left_eur_ttc, tax='TTC')}."
        ),
        url=invoice.get_absolute_url(),
        organisation=invoice.buyer,
        key=f"invoice-{field}-{invoice.pk}-{invoice.due_on.isoformat()}",
    )
    Invoice.objects.filter(pk=invoice.pk, kind=InvoiceKind.INVOICE).update(**{field: invoice.due_on})
