"""From the bytes of a file to the invoice it says."""

from __future__ import annotations

from collections.abc import Callable

from marketplace.errors import RuleBroken
from procurement.invoicing.enums import InvoiceFormat
from procurement.invoicing.reading import cii, ubl
from procurement.invoicing.reading.document import Document, unreadable
from procurement.invoicing.reading.pdf import embedded_xml
from procurement.invoicing.reading.schema import schema_faults
from procurement.invoicing.reading.xml import Element, parse


def read_invoice(content: bytes) -> Document:
    """A Factur-X PDF, a UBL 2.1 or a CII file. Raises RuleBroken, on `file`."""
    if content.startswith(b"%PDF-"):
        return _read(embedded_xml(content), inside_pdf=True)
    return _read(content, inside_pdf=False)


def _read(content: bytes, *, inside_pdf: bool) -> Document:
    root = parse(content)
    if root.name == cii.ROOT:
        format = InvoiceFormat.FACTUR_X if inside_pdf else InvoiceFormat.CII
        return _judged(root, lambda: cii.read_cii(root, format=format))
    if not inside_pdf and root.name in ubl.ROOTS and root.namespace == ubl.NAMESPACE.format(root.name):
        return _judged(root, lambda: ubl.read_ubl(root))
    raise unreadable(
        f"« {root.name[:40]} » n’est pas une facture. Envoyez un Factur-X (PDF), un UBL 2.1 ou un CII."
    )


def _judged(root: Element, read: Callable[[], Document]) -> Document:
    """Our own reading says first what lacks, in plain words; the schema then says the rest, with places."""
    schema, faults = schema_faults(root)
    try:
        found = read()
    except RuleBroken as refused:
        said = refused.fields["file"]
        raise RuleBroken(refused.code, refused.message, fields={"file": [*said, *faults]}) from refused
    if faults:
        message = (
            f"Ce fichier ne respecte pas le schéma {schema}. Corrigez ce qui suit dans votre logiciel de "
            "facturation et exportez la facture de nouveau, ou saisissez-la."
        )
        raise RuleBroken("invoice_schema", message, fields={"file": [message, *faults]})
    return found
