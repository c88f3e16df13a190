"""What finance decides of an invoice, and the dispute with its answer: each move restarts the clock's sum."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, RuleBroken
from marketplace.ui.typography import date_text
from procurement.invoicing.enums import DisputeCause, DisputeEnd, InvoiceKind, InvoiceState
from procurement.invoicing.facts import match_of, set_due
from procurement.invoicing.service import is_certified
from procurement.invoicing.telling import tell_buyer, tell_supplier
from procurement.models import Invoice, InvoiceDispute

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor


def match_invoice(
    invoice: Invoice, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> Invoice:
    """Of an invoice that differs, with a reason. Raises RuleBroken on `reason`, MoveRefused."""

    def apply(row: Invoice) -> None:
        found = match_of(row)
        if found.sentences and not reason.strip():
            message = f"{len(found.sentences)} écart(s) : dites pourquoi ils sont admis, ou ouvrez un litige."
            raise RuleBroken("differences_unexplained", message, field="reason")
        row.match_reason = reason

    return invoice.perform(
        "match", actor=actor, reason=reason, apply=apply, expected_version=expected_version
    )


def accept_invoice(invoice: Invoice, *, actor: Actor, expected_version: int | None = None) -> Invoice:
    """It may then be paid, and is disputed no more. Raises MoveRefused before the service is certified."""

    def apply(row: Invoice) -> None:
        refuse_uncertified(row)
        row.accepted_by, row.accepted_at = actor.user, timezone.now()

    with transaction.atomic():
        invoice.perform("accept", actor=actor, apply=apply, expected_version=expected_version)
        tell_supplier(invoice, "acceptée", _limit_sentence(invoice))
    return invoice


def refuse_uncertified(invoice: Invoice) -> None:
    """Raises MoveRefused: what is not certified as done is not paid."""
    invoice.check_move("accept")
    if not is_certified(invoice):
        message = (
            "Le service fait n’est pas certifié : certifiez le relevé d’usage, puis acceptez la facture."
        )
        raise MoveRefused("service_not_certified", message)


def dispute_invoice(
    invoice: Invoice, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Invoice:
    """Told to the supplier at once, which interrupts the clock, the first time only."""

    def apply(row: Invoice) -> None:
        InvoiceDispute.objects.create(
            invoice=row,
            cause=DisputeCause.REASON,
            reason=reason,
            opened_by=actor.user,
            opened_on=timezone.localdate(),
        )
        row.match_reason = ""
        set_due(row)

    with transaction.atomic():
        invoice.perform("dispute", actor=actor, reason=reason, apply=apply, expected_version=expected_version)
        tell_supplier(invoice, "en litige", f"Motif : {reason}")
    return invoice


def answer_dispute(
    invoice: Invoice, *, actor: Actor, answer: str, expected_version: int | None = None
) -> Invoice:
    """By the supplier: a new limit begins the day of the answer."""
    with transaction.atomic():
        _end(invoice, "answer", DisputeEnd.ANSWERED, actor=actor, words=answer, version=expected_version)
        tell_buyer(invoice, "réponse au litige", answer)
    return invoice


def lift_dispute(
    invoice: Invoice, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Invoice:
    """By the administration: the clock was then never interrupted."""
    with transaction.atomic():
        _end(invoice, "lift", DisputeEnd.LIFTED, actor=actor, words=reason, version=expected_version)
        tell_supplier(invoice, "litige levé", reason)
    return invoice


def _end(invoice: Invoice, move: str, end: str, *, actor: Actor, words: str, version: int | None) -> None:
    def apply(row: Invoice) -> None:
        open_one = row.disputes.get(end="")
        open_one.end, open_one.answer = end, words
        open_one.ended_by, open_one.ended_on = actor.user, timezone.localdate()
        open_one.save(update_fields=["end", "answer", "ended_by", "ended_on"])
        set_due(row)

    invoice.perform(move, actor=actor, reason=words, apply=apply, expected_version=version)


def reject_invoice(
    invoice: Invoice, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Invoice:
    """The supplier writes another one, under another number."""

    def apply(row: Invoice) -> None:
        if row.credited_eur_ttc:
            message = "Un avoir a été déduit de cette facture : elle ne se rejette plus. Ouvrez un litige."
            raise MoveRefused("credited", message)
        _close_open_dispute(row, actor=actor, words=reason)
        row.rejection_reason, row.due_on = reason, None

    with transaction.atomic():
        invoice.perform("reject", actor=actor, reason=reason, apply=apply, expected_version=expected_version)
        tell_supplier(invoice, "rejetée", f"Motif : {reason}")
    return invoice


def _close_open_dispute(row: Invoice, *, actor: Actor, words: str) -> None:
    row.disputes.filter(end="").update(
        end=DisputeEnd.LIFTED, answer=words, ended_by=actor.user, ended_on=timezone.localdate()
    )


def set_service_day(
    invoice: Invoice, *, actor: Actor, served_on: dt.date, expected_version: int | None = None
) -> Invoice:
    """The day the service was actually done, as the administration found it: the clock follows."""

    def apply(row: Invoice) -> None:
        refuse_settled(row)
        if not row.contract.starts_on <= served_on <= timezone.localdate():
            begun = date_text(row.contract.starts_on)
            message = f"Le service s’exécute du {begun} à aujourd’hui. Corrigez la date."
            raise RuleBroken("served_out_of_range", message, field="served_on")
        row.served_on = served_on
        set_due(row)

    return invoice.touch(
        "set_service_day",
        actor=actor,
        apply=apply,
        expected_version=expected_version,
        detail={"served_on": served_on},
    )


def refuse_settled(invoice: Invoice) -> None:
    if invoice.kind != InvoiceKind.INVOICE or invoice.state not in (
        InvoiceState.RECEIVED,
        InvoiceState.MATCHED,
        InvoiceState.DISPUTED,
    ):
        message = "La date d’exécution se corrige avant que la facture soit acceptée. Rechargez la page."
        raise MoveRefused("invoice_settled", message, about=invoice)


def _limit_sentence(invoice: Invoice) -> str:
    if invoice.due_on is None:
        return "La date limite de paiement est inconnue."
    return f"À payer au plus tard le {date_text(invoice.due_on)}."
