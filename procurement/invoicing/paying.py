"""Payments as finance records them: they sum, never exceed, and go to an account that two people know."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.ui.typography import date_text, euros
from procurement.invoicing.enums import InvoiceState
from procurement.invoicing.telling import tell_supplier
from procurement.models import Invoice, InvoicePayment

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import SupplierAccount

SAME_PERSON = "Vous avez confirmé ce compte\u00a0: une autre personne enregistre les paiements vers lui."


def pay_invoice(
    invoice: Invoice,
    *,
    actor: Actor,
    amount_eur_ttc: Decimal,
    paid_on: dt.date,
    reference: str,
    expected_version: int | None = None,
) -> Invoice:
    """A part, or the rest, which settles it. Raises NotAllowed, MoveRefused, RuleBroken naming the field."""

    def apply(row: Invoice) -> None:
        _refuse(row, actor=actor, amount=amount_eur_ttc, paid_on=paid_on)
        _record(row, actor=actor, amount=amount_eur_ttc, paid_on=paid_on, reference=reference)
        row.paid_eur_ttc += amount_eur_ttc

    detail = {"amount_eur_ttc": amount_eur_ttc, "paid_on": paid_on, "reference": reference}
    with transaction.atomic():
        row = Invoice.objects.select_for_update(of=("self",)).get(pk=invoice.pk)
        row.check_move("settle")
        if amount_eur_ttc == row.left_eur_ttc:
            invoice.perform(
                "settle", actor=actor, apply=apply, expected_version=expected_version, detail=detail
            )
        else:
            invoice.touch("pay", actor=actor, apply=apply, expected_version=expected_version, detail=detail)
        tell_supplier(invoice, "paiement", f"{euros(amount_eur_ttc, tax='TTC')}, le {date_text(paid_on)}.")
    return invoice


def refuse_unpayable(invoice: Invoice, *, actor: Actor) -> None:
    """Before the form is shown, and again under the lock. Raises NotAllowed, MoveRefused."""
    if invoice.state != InvoiceState.ACCEPTED:
        invoice.check_move("settle")
    account = invoice.account
    if account is None or not account.is_confirmed:
        message = (
            "Le compte à payer n’est pas confirmé. Une autre personne que celle qui l’a saisi le confirme."
        )
        raise MoveRefused("account_unconfirmed", message)
    _refuse_same_person(account, actor=actor)


def _refuse_same_person(account: SupplierAccount, *, actor: Actor) -> None:
    if actor.is_person(account.confirmed_by_id):
        raise NotAllowed("not_allowed", SAME_PERSON)


def _refuse(row: Invoice, *, actor: Actor, amount: Decimal, paid_on: dt.date) -> None:
    refuse_unpayable(row, actor=actor)
    if amount <= 0 or amount > row.left_eur_ttc:
        message = (
            f"Il reste {euros(row.left_eur_ttc, tax='TTC')} à payer. "
            "Indiquez un montant supérieur à 0 qui ne dépasse pas ce reste."
        )
        raise RuleBroken("payment_too_large", message, field="amount_eur_ttc")
    if not row.received_on <= paid_on <= timezone.localdate():
        message = f"Un paiement a lieu entre la réception ({date_text(row.received_on)}) et aujourd’hui."
        raise RuleBroken("paid_out_of_range", message, field="paid_on")


def _record(row: Invoice, *, actor: Actor, amount: Decimal, paid_on: dt.date, reference: str) -> None:
    assert row.account is not None and actor.user is not None  # both refused before
    try:
        with transaction.atomic():
            InvoicePayment.objects.create(
                invoice=row,
                account=row.account,
                amount_eur_ttc=amount,
                paid_on=paid_on,
                reference=reference.strip(),
                recorded_by=actor.user,
            )
    except IntegrityError as error:
        if "invoice_payment_once" not in str(error):
            raise
        message = (
            "Un paiement de cette facture porte déjà cette référence. Vérifiez qu’il n’est pas déjà saisi."
        )
        raise RuleBroken("reference_taken", message, field="reference") from error
