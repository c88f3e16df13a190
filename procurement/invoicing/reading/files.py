"""From the bytes of a file to the invoice it says."""

from __future__ import annotations

from procurement.invoicing.enums import InvoiceFormat
from procurement.invoicing.reading import cii, ubl
from procurement.invoicing.reading.document import Document, unreadable
from procurement.invoicing.reading.pdf import embedded_xml
from procurement.invoicing.reading.xml import parse


def read_invoice(content: bytes) -> Document:
    """A Factur-X PDF, a UBL 2.1 or a CII file. Raises RuleBroken, on `file`."""
    if content.startswith(b"%PDF-"):
        return _read(embedded_xml(content), inside_pdf=True)
    return _read(content, inside_pdf=False)


def _read(content: bytes, *, inside_pdf: bool) -> Document:
    root = parse(content)
    if root.name == cii.ROOT:
        return cii.read_cii(root, format=InvoiceFormat.FACTUR_X if inside_pdf else InvoiceFormat.CII)
    if not inside_pdf and root.name in ubl.ROOTS and root.namespace == ubl.NAMESPACE.format(root.name):
        return ubl.read_ubl(root)
    raise unreadable(
        f"« {root.name[:40]} » n’est pas une facture. Envoyez un Factur-X (PDF), un UBL 2.1 ou un CII."
    )
