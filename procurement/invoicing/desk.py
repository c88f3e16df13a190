"""Invoices on « Mon bureau »: to check, to pay, accounts to confirm, disputes to answer."""

from __future__ import annotations

from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow
from marketplace.ui.typography import euros
from procurement.invoicing.abilities import CONFIRMERS, SENDERS
from procurement.invoicing.enums import OPEN_STATES, InvoiceState
from procurement.models import Invoice

MOST = 50
_FINANCE = {
    InvoiceState.RECEIVED: ("Vérifier la facture", "Vérifier la facture"),
    InvoiceState.MATCHED: ("Accepter la facture", "Accepter la facture"),
    InvoiceState.ACCEPTED: ("Payer", "Enregistrer le paiement"),
}


def rows(actor: Actor) -> list[DeskRow]:
    """One query for each of the two roles held, none for the others."""
    if actor.organisation is None:
        return []
    if actor.is_supplier:
        return _to_answer(actor) if actor.has(*SENDERS) else []
    if not actor.is_buyer:
        return []
    found = _of_finance(actor) if actor.has(Role.FINANCE) else []
    return found + (_to_confirm(actor) if actor.has(*CONFIRMERS) else [])


def _row(invoice: Invoice, *, expected: str, button: str, act: str = "") -> DeskRow:
    return DeskRow(
        object_label=f"{invoice.number} {invoice.supplier.name}",
        url=f"{invoice.get_absolute_url()}{act}",
        expected=expected,
        due_on=invoice.due_on,
        since=invoice.state_since,
        button=button,
    )


def _of_finance(actor: Actor) -> list[DeskRow]:
    """The oldest limit first; those paid by who confirmed the account wait for another person."""
    waiting = Invoice.objects.visible_to(actor).open().filter(state__in=list(_FINANCE))
    payable = ~Q(state=InvoiceState.ACCEPTED) | (
        Q(account__confirmed_at__isnull=False) & ~Q(account__confirmed_by=actor.user)
    )
    found, today = waiting.filter(payable).select_related("supplier"), timezone.localdate()
    return [
        _row(
            invoice,
            expected=f"{_FINANCE[InvoiceState(invoice.state)][0]}, "
            f"{euros(invoice.left_eur_ttc, tax='TTC')}{', en retard' if invoice.is_late(today) else ''}",
            button=_FINANCE[InvoiceState(invoice.state)][1],
        )
        for invoice in found.order_by("due_on", "pk")[:MOST]
    ]


def _to_confirm(actor: Actor) -> list[DeskRow]:
    """One row for each account, at the oldest of its invoices."""
    waiting = (
        Invoice.objects.visible_to(actor)
        .open()
        .filter(state__in=OPEN_STATES, account__confirmed_at__isnull=True, account__isnull=False)
        .exclude(account__entered_by=actor.user)
    )
    firsts = waiting.order_by("account", "due_on", "pk").distinct("account").values("pk")
    found = Invoice.objects.filter(pk__in=firsts).select_related("supplier")
    return [
        _row(
            invoice,
            expected="Confirmer le compte à payer",
            button="Confirmer le compte",
            act="confirmer-le-compte/",
        )
        for invoice in found.order_by("due_on", "pk")[:MOST]
    ]


def _to_answer(actor: Actor) -> list[DeskRow]:
    waiting = Invoice.objects.visible_to(actor).filter(state=InvoiceState.DISPUTED)
    return [
        DeskRow(
            object_label=f"{invoice.number} ({invoice.supplier_number})",
            url=invoice.get_absolute_url(),
            expected=f"Répondre au litige de {invoice.buyer.name}",
            since=invoice.state_since,
            button="Répondre au litige",
        )
        for invoice in waiting.select_related("buyer").order_by("state_since", "pk")[:MOST]
    ]
