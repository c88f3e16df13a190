"""Invoices on « Mon bureau »: to check, to pay, accounts to confirm, disputes to answer."""

from __future__ import annotations

from django.db.models import Min, Q
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from marketplace.ui.typography import euros
from procurement.desk_scope import about
from procurement.invoicing.abilities import CONFIRMERS, SENDERS
from procurement.invoicing.enums import OPEN_STATES, InvoiceState
from procurement.models import Contract, Invoice, SupplierAccount

MOST = 50
_FINANCE = {
    InvoiceState.RECEIVED: ("Vérifier la facture", "Vérifier la facture"),
    InvoiceState.MATCHED: ("Accepter la facture", "Accepter la facture"),
    InvoiceState.ACCEPTED: ("Payer", "Enregistrer le paiement"),
}


def rows(actor: Actor, *, contract: Contract | None = None) -> list[Rows]:
    """One reading for each of the two roles held, none for the others."""
    if actor.organisation is None:
        return []
    if actor.is_supplier:
        return [_to_answer(actor, contract)] if actor.has(*SENDERS) else []
    if not actor.is_buyer:
        return []
    found = [_of_finance(actor, contract)] if actor.has(Role.FINANCE) else []
    return [*found, _to_confirm(actor, contract)] if actor.has(*CONFIRMERS) else found


def _row(invoice: Invoice, *, expected: str, button: str) -> DeskRow:
    return DeskRow(
        object_label=f"{invoice.number} {invoice.supplier.name}",
        url=invoice.get_absolute_url(),
        expected=expected,
        due_on=invoice.due_on,
        since=invoice.state_since,
        button=button,
    )


def _of_finance(actor: Actor, contract: Contract | None) -> Rows:
    """The oldest limit first; those paid by who confirmed the account wait for another person."""
    waiting = Invoice.objects.visible_to(actor).open().filter(state__in=list(_FINANCE))
    payable = ~Q(state=InvoiceState.ACCEPTED) | (
        Q(account__confirmed_at__isnull=False) & ~Q(account__confirmed_by=actor.user)
    )
    found, today = waiting.filter(payable, about(contract)).select_related("supplier"), timezone.localdate()
    return one_row_each(
        found.order_by("due_on", "pk")[:MOST],
        lambda invoice: _row(
            invoice,
            expected=f"{_FINANCE[InvoiceState(invoice.state)][0]}, "
            f"{euros(invoice.left_eur_ttc, tax='TTC')}{', en retard' if invoice.is_late(today) else ''}",
            button=_FINANCE[InvoiceState(invoice.state)][1],
        ),
    )


def _to_confirm(actor: Actor, contract: Contract | None) -> Rows:
    """One row for each account, at one of its invoices and with the first limit among them."""
    unpaid = Q(invoices__state__in=OPEN_STATES) & about(contract, "invoices__contract")
    waiting = SupplierAccount.objects.visible_to(actor).awaiting().exclude(entered_by=actor.user)
    found = waiting.filter(unpaid).annotate(
        first=Min("invoices__number", filter=unpaid), due_on=Min("invoices__due_on", filter=unpaid)
    )
    return one_row_each(
        found.select_related("supplier").order_by("due_on", "pk")[:MOST],
        lambda account: DeskRow(
            object_label=f"Compte de {account.supplier.name}",
            url=reverse("procurement:invoice_act", args=[account.first, "confirmer-le-compte"]),
            expected="Confirmer le compte à payer",
            due_on=account.due_on,
            since=account.entered_at,
            button="Confirmer le compte",
        ),
    )


def _to_answer(actor: Actor, contract: Contract | None) -> Rows:
    waiting = Invoice.objects.visible_to(actor).filter(about(contract), state=InvoiceState.DISPUTED)
    return one_row_each(
        waiting.select_related("buyer").order_by("state_since", "pk")[:MOST],
        lambda invoice: DeskRow(
            object_label=f"{invoice.number} ({invoice.supplier_number})",
            url=invoice.get_absolute_url(),
            expected=f"Répondre au litige de {invoice.buyer.name}",
            since=invoice.state_since,
            button="Répondre au litige",
        ),
    )
