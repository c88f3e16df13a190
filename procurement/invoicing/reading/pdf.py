"""The XML that a Factur-X PDF carries, taken out without unpacking more than an invoice can weigh."""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING

from procurement.invoicing.reading.document import unreadable
from procurement.invoicing.reading.xml import MOST_BYTES

if TYPE_CHECKING:
    import pikepdf

# Factur-X and ZUGFeRD 2.1, then the names of its older versions.
NAMES = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml")
_PART_3 = re.compile(rb"pdfaid:part(?:>\s*|\s*=\s*[\"'])3")
_MOST_METADATA = 1_000_000


def embedded_xml(content: bytes) -> bytes:
    """Raises RuleBroken, on `file`, on a PDF that is no Factur-X."""
    import pikepdf  # a large library: only who reads a PDF pays for it

    try:
        with pikepdf.open(io.BytesIO(content)) as opened:
            found = _file(opened)
            _refuse_other_pdf(opened)
            return found
    except pikepdf.PasswordError as error:
        raise unreadable("Ce PDF est protégé par un mot de passe. Envoyez-le sans protection.") from error
    except (pikepdf.PdfError, zlib.error, RuntimeError, ValueError, KeyError, AttributeError) as error:
        raise unreadable("Ce PDF est abîmé. Exportez-le de nouveau depuis votre logiciel.") from error


def _file(opened: pikepdf.Pdf) -> bytes:
    attached = opened.attachments
    name = next((each for each in NAMES if each in attached), None)
    if name is None:
        raise unreadable(
            "Ce PDF ne contient pas de fichier factur-x.xml : ce n’est pas une facture Factur-X. "
            "Envoyez un Factur-X, un UBL, ou saisissez la facture."
        )
    return _unpacked(attached[name].get_file().obj)


def _refuse_other_pdf(opened: pikepdf.Pdf) -> None:
    metadata = opened.Root.get("/Metadata")
    words = b"" if metadata is None else _unpacked(metadata, most=_MOST_METADATA)
    if not _PART_3.search(words):
        raise unreadable("Ce PDF n’est pas un PDF/A-3, que Factur-X demande. Exportez-le en Factur-X.")


def _unpacked(stream: pikepdf.Object, *, most: int = MOST_BYTES) -> bytes:
    """What the stream holds, plain or deflated; stops at `most` bytes."""
    raw, packing = stream.read_raw_bytes(), _filters(stream)
    if packing == ["/FlateDecode"] and "/DecodeParms" not in stream:
        raw = zlib.decompressobj().decompress(raw, most + 1)
    elif packing:
        raise unreadable("Le fichier joint au PDF est comprimé d’une façon inconnue. Exportez-le de nouveau.")
    if len(raw) > most:
        raise unreadable("Le XML de la facture dépasse 5 Mo. Découpez la facture.")
    return raw


def _filters(stream: pikepdf.Object) -> list[str]:
    import pikepdf

    found = stream.get("/Filter")
    if found is None:
        return []
    return [str(each) for each in found] if isinstance(found, pikepdf.Array) else [str(found)]
