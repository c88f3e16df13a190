"""Order-X 1.0: the CII message that is put inside the PDF of an order. Profile BASIC; COMFORT where a line
has an allowance, which BASIC cannot say."""

from __future__ import annotations

from procurement.electronic.facts import Line, OrderDocument, Party, plain
from procurement.electronic.xml import Node, document

FILE_NAME = "order-x.xml"
_PROFILES = {"BASIC": "urn:order-x.eu:1p0:basic", "COMFORT": "urn:order-x.eu:1p0:comfort"}
# UNTDID 1001, 1225 and 4343: an order, original, answered by an acknowledgement.
ORDER, ORIGINAL, ANSWER = "220", "9", "AC"
# UN/ECE Rec. 20: one (a line counts units times periods).
UNIT = "C62"
# UNTDID 5189: a discount.
DISCOUNT, REASON = "95", "Remise du support d’achat"
_STANDARD = "urn:un:unece:uncefact:data:standard"
NAMESPACES = {
    "rsm": "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100",
    "ram": f"{_STANDARD}:ReusableAggregateBusinessInformationEntity:128",
    "udt": f"{_STANDARD}:UnqualifiedDataType:128",
    "qdt": f"{_STANDARD}:QualifiedDataType:128",
}


def level_of(facts: OrderDocument) -> str:
    """The conformance level that the message claims."""
    return "COMFORT" if facts.has_allowance else "BASIC"


def order_x(facts: OrderDocument) -> bytes:
    """The same facts give the same bytes."""
    context = Node(
        "rsm:ExchangedDocumentContext",
        [_in("GuidelineSpecifiedDocumentContextParameter", [_text("ID", _PROFILES[level_of(facts)])])],
    )
    return document(
        Node("rsm:SCRDMCCBDACIOMessageStructure", [context, _header(facts), _transaction(facts)]),
        NAMESPACES,
    )


def _in(name: str, children: list[Node | None]) -> Node:
    return Node(f"ram:{name}", children)


def _text(name: str, text: str, **attributes: str) -> Node:
    return Node(f"ram:{name}", text, attributes)


def _known(name: str, text: str) -> Node | None:
    return _text(name, text) if text else None


def _date(name: str, text: str, code: str) -> Node:
    """UNTDID 2379: 102 is a day, 203 a minute."""
    return _in(name, [Node("udt:DateTimeString", text, {"format": code})])


def _header(facts: OrderDocument) -> Node:
    return Node(
        "rsm:ExchangedDocument",
        [
            _text("ID", facts.number),
            _text("Name", "Bon de commande"),
            _text("TypeCode", ORDER),
            _date("IssueDateTime", f"{facts.issued_at:%Y%m%d%H%M}", "203"),
            _text("PurposeCode", ORIGINAL),
            _text("RequestedResponseTypeCode", ANSWER),
            *[_in("IncludedNote", [_text("Content", note)]) for note in facts.notes],
        ],
    )


def _transaction(facts: OrderDocument) -> Node:
    return Node(
        "rsm:SupplyChainTradeTransaction",
        [*[_line(line) for line in facts.lines], _agreement(facts), _delivery(facts), _settlement(facts)],
    )


def _agreement(facts: OrderDocument) -> Node:
    vehicle = [_text("IssuerAssignedID", facts.vehicle)] if facts.vehicle else None
    return _in(
        "ApplicableHeaderTradeAgreement",
        [
            _known("BuyerReference", facts.service_code),
            _party("SellerTradeParty", facts.seller),
            _party("BuyerTradeParty", facts.buyer),
            _in("ContractReferencedDocument", [*vehicle]) if vehicle else None,
        ],
    )


def _party(name: str, party: Party) -> Node:
    organisation = None
    if party.identifier and party.code and party.code != "9957":
        organisation = _in("SpecifiedLegalOrganization", [_text("ID", party.identifier, schemeID=party.code)])
    taxed = None
    if party.code == "9957":
        taxed = _in("SpecifiedTaxRegistration", [_text("ID", party.identifier, schemeID="VA")])
    return _in(
        name,
        [
            _text("Name", party.name),
            organisation,
            _in("PostalTradeAddress", [_text("CountryID", party.country)]) if party.country else None,
            taxed,
        ],
    )


def _delivery(facts: OrderDocument) -> Node:
    period = [
        _date("StartDateTime", f"{facts.starts_on:%Y%m%d}", "102"),
        _date("EndDateTime", f"{facts.ends_on:%Y%m%d}", "102"),
    ]
    event = _in("RequestedDeliverySupplyChainEvent", [_in("OccurrenceSpecifiedPeriod", [*period])])
    return _in("ApplicableHeaderTradeDelivery", [event])


def _settlement(facts: OrderDocument) -> Node:
    sums: list[Node | None] = [
        _text("LineTotalAmount", plain(facts.total_ht)),
        _text("TaxBasisTotalAmount", plain(facts.total_ht)),
    ]
    if facts.tax is not None and facts.total_ttc is not None:
        sums += [
            _text("TaxTotalAmount", plain(facts.tax), currencyID="EUR"),
            _text("GrandTotalAmount", plain(facts.total_ttc)),
        ]
    return _in(
        "ApplicableHeaderTradeSettlement",
        [_text("OrderCurrencyCode", "EUR"), _in("SpecifiedTradeSettlementHeaderMonetarySummation", sums)],
    )


def _line(line: Line) -> Node:
    note = _in("IncludedNote", [_text("Content", line.note)])
    price = _in("NetPriceProductTradePrice", [_text("ChargeAmount", plain(line.unit_price))])
    total = _in(
        "SpecifiedTradeSettlementLineMonetarySummation", [_text("LineTotalAmount", plain(line.total))]
    )
    return _in(
        "IncludedSupplyChainTradeLineItem",
        [
            _in("AssociatedDocumentLineDocument", [_text("LineID", str(line.number)), note]),
            _in("SpecifiedTradeProduct", [_text("Name", line.label)]),
            _in("SpecifiedLineTradeAgreement", [_list_price(line), price]),
            _in(
                "SpecifiedLineTradeDelivery",
                [_text("RequestedQuantity", f"{line.quantity.normalize():f}", unitCode=UNIT)],
            ),
            _in("SpecifiedLineTradeSettlement", [total]),
        ],
    )


def _list_price(line: Line) -> Node | None:
    """The price before the discount and what is taken off it: the net price is their difference."""
    if line.list_price is None:
        return None
    allowance: list[Node | None] = [
        _in("ChargeIndicator", [Node("udt:Indicator", "false")]),
        _text("CalculationPercent", plain(line.percent)) if line.percent is not None else None,
        _text("BasisAmount", plain(line.list_price)) if line.percent is not None else None,
        _text("ActualAmount", plain(line.allowance)),
        _text("ReasonCode", DISCOUNT),
        _text("Reason", REASON),
    ]
    return _in(
        "GrossPriceProductTradePrice",
        [_text("ChargeAmount", plain(line.list_price)), _in("AppliedTradeAllowanceCharge", allowance)],
    )
