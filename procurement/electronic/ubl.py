"""UBL 2.1 (ISO/IEC 19845), document Order: the file beside the PDF. No Peppol profile is claimed."""

from __future__ import annotations

from procurement.electronic.facts import Line, OrderDocument, Party, plain
from procurement.electronic.order_x import DISCOUNT, ORDER, REASON, UNIT
from procurement.electronic.xml import Node, document

_OASIS = "urn:oasis:names:specification:ubl:schema:xsd"
NAMESPACES = {
    "": f"{_OASIS}:Order-2",
    "cac": f"{_OASIS}:CommonAggregateComponents-2",
    "cbc": f"{_OASIS}:CommonBasicComponents-2",
}


def ubl_order(facts: OrderDocument) -> bytes:
    """The same facts give the same bytes."""
    return document(Node("Order", [*_header(facts), *_body(facts)]), NAMESPACES)


def _in(name: str, *children: Node | None) -> Node:
    return Node(f"cac:{name}", children)


def _text(name: str, text: str, **attributes: str) -> Node:
    return Node(f"cbc:{name}", text, attributes)


def _euros(name: str, text: str) -> Node:
    return _text(name, text, currencyID="EUR")


def _header(facts: OrderDocument) -> list[Node | None]:
    return [
        _text("UBLVersionID", "2.1"),
        _text("ID", facts.number),
        _text("IssueDate", f"{facts.issued_at:%Y-%m-%d}"),
        _text("IssueTime", f"{facts.issued_at:%H:%M:%S}"),
        _text("OrderTypeCode", ORDER),
        *[_text("Note", note) for note in facts.notes],
        _text("DocumentCurrencyCode", "EUR"),
        _text("CustomerReference", facts.service_code) if facts.service_code else None,
        _text("LineCountNumeric", str(len(facts.lines))),
        _in(
            "ValidityPeriod",
            _text("StartDate", facts.starts_on.isoformat()),
            _text("EndDate", facts.ends_on.isoformat()),
        ),
        _in(
            "AdditionalDocumentReference",
            _text("ID", facts.commitment_number),
            _text("DocumentType", "Numéro d’engagement"),
        ),
        _in("Contract", _text("ID", facts.vehicle)) if facts.vehicle else None,
    ]


def _body(facts: OrderDocument) -> list[Node | None]:
    return [
        _in("BuyerCustomerParty", _party(facts.buyer)),
        _in("SellerSupplierParty", _party(facts.seller)),
        _in("TaxTotal", _euros("TaxAmount", plain(facts.tax))) if facts.tax is not None else None,
        _total(facts),
        *[_line(line) for line in facts.lines],
    ]


def _total(facts: OrderDocument) -> Node | None:
    """The schema asks what is to be paid, tax included: without a known tax no total is written."""
    if facts.total_ttc is None:
        return None
    return _in(
        "AnticipatedMonetaryTotal",
        _euros("LineExtensionAmount", plain(facts.total_ht)),
        _euros("TaxExclusiveAmount", plain(facts.total_ht)),
        _euros("TaxInclusiveAmount", plain(facts.total_ttc)),
        _euros("PayableAmount", plain(facts.total_ttc)),
    )


def _party(party: Party) -> Node:
    identified = None
    if party.identifier:
        code = {"schemeID": party.code} if party.code else {}
        identified = _in("PartyIdentification", _text("ID", party.identifier, **code))
    address = None
    if party.country:
        address = _in("PostalAddress", _in("Country", _text("IdentificationCode", party.country)))
    return _in("Party", identified, _in("PartyName", _text("Name", party.name)), address)


def _line(line: Line) -> Node:
    item = _in("Item", _text("Name", line.label))
    return _in(
        "OrderLine",
        _text("Note", line.note),
        _in(
            "LineItem",
            _text("ID", str(line.number)),
            _text("Quantity", f"{line.quantity.normalize():f}", unitCode=UNIT),
            _euros("LineExtensionAmount", plain(line.total)),
            _in("Price", _euros("PriceAmount", plain(line.unit_price)), _allowance(line)),
            item,
        ),
    )


def _allowance(line: Line) -> Node | None:
    """Of the price, which is what is left of the base amount: line totals do not move."""
    if line.list_price is None:
        return None
    factor = None
    if line.percent is not None:
        factor = _text("MultiplierFactorNumeric", f"{(line.percent / 100).normalize():f}")
    return _in(
        "AllowanceCharge",
        _text("ChargeIndicator", "false"),
        _text("AllowanceChargeReasonCode", DISCOUNT),
        _text("AllowanceChargeReason", REASON),
        factor,
        _euros("Amount", plain(line.allowance)),
        _euros("BaseAmount", plain(line.list_price)),
    )
