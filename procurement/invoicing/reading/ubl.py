"""UBL 2.1 (ISO/IEC 19845), documents Invoice and CreditNote: the terms of EN 16931 that we use."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from procurement.invoicing.enums import InvoiceFormat, InvoiceKind
from procurement.invoicing.reading.cii import per_unit
from procurement.invoicing.reading.document import (
    Document,
    Line,
    amount,
    day,
    number,
    refuse_many_lines,
    unreadable,
)
from procurement.invoicing.reading.terms import identifiers, optional, tax_in
from procurement.invoicing.reading.xml import Element

ROOTS = {"Invoice": InvoiceKind.INVOICE, "CreditNote": InvoiceKind.CREDIT_NOTE}
NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:{}-2"

IDENTIFIERS = ("PartyLegalEntity/CompanyID", "PartyTaxScheme/CompanyID", "PartyIdentification/ID")


def read_ubl(root: Element) -> Document:
    """Raises RuleBroken, on `file`."""
    kind = ROOTS[root.name]
    sums = root.first("LegalMonetaryTotal")
    if sums is None:
        raise unreadable("Le XML de la facture n’a pas de totaux.")
    return Document(
        kind=kind,
        format=InvoiceFormat.UBL,
        number=root.must("ID", name="numéro de facture")[:200],
        issued_on=day(root.must("IssueDate", name="date"), name="La date"),
        currency=root.must("DocumentCurrencyCode", name="devise"),
        lines=_lines(root, kind),
        total_eur_ht=amount(sums.must("TaxExclusiveAmount", name="total HT"), name="Le total HT"),
        vat_eur=tax_in(root.all("TaxTotal/TaxAmount"), root.say("DocumentCurrencyCode")),
        total_eur_ttc=amount(sums.must("TaxInclusiveAmount", name="total TTC"), name="Le total TTC"),
        foot_eur_ht=optional(sums, "ChargeTotalAmount") - optional(sums, "AllowanceTotalAmount"),
        order_reference=root.say("OrderReference/ID"),
        credited_number=root.say("BillingReference/InvoiceDocumentReference/ID"),
        seller=identifiers(root.first("AccountingSupplierParty/Party"), IDENTIFIERS),
        buyer=identifiers(root.first("AccountingCustomerParty/Party"), IDENTIFIERS),
        iban=root.say("PaymentMeans/PayeeFinancialAccount/ID"),
        served_on=_served(root),
    )


def _served(root: Element) -> dt.date | None:
    text = root.say("Delivery/ActualDeliveryDate") or root.say("InvoicePeriod/EndDate")
    return day(text, name="La date d’exécution") if text else None


def _lines(root: Element, kind: str) -> tuple[Line, ...]:
    credit = kind == InvoiceKind.CREDIT_NOTE
    found = list(root.all("CreditNoteLine" if credit else "InvoiceLine"))
    refuse_many_lines(found)
    quantity = "CreditedQuantity" if credit else "InvoicedQuantity"
    return tuple(_line(item, position, quantity) for position, item in enumerate(found, 1))


def _line(item: Element, position: int, quantity: str) -> Line:
    of = f"de la ligne {position}"
    price = number(item.must("Price/PriceAmount", name=f"prix {of}"), name=f"Le prix {of}")
    rate = item.say("Item/ClassifiedTaxCategory/Percent")
    return Line(
        position=position,
        label=item.say("Item/Name")[:200] or f"Ligne {position}",
        quantity=_quantity(item.say(quantity), of=of),
        unit_price_eur_ht=per_unit(price, item.say("Price/BaseQuantity"), of=of),
        total_eur_ht=amount(item.must("LineExtensionAmount", name=f"montant {of}"), name=f"Le montant {of}"),
        vat_rate=number(rate, name=f"Le taux de TVA {of}") if rate else None,
        order_ref=item.say("OrderLineReference/LineID"),
    )


def _quantity(text: str, *, of: str) -> Decimal:
    """UBL lets it out: one is then meant."""
    return number(text, name=f"La quantité {of}") if text else Decimal(1)
