"""Files of invoices: written by another library, read by ours; and files that want to harm."""

import datetime as dt
import io
import types
import zlib
from decimal import Decimal

import pikepdf
import pytest

from marketplace.errors import RuleBroken
from procurement.invoicing.checks import siren_of
from procurement.invoicing.reading.files import read_invoice
from tests.procurement.invoicing.builders import IBAN, factur_x, paper, paper_line, xml_of

CONTRACT = types.SimpleNamespace(
    order=types.SimpleNamespace(sent_number="BC-1"),
    supplier=types.SimpleNamespace(name="Nuage Exemple", identifier="000050001"),
    buyer=types.SimpleNamespace(name="Ministère d’essai", identifier="00000101600013"),
)


def refused(content):
    with pytest.raises(RuleBroken) as error:
        read_invoice(content)
    assert set(error.value.fields) == {"file"} and error.value.fields["file"][0] == error.value.message
    return error.value.message


@pytest.mark.parametrize("flavor", ["factur-x", "ubl-2.1"])
def test_the_same_terms_are_read_in_either_syntax(flavor):
    lines = [
        paper_line("1", "7", "10.00", "70.00", **{"BT-132": "2"}),
        paper_line("2", "3", "20.00", "30.00", **{"BT-149": "2"}),
    ]
    found = read_invoice(xml_of(paper(CONTRACT, **{"BG-25": lines}), flavor=flavor))
    assert (found.kind, found.currency, found.order_reference, found.iban) == ("invoice", "EUR", "BC-1", IBAN)
    assert (found.total_eur_ht, found.vat_eur, found.total_eur_ttc) == (
        Decimal("100.00"), Decimal("20.00"), Decimal("120.00"),
    )  # fmt: skip
    assert found.issued_on == dt.date(2026, 2, 1) and found.served_on == dt.date(2026, 1, 31)
    assert {siren_of(each) for each in found.seller} == {"000050001"}
    assert [
        (each.quantity, each.unit_price_eur_ht, each.total_eur_ht, each.order_ref) for each in found.lines
    ] == [
        (Decimal(7), Decimal(10), Decimal("70.00"), "2"),
        (Decimal(3), Decimal(10), Decimal("30.00"), ""),
    ]


@pytest.mark.parametrize("flavor", ["factur-x", "ubl-2.1"])
def test_a_credit_note_names_its_invoice(flavor):
    terms = paper(CONTRACT, **{"BT-3": "381", "BG-3": [{"BT-25": "X-0"}]})
    found = read_invoice(xml_of(terms, flavor=flavor))
    assert (found.kind, found.credited_number) == ("credit_note", "X-0")
    assert found.lines[0].quantity == Decimal(10)


def test_a_factur_x_pdf_gives_its_xml():
    assert read_invoice(factur_x(paper(CONTRACT))).format == "factur_x"


def test_the_paper_of_the_tests_breaks_no_rule_of_en_16931():
    assert xml_of(paper(CONTRACT, **{"BT-20": "30 jours"}), rules=True)


def pdf_with(attached, *, name="factur-x.xml", part=b"3", **stream):
    opened = pikepdf.new()
    opened.add_blank_page()
    opened.attachments[name] = pikepdf.AttachedFileSpec(opened, attached)
    if stream:
        opened.attachments[name].get_file().obj.write(stream["raw"], filter=pikepdf.Name.FlateDecode)
    metadata = pikepdf.Stream(opened, b"<x:xmpmeta><pdfaid:part>" + part + b"</pdfaid:part></x:xmpmeta>")
    opened.Root.Metadata = opened.make_indirect(metadata)
    out = io.BytesIO()
    opened.save(
        out,
        fix_metadata_version=False,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
    )
    return out.getvalue()


def test_a_pdf_that_is_no_factur_x_is_said_so():
    assert "factur-x.xml" in refused(pdf_with(b"<a/>", name="autre.xml"))
    assert "PDF/A-3" in refused(pdf_with(b"<a/>", part=b"1"))
    assert "abîmé" in refused(b"%PDF-1.7\nrien du tout")
    assert "n’est pas une facture" in refused(pdf_with(b"<a/>"))


def test_a_bomb_in_the_pdf_is_not_unpacked():
    packed = zlib.compress(b"<a>" + b" " * 60_000_000)
    assert "5 Mo" in refused(pdf_with(b"<a/>", raw=packed))


BOMB = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "cccccccccc"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;</a>'
OUTSIDE = b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/hostname">]><a>&e;</a>'


@pytest.mark.parametrize(("content", "word"), [
    (BOMB, "DOCTYPE"),
    (OUTSIDE, "DOCTYPE"),
    (b'<!DOCTYPE a SYSTEM "http://exemple.invalid/a.dtd"><a/>', "DOCTYPE"),
    (b"<a>&nbsp;</a>", "mal formé"),
    (b"", "mal formé"),
    (b"<a", "mal formé"),
    (b'<?xml version="1.0" encoding="klingon"?><a/>', "mal formé"),
    (b"<a>" * 50 + b"</a>" * 50, "trop d’éléments"),
    (b"<a>" + b" " * 5_000_001 + b"</a>", "5 Mo"),
    (b"<Invoice/>", "n’est pas une facture"),
    (b"<html/>", "n’est pas une facture"),
], ids=range(11))  # fmt: skip
def test_xml_that_wants_to_harm_is_refused(content, word):
    assert word in refused(content)


@pytest.mark.parametrize(("before", "after", "word"), [
    (b">380<", b">325<", "ni une facture"),
    (b">EUR<", b"><", "devise"),
    (b">20260201<", b">20260231<", "date"),
    (b">120.00<", b">1e9<", "nombre"),
    (b">120.00<", b">NaN<", "nombre"),
    (b">120.00<", b">120.001<", "2 décimales"),
    (b">100.00</ram:LineTotalAmount", b">1234567890123.00</ram:LineTotalAmount", "12 chiffres"),
    (b">10.00<", b">10.0000001<", "6 décimales"),
    (b">10</ram:BilledQuantity", b">dix</ram:BilledQuantity", "nombre"),
], ids=range(9))  # fmt: skip
def test_a_term_that_lacks_or_is_wrong_is_named(before, after, word):
    xml = xml_of(paper(CONTRACT))
    assert before in xml
    assert word in refused(xml.replace(before, after))


FULL = b"urn:cen.eu:en16931:2017<"
OTHER_PROFILE = b"urn:cen.eu:en16931:2017#compliant#urn:exemple:autre<"


@pytest.mark.parametrize(("flavor", "before", "after", "words"), [
    ("factur-x", b"BilledQuantity", b"Quantity",
     "Ligne 29 du XML, IncludedSupplyChainTradeLineItem › SpecifiedLineTradeDelivery › Quantity : "
     "cet élément n’est pas attendu ici. Mettez d’abord BilledQuantity"),
    ("factur-x", b">120.00</ram:Grand", b">cent</ram:Grand", "« cent » n’est pas un nombre, comme 1200.50"),
    ("factur-x", b' unitCode="C62"', b' unit="C62"', "l’attribut « unit » n’est pas permis ici. Retirez-le."),
    ("factur-x", b"<ram:GrandTotal", b"perdu<ram:GrandTotal", "du texte s’y trouve entre les éléments"),
    ("factur-x", b"CrossIndustryInvoice:100", b"autre", "l’espace de noms de cet élément"),
    ("factur-x", FULL, b"urn:factur-x.eu:1p0:minimum<", "schéma Factur-X MINIMUM"),
    ("ubl-2.1", b">2026-02-01<", b">01/02/2026<",
     "Invoice › IssueDate : « 01/02/2026 » n’est pas une date, comme"),
    ("ubl-2.1", b' currencyID="EUR"', b"", "Et 4 autres erreurs"),
    ("ubl-2.1", b' currencyID="EUR"', b"",
     "Ligne 67 du XML, Invoice › TaxTotal › TaxAmount : l’attribut « currencyID » manque"),
], ids=range(9))  # fmt: skip
def test_what_the_official_schema_refuses_is_told_with_its_place(flavor, before, after, words):
    xml = xml_of(paper(CONTRACT), flavor=flavor)
    assert before in xml
    with pytest.raises(RuleBroken) as error:
        read_invoice(xml.replace(before, after))
    assert words in "\n".join(error.value.fields["file"])
    assert len(error.value.fields["file"]) <= 7


def test_a_profile_that_is_not_ours_is_judged_on_the_whole_vocabulary():
    xml = xml_of(paper(CONTRACT)).replace(FULL, OTHER_PROFILE)
    assert read_invoice(xml).number
    assert "schéma CII D22B" in refused(xml.replace(b' unitCode="C62"', b' unit="C62"'))


def test_where_a_file_says_its_schema_lies_is_not_followed():
    xml = xml_of(paper(CONTRACT), flavor="ubl-2.1")
    hint = b' xsi:schemaLocation="urn:a http://exemple.invalid/a.xsd" '
    hint += b"" if b"xmlns:xsi" in xml else b'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    xml = xml.replace(b"<Invoice ", b"<Invoice" + hint, 1)
    assert hint in xml and read_invoice(xml).format == "ubl"


def test_a_judgement_that_lasts_is_stopped(monkeypatch):
    monkeypatch.setattr("procurement.invoicing.reading.schema.CLOCK_SECONDS", 0.001)
    assert "limites de temps" in refused(xml_of(paper(CONTRACT)))


def test_too_many_elements_or_lines_are_refused(monkeypatch):
    monkeypatch.setattr("procurement.invoicing.reading.xml.MOST_ELEMENTS", 50)
    assert "trop d’éléments" in refused(b"<a>" + b"<b/>" * 50 + b"</a>")
    monkeypatch.undo()
    monkeypatch.setattr("procurement.invoicing.reading.document.MOST_LINES", 1)
    lines = [paper_line("1", "5", "10.00", "50.00"), paper_line("2", "5", "10.00", "50.00")]
    assert "plus de 1 lignes" in refused(xml_of(paper(CONTRACT, **{"BG-25": lines})))
