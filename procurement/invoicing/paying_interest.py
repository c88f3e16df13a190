"""Late interest and the flat fee as finance pays them, apart from the principal, once it is settled.

Source: the terms of `terms.toml`. Both are due without being asked, within 45 days after the principal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.money import ZERO
from marketplace.ui.typography import date_text, euros
from procurement.invoicing.enums import InvoiceState
from procurement.invoicing.facts import interest_of
from procurement.invoicing.paying import SAME_PERSON
from procurement.invoicing.telling import tell_supplier
from procurement.models import InterestPayment, Invoice

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.invoicing.interest import Interest

NOT_SETTLED = "Les intérêts se paient une fois la facture payée : leur montant est alors définitif."
NOTHING_LATE = "Cette facture n’a pas été payée en retard : elle ne porte pas d’intérêts."
NOTHING_LEFT = "Les intérêts et l’indemnité de cette facture sont déjà versés."
UNCONFIRMED = "Le compte à payer n’est pas confirmé. Une autre personne que celle qui l’a saisi le confirme."


@dataclass(frozen=True, slots=True)
class InterestAccount:
    """What is due, paid and left of an invoice, in euros. None: what is due is unknown (rate or terms not
    held), and so is what is left."""

    due: Interest
    paid_interest: Decimal
    paid_fee: Decimal

    @property
    def left_interest(self) -> Decimal | None:
        return None if self.due.interest_eur is None else self.due.interest_eur - self.paid_interest

    @property
    def left_fee(self) -> Decimal | None:
        return None if self.due.flat_fee_eur is None else self.due.flat_fee_eur - self.paid_fee

    @property
    def is_settled(self) -> bool:
        return self.left_interest == ZERO and self.left_fee == ZERO


def interest_account(invoice: Invoice, payments: Iterable[InterestPayment]) -> InterestAccount | None:
    """None when nothing was late. `payments`: of its interest; the principal's are read from the invoice."""
    due = interest_of(invoice, invoice.payments.all(), on=timezone.localdate())
    if due is None:
        return None
    rows = list(payments)
    return InterestAccount(
        due,
        sum((each.interest_eur for each in rows), ZERO),
        sum((each.flat_fee_eur for each in rows), ZERO),
    )


def refuse_interest_unpayable(invoice: Invoice, *, actor: Actor) -> InterestAccount:
    """Before the form is shown, and again under the lock. Raises NotAllowed, MoveRefused."""
    if invoice.state != InvoiceState.PAID:
        raise MoveRefused("invoice_not_paid", NOT_SETTLED, about=invoice)
    found = interest_account(invoice, invoice.interest_payments.all())
    if found is None:
        raise MoveRefused("nothing_late", NOTHING_LATE, about=invoice)
    if found.is_settled:
        raise MoveRefused("interest_settled", NOTHING_LEFT, about=invoice)
    account = invoice.account
    if account is None or not account.is_confirmed:
        raise MoveRefused("account_unconfirmed", UNCONFIRMED)
    if actor.is_person(account.confirmed_by_id):
        raise NotAllowed("not_allowed", SAME_PERSON)
    return found


def pay_interest(
    invoice: Invoice,
    *,
    actor: Actor,
    interest_eur: Decimal,
    flat_fee_eur: Decimal,
    paid_on: dt.date,
    reference: str,
    expected_version: int | None = None,
) -> Invoice:
    """A part or the rest of both. Where the rate is not held, the interest is the one that finance computed.

    Raises NotAllowed, MoveRefused, RuleBroken naming the field.
    """

    def apply(row: Invoice) -> None:
        found = refuse_interest_unpayable(row, actor=actor)
        _refuse_amount(interest_eur, left=found.left_interest, field="interest_eur")
        _refuse_amount(flat_fee_eur, left=found.left_fee, field="flat_fee_eur")
        if interest_eur + flat_fee_eur <= 0:
            message = "Indiquez les intérêts ou l’indemnité versés."
            raise RuleBroken("nothing_paid", message, field="interest_eur")
        if not found.due.began_on <= paid_on <= timezone.localdate():
            message = (
                f"Ces intérêts courent depuis le {date_text(found.due.began_on)} : payés d’ici à aujourd’hui."
            )
            raise RuleBroken("paid_out_of_range", message, field="paid_on")
        _record(row, actor, interest_eur, flat_fee_eur, paid_on, reference.strip())

    detail = {"interest_eur": interest_eur, "flat_fee_eur": flat_fee_eur, "paid_on": paid_on}
    with transaction.atomic():
        invoice.touch(
            "pay_interest", actor=actor, apply=apply, expected_version=expected_version, detail=detail
        )
        said = f"{euros(interest_eur)} d’intérêts et {euros(flat_fee_eur)} d’indemnité"
        tell_supplier(invoice, "intérêts moratoires", f"{said}, le {date_text(paid_on)}.")
    return invoice


def _refuse_amount(amount: Decimal, *, left: Decimal | None, field: str) -> None:
    if amount < 0 or (left is not None and amount > left):
        words = (
            "un montant positif"
            if left is None
            else f"{euros(max(left, ZERO))} au plus : c’est ce qui reste dû"
        )
        raise RuleBroken("interest_too_large", f"Indiquez {words}.", field=field)


def _record(
    row: Invoice, actor: Actor, interest: Decimal, fee: Decimal, paid_on: dt.date, reference: str
) -> None:
    assert row.account is not None and actor.user is not None  # both refused before
    try:
        with transaction.atomic():
            InterestPayment.objects.create(
                invoice=row,
                account=row.account,
                interest_eur=interest,
                flat_fee_eur=fee,
                paid_on=paid_on,
                reference=reference,
                recorded_by=actor.user,
            )
    except IntegrityError as error:
        if "interest_payment_once" not in str(error):
            raise
        message = (
            "Un versement de cette facture porte déjà cette référence. Vérifiez qu’il n’est pas déjà saisi."
        )
        raise RuleBroken("reference_taken", message, field="reference") from error
