"""UN/CEFACT Cross Industry Invoice D16B, the XML of Factur-X: the terms of EN 16931 that we use."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from procurement.invoicing.enums import InvoiceFormat, InvoiceKind
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

ROOT = "CrossIndustryInvoice"
# UNTDID 1001: an invoice, corrected, of a deposit; a credit note.
KINDS = dict.fromkeys(("380", "384", "386"), InvoiceKind.INVOICE) | {"381": InvoiceKind.CREDIT_NOTE}
_SUMS = "SpecifiedTradeSettlementHeaderMonetarySummation"

IDENTIFIERS = ("SpecifiedLegalOrganization/ID", "SpecifiedTaxRegistration/ID", "GlobalID")


def read_cii(root: Element, *, format: str = InvoiceFormat.CII) -> Document:
    """Raises RuleBroken, on `file`."""
    trade = root.first("SupplyChainTradeTransaction")
    if trade is None:
        raise unreadable("Ce XML n’a pas de partie commerciale : ce n’est pas une facture CII complète.")
    head = "ExchangedDocument"
    agreement = "ApplicableHeaderTradeAgreement"
    settlement = "ApplicableHeaderTradeSettlement"
    sums = trade.first(f"{settlement}/{_SUMS}")
    if sums is None:
        raise unreadable("Le XML de la facture n’a pas de totaux.")
    code = root.must(f"{head}/TypeCode", name="type de document")
    return Document(
        kind=_kind(code),
        format=format,
        number=root.must(f"{head}/ID", name="numéro de facture")[:200],
        issued_on=day(root.must(f"{head}/IssueDateTime/DateTimeString", name="date"), name="La date"),
        currency=trade.must(f"{settlement}/InvoiceCurrencyCode", name="devise"),
        lines=_lines(trade),
        total_eur_ht=amount(sums.must("TaxBasisTotalAmount", name="total HT"), name="Le total HT"),
        vat_eur=tax_in(sums.all("TaxTotalAmount"), trade.say(f"{settlement}/InvoiceCurrencyCode")),
        total_eur_ttc=amount(sums.must("GrandTotalAmount", name="total TTC"), name="Le total TTC"),
        foot_eur_ht=optional(sums, "ChargeTotalAmount") - optional(sums, "AllowanceTotalAmount"),
        order_reference=trade.say(f"{agreement}/BuyerOrderReferencedDocument/IssuerAssignedID"),
        credited_number=trade.say(f"{settlement}/InvoiceReferencedDocument/IssuerAssignedID"),
        seller=identifiers(trade.first(f"{agreement}/SellerTradeParty"), IDENTIFIERS),
        buyer=identifiers(trade.first(f"{agreement}/BuyerTradeParty"), IDENTIFIERS),
        iban=trade.say(
            f"{settlement}/SpecifiedTradeSettlementPaymentMeans/PayeePartyCreditorFinancialAccount/IBANID"
        ),
        served_on=_served(trade),
    )


def _kind(code: str) -> str:
    if code not in KINDS:
        raise unreadable(f"Le type de document « {code[:10]} » n’est ni une facture (380) ni un avoir (381).")
    return KINDS[code]


def _served(trade: Element) -> dt.date | None:
    """The day of delivery, else the last day of the period invoiced."""
    paths = (
        "ApplicableHeaderTradeDelivery/ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString",
        "ApplicableHeaderTradeSettlement/BillingSpecifiedPeriod/EndDateTime/DateTimeString",
    )
    text = next((found for path in paths if (found := trade.say(path))), "")
    return day(text, name="La date d’exécution") if text else None


def _lines(trade: Element) -> tuple[Line, ...]:
    found = list(trade.all("IncludedSupplyChainTradeLineItem"))
    refuse_many_lines(found)
    return tuple(_line(item, position) for position, item in enumerate(found, 1))


def _line(item: Element, position: int) -> Line:
    settlement = "SpecifiedLineTradeSettlement"
    agreed = "SpecifiedLineTradeAgreement"
    of = f"de la ligne {position}"
    price = number(
        item.must(f"{agreed}/NetPriceProductTradePrice/ChargeAmount", name=f"prix {of}"), name=f"Le prix {of}"
    )
    basis = item.say(f"{agreed}/NetPriceProductTradePrice/BasisQuantity")
    rate = item.say(f"{settlement}/ApplicableTradeTax/RateApplicablePercent")
    total = item.must(
        f"{settlement}/SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount", name=f"montant {of}"
    )
    billed = item.must("SpecifiedLineTradeDelivery/BilledQuantity", name=f"quantité {of}")
    return Line(
        position=position,
        label=item.say("SpecifiedTradeProduct/Name")[:200] or f"Ligne {position}",
        quantity=number(billed, name=f"La quantité {of}"),
        unit_price_eur_ht=per_unit(price, basis, of=of),
        total_eur_ht=amount(total, name=f"Le montant {of}"),
        vat_rate=number(rate, name=f"Le taux de TVA {of}") if rate else None,
        order_ref=item.say(f"{agreed}/BuyerOrderReferencedDocument/LineID"),
    )


def per_unit(price: Decimal, basis: str, *, of: str) -> Decimal:
    """A price for several units, brought to one. Raises RuleBroken on a basis of nothing."""
    count = number(basis, name=f"La base du prix {of}") if basis else Decimal(1)
    if count <= 0:
        raise unreadable(f"La base du prix {of} doit être supérieure à 0.")
    return (price / count).quantize(Decimal("0.000001"))
