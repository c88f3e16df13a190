"""An invoice or a credit note arrives: checked, kept, compared, disputed at once if it contradicts itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.errors import RuleBroken
from marketplace.files.sniff import PDF, TEXT, XML
from marketplace.files.store import MAX_BYTES, store_upload
from marketplace.numbering import next_number
from marketplace.ui.typography import date_text, euros
from procurement.invoicing.accounts import account_for
from procurement.invoicing.checks import bare, refuse_wrong
from procurement.invoicing.crediting import take_off
from procurement.invoicing.enums import DisputeCause, InvoiceKind
from procurement.invoicing.facts import match_of, set_due
from procurement.invoicing.reading.document import Document
from procurement.invoicing.reading.files import read_invoice
from procurement.invoicing.service import is_certified, statements_to_bill
from procurement.invoicing.telling import tell_received
from procurement.models import Contract, Invoice, InvoiceDispute, InvoiceLine

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

    from marketplace.accounts.actors import Actor
    from marketplace.files.models import StoredFile
    from procurement.models import OrderLine, UsageStatement

TAKEN = "Une facture de ce fournisseur porte déjà ce numéro. Vérifiez-le, ou ne l’envoyez pas deux fois."


@dataclass(frozen=True, slots=True)
class Arrival:
    """What the document does not say. `received_on` None: today, and always today for a supplier.

    `stated_eur_ttc`: the total that the PDF shows; `credited`: the invoice that a credit note comes off.
    """

    received_on: dt.date | None = None
    served_on: dt.date | None = None
    stated_eur_ttc: Decimal | None = None
    iban: str = ""
    credited: Invoice | None = None
    # The statement that the invoice charges; None: found when one alone has its amount.
    statement: UsageStatement | None = None


def receive_file(contract: Contract, *, actor: Actor, file: UploadedFile, arrival: Arrival) -> Invoice:
    """Raises RuleBroken naming the field. The file is kept with the invoice, scanned before it is given."""
    if file.size is not None and file.size > MAX_BYTES:
        message = "Fichier trop lourd : joignez une facture de 10 Mo au plus."
        raise RuleBroken("file_too_large", message, field="file")
    content = file.read()
    file.seek(0)
    document = read_invoice(content)
    if content.startswith(b"%PDF-") and arrival.stated_eur_ttc is None:
        message = "Indiquez le total TTC que montre le PDF : il est comparé à celui de son XML."
        raise RuleBroken("stated_total_missing", message, field="stated_eur_ttc")
    if not content.startswith(b"%PDF-") and arrival.stated_eur_ttc is not None:
        message = "Ce fichier n’est pas un PDF : laissez vide le total lu sur le PDF."
        raise RuleBroken("stated_total_without_pdf", message, field="stated_eur_ttc")
    with transaction.atomic():
        stored = store_upload(file, owner=contract.buyer, actor=actor, accept=(PDF, XML, TEXT))
        return receive(contract, actor=actor, document=document, arrival=arrival, file=stored)


def receive(
    contract: Contract,
    *,
    actor: Actor,
    document: Document,
    arrival: Arrival,
    file: StoredFile | None = None,
) -> Invoice:
    """Raises RuleBroken naming the field; `(supplier, number)` is taken once, by constraint."""
    today = timezone.localdate()
    refuse_wrong(document, contract, today=today)
    day = _received_on(document, arrival, actor=actor, today=today)
    with transaction.atomic():
        # One after the other: each is compared with all that the contract already bears.
        Contract.objects.select_for_update(of=("self",)).get(pk=contract.pk)
        credited = _credited(contract, document, arrival)
        made = _create(
            _written(contract, document, arrival, credited=credited, actor=actor), file=file, day=day
        )
        _write_lines(made, document, list(contract.order.lines.order_by("position", "pk")))
        made.journal_creation(
            actor=actor, detail={"total_eur_ttc": made.total_eur_ttc, "format": made.format}
        )
        if credited is not None:
            take_off(made, credited, actor=actor)
        else:
            _first_look(made, actor=actor)
        tell_received(made, actor=actor)
    return made


def _received_on(document: Document, arrival: Arrival, *, actor: Actor, today: dt.date) -> dt.date:
    """What a supplier sends is received at once; finance dates what reached them otherwise."""
    if actor.is_supplier or arrival.received_on is None:
        return today
    if not document.issued_on <= arrival.received_on <= today:
        message = (
            f"La réception est entre la date de la facture ({date_text(document.issued_on)}) et aujourd’hui."
        )
        raise RuleBroken("received_out_of_range", message, field="received_on")
    return arrival.received_on


def _written(
    contract: Contract, document: Document, arrival: Arrival, *, credited: Invoice | None, actor: Actor
) -> Invoice:
    """Not saved yet."""
    made = Invoice(
        number=next_number("AVO" if credited else "FAC"),
        kind=document.kind,
        contract=contract,
        buyer=contract.buyer,
        supplier=contract.supplier,
        credited=credited,
        supplier_number=document.number.strip(),
        format=document.format,
        issued_on=document.issued_on,
        served_on=arrival.served_on or document.served_on,
        total_eur_ht=document.total_eur_ht,
        vat_eur=document.vat_eur,
        total_eur_ttc=document.total_eur_ttc,
        stated_eur_ttc=arrival.stated_eur_ttc,
        entered_by=actor.user,
    )
    if credited is None:
        made.statement = _statement(contract, document, arrival)
        made.account = account_for(contract, iban=arrival.iban or document.iban, actor=actor)
    return made


def _create(invoice: Invoice, *, file: StoredFile | None, day: dt.date) -> Invoice:
    invoice.file, invoice.received_on = file, day
    taken = Invoice.objects.filter(supplier=invoice.supplier, supplier_number=invoice.supplier_number)
    if taken.exists():
        raise RuleBroken("number_taken", TAKEN, field="supplier_number")
    try:
        with transaction.atomic():
            invoice.save(force_insert=True)
    except IntegrityError as error:
        if "invoice_number_once" not in str(error):
            raise
        raise RuleBroken("number_taken", TAKEN, field="supplier_number") from error
    return invoice


def _credited(contract: Contract, document: Document, arrival: Arrival) -> Invoice | None:
    """The invoice a credit note comes off. Raises RuleBroken on `credited`."""
    if document.kind == InvoiceKind.INVOICE:
        if arrival.credited is not None:
            message = "Ce document est une facture, pas un avoir : n’indiquez pas de facture à corriger."
            raise RuleBroken("not_a_credit_note", message, field="credited")
        return None
    found = arrival.credited
    if found is None and document.credited_number:
        found = Invoice.objects.filter(
            contract=contract, kind=InvoiceKind.INVOICE, supplier_number=document.credited_number
        ).first()
    if found is None:
        message = "Indiquez la facture que cet avoir corrige : elle doit être reçue ici pour ce contrat."
        raise RuleBroken("credited_missing", message, field="credited")
    if found.contract_id != contract.pk or found.kind != InvoiceKind.INVOICE:
        message = "La facture corrigée est une facture du même contrat. Choisissez-la dans la liste."
        raise RuleBroken("credited_elsewhere", message, field="credited")
    return found


def _statement(contract: Contract, document: Document, arrival: Arrival) -> UsageStatement | None:
    """Raises RuleBroken on `statement`."""
    free = statements_to_bill(contract)
    if arrival.statement is not None:
        if arrival.statement not in free:
            message = (
                "Ce relevé n’est pas à facturer : il est d’un autre contrat, il n’est pas envoyé, "
                "ou une facture le porte déjà. Choisissez-en un autre."
            )
            raise RuleBroken("statement_not_free", message, field="statement")
        return arrival.statement
    same = [each for each in free if each.total_eur_ht == document.total_eur_ht]
    return same[0] if len(same) == 1 else None


def _write_lines(invoice: Invoice, document: Document, ordered: list[OrderLine]) -> None:
    """A line answers to the order's line of the rank it cites, else of the same words."""
    by_rank = {str(line.position): line for line in ordered}
    by_label = {bare(line.label): line for line in reversed(ordered)}
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            order_line=by_rank.get(line.order_ref.strip()) or by_label.get(bare(line.label)),
            position=line.position,
            label=line.label,
            quantity=line.quantity,
            unit_price_eur_ht=line.unit_price_eur_ht,
            total_eur_ht=line.total_eur_ht,
            vat_rate=line.vat_rate,
        )
        for line in document.lines
    )


def _first_look(invoice: Invoice, *, actor: Actor) -> None:
    """Disputed when its PDF contradicts its XML; matched when all three agree; else left to be looked at."""
    stated = invoice.stated_eur_ttc
    if stated is not None and stated != invoice.total_eur_ttc:
        reason = (
            f"Le PDF montre {euros(stated, tax='TTC')}, son XML dit "
            f"{euros(invoice.total_eur_ttc, tax='TTC')}. Envoyez une facture où les deux s’accordent."
        )
        InvoiceDispute.objects.create(
            invoice=invoice, cause=DisputeCause.PDF_DIFFERS, reason=reason, opened_on=invoice.received_on
        )
        invoice.perform("dispute", actor=actor, reason=reason, apply=set_due)
        return
    found = match_of(invoice)
    if found.agrees and is_certified(invoice):
        invoice.perform("match", actor=actor, apply=set_due)
    else:
        invoice.touch("compare", actor=actor, apply=set_due, detail={"differences": len(found.sentences)})
