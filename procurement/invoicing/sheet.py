"""What the sheet of an invoice says, label by label; pure on rows already read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from marketplace.ui.typography import date_text, days_text, euros, number_text
from procurement.invoicing.clock import Clock, Standing
from procurement.invoicing.enums import DisputeEnd, InvoiceKind
from procurement.invoicing.terms import interest_terms, new_limit_after_interruption, payment_limit

if TYPE_CHECKING:
    from procurement.invoicing.interest import Interest
    from procurement.models import InterestPayment, Invoice, InvoiceDispute

UNKNOWN_RATE = (
    "Inconnu : le taux de la Banque centrale européenne au premier jour de ce semestre n’est pas tenu ici."
)
Rows = list[tuple[str, str]]


def head_rows(invoice: Invoice) -> Rows:
    rows = [
        ("Numéro du fournisseur", invoice.supplier_number),
        ("Fournisseur", invoice.supplier.name),
        ("Administration", invoice.buyer.name),
        ("Bon de commande", invoice.contract.order.sent_number or invoice.contract.order.number),
        ("Date de la facture", date_text(invoice.issued_on)),
        ("Reçue comme", invoice.get_format_display()),
        ("Total HT", euros(invoice.total_eur_ht, tax="HT")),
        ("TVA", euros(invoice.vat_eur)),
        ("Total TTC", euros(invoice.total_eur_ttc, tax="TTC")),
    ]
    if invoice.kind != InvoiceKind.INVOICE:
        return rows
    if invoice.credited_eur_ttc:
        rows.append(("Avoirs déduits", euros(invoice.credited_eur_ttc, tax="TTC")))
    rows.append(("Payé", euros(invoice.paid_eur_ttc, tax="TTC")))
    if invoice.left_eur_ttc < 0:
        rows.append(("Trop-perçu à rembourser", euros(-invoice.left_eur_ttc, tax="TTC")))
    else:
        rows.append(("Reste à payer", euros(invoice.left_eur_ttc, tax="TTC")))
    return rows


def clock_rows(
    invoice: Invoice, clock: Clock | None, disputes: Sequence[InvoiceDispute], *, on: dt.date
) -> Rows:
    """Empty for a credit note."""
    if clock is None:
        return []
    limit = payment_limit(kind=invoice.buyer.kind, on=invoice.received_on)
    served = "Inconnu : le délai est compté de la réception, au plus tôt."
    rows = [
        ("Reçue le", date_text(invoice.received_on)),
        ("Service exécuté le", date_text(invoice.service_day) if invoice.service_day else served),
        ("Le délai part du", date_text(clock.starts_on)),
        ("Délai", f"{limit.days} jours. {limit.source}. Confiance : {limit.confidence}." if limit else ""),
    ]
    if clock.left_when_told is not None:
        rows.append(("Interruption", _interruption(clock, disputes, on=invoice.received_on)))
    return [*rows, ("À payer au plus tard le", _due(invoice, clock, on=on))]


def _interruption(clock: Clock, disputes: Sequence[InvoiceDispute], *, on: dt.date) -> str:
    told = next(each for each in disputes if each.end != DisputeEnd.LIFTED)
    again = new_limit_after_interruption(on=on)
    law = f" {again.source}." if again else ""
    said = f"Interrompu le {date_text(told.opened_on)}, {clock.left_when_told} jours restaient"
    if told.ended_on is None:
        return f"{said}. Un nouveau délai partira de la réponse du fournisseur.{law}"
    return f"{said} ; réponse du {date_text(told.ended_on)} : un nouveau délai en part, une seule fois.{law}"


def _due(invoice: Invoice, clock: Clock, *, on: dt.date) -> str:
    if clock.standing == Standing.INTERRUPTED:
        return "Délai interrompu"
    if clock.due_on is None:
        return ""
    settled = invoice.left_eur_ttc <= 0 or invoice.due_on is None
    return (
        date_text(clock.due_on)
        if settled
        else f"{date_text(clock.due_on)} ({days_text((clock.due_on - on).days)})"
    )


def interest_rows(interest: Interest | None, paid: Sequence[InterestPayment] = ()) -> Rows:
    """Empty when nothing is late. `paid`: of the interest itself."""
    if interest is None:
        return []
    rate = interest.rate_percent
    terms = interest_terms(on=interest.began_on)
    parts = [
        f"{euros(each.amount_eur, tax='TTC')} pendant {each.days} jour{'s' if each.days > 1 else ''}"
        + (f" (payé le {date_text(each.paid_on)})" if each.paid_on else " (encore dû)")
        for each in interest.slices
    ]
    rows = [
        ("Courent depuis le", date_text(interest.began_on)),
        ("Sommes en retard", " ; ".join(parts)),
        (
            "Taux par an",
            f"{number_text(rate)} %" if rate is not None else UNKNOWN_RATE,
        ),
        ("Intérêts moratoires", euros(interest.interest_eur)),
        ("Indemnité forfaitaire", euros(interest.flat_fee_eur)),
        ("En tout", euros(interest.total_eur)),
        ("Source", interest.source),
    ]
    given = sum((each.interest_eur + each.flat_fee_eur for each in paid), Decimal(0))
    if paid:
        rows.append(("Versé", euros(given)))
        left = None if interest.total_eur is None else interest.total_eur - given
        rows.append(("Reste à verser", euros(left)))
    if terms is not None:
        rows.append(
            (
                "Délai de versement",
                f"{terms.paid_within_days} jours après le paiement du principal.",
            )
        )
    return rows
