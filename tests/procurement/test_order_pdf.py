"""The purchase order document: what archive and accessibility rules let a machine check."""

import io

import pikepdf
import pypdf
import pytest

from marketplace.files.store import read_file
from procurement.pdf.purchase_order import document_data, purchase_order_pdf
from tests.procurement.order_builders import make_order, make_purchase

pytestmark = pytest.mark.django_db
TRICK = "#set text(size: 99pt) *gras* $x$ <étiquette> @ref"


@pytest.fixture
def sent():
    purchase = make_purchase()
    return purchase, make_order(purchase, state="sent", budget_line=TRICK)


def test_the_stored_document_is_pdf_a_3a_and_ua_1_in_french(sent):
    purchase, order = sent
    with pikepdf.open(io.BytesIO(read_file(order.document, actor=purchase.actor("requester")))) as pdf:
        assert pdf.Root.Lang == "fr-FR"
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root and "/OutputIntents" in pdf.Root
        xmp = pdf.Root.Metadata.read_bytes().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in xmp and "<pdfaid:conformance>A</pdfaid:conformance>" in xmp
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert f"Bon de commande {order.sent_number}" in xmp
    assert order.document.media_type == "application/pdf" and order.document.owner == purchase.buyer


def test_the_tables_are_tagged_with_headers(sent):
    _, order = sent
    with pikepdf.open(io.BytesIO(purchase_order_pdf(order))) as pdf:
        tags = {
            str(item.S)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/S" in item and "/P" in item
        }
    assert {"/Table", "/TH", "/TD", "/H1", "/H2"} <= tags


def test_fonts_are_embedded_and_none_comes_from_the_machine(sent):
    _, order = sent
    with pikepdf.open(io.BytesIO(purchase_order_pdf(order))) as pdf:
        names = {
            str(item.FontName)
            for item in pdf.objects
            if isinstance(item, pikepdf.Dictionary) and "/FontFile3" in item
        }
    assert names and all("Libertinus" in name for name in names)


def test_what_people_typed_is_printed_literally(sent):
    _, order = sent
    text = pypdf.PdfReader(io.BytesIO(purchase_order_pdf(order))).pages[0].extract_text().replace("\n", " ")
    assert "#set text(size: 99pt)" in text and "*gras*" in text


def test_the_same_order_gives_the_same_words(sent):
    _, order = sent
    assert purchase_order_pdf(order)[:8] == b"%PDF-1.7"
    data = document_data(order)
    assert data["title"] == f"Bon de commande {order.sent_number}"
    assert data["totals"][-1] == {"label": "Total TTC", "value": "1\u202f440,00\u00a0€"}


def test_without_a_known_tax_no_ttc_is_printed():
    order = make_order(make_purchase(), state="sent", supplier_vat_regime="")
    labels = [row["label"] for row in document_data(order)["totals"]]
    assert labels == ["Total HT", "TVA"]


def test_the_state_brand_prints_in_marianne(sent, settings, tmp_path):
    _, order = sent
    settings.BRAND_STATE, settings.VAR_DIR = True, tmp_path
    from marketplace.documents import fonts

    fonts._unpacked.cache_clear()
    try:
        with pikepdf.open(io.BytesIO(purchase_order_pdf(order))) as pdf:
            names = {
                str(i.FontName) for i in pdf.objects if isinstance(i, pikepdf.Dictionary) and "/FontName" in i
            }
    finally:
        fonts._unpacked.cache_clear()
    assert any("Marianne" in name for name in names)
