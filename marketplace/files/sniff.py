"""What a file really is, whatever its name says."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

import puremagic

PDF, ODT, ODS, DOCX, XLSX = (
    "application/pdf",
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
)
PNG, JPEG, CSV, TEXT = "image/png", "image/jpeg", "text/csv", "text/plain"
# Never among DOCUMENTS: only an electronic invoice is joined as one.
XML = "text/xml"
# Never among them either: only a usage file is joined compressed.
GZIP = "application/gzip"
DOCUMENTS = frozenset({PDF, ODT, ODS, DOCX, XLSX, PNG, JPEG, CSV, TEXT})
EXTENSIONS = {
    PDF: ".pdf", ODT: ".odt", ODS: ".ods", DOCX: ".docx", XLSX: ".xlsx",
    PNG: ".png", JPEG: ".jpg", CSV: ".csv", TEXT: ".txt",
}  # fmt: skip
_PROGRAM_HEADS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa")
_MAX_UNPACKED = 100_000_000
_LONGEST_KIND = 100


def sniff(content: bytes, name: str) -> str:
    """The media type read in the bytes; « application/octet-stream » when nothing allowed fits."""
    if content.startswith(_PROGRAM_HEADS):
        return "application/x-executable"
    if content.startswith(b"%PDF-"):
        return PDF
    if content.startswith(b"PK\x03\x04"):
        return _sniff_zip(content)
    head = content[:1024].lstrip().lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype", b"<html")):
        return XML
    try:
        found = puremagic.from_string(content[:4096], mime=True)
    except (puremagic.PureError, ValueError):
        found = ""
    if found in {PNG, JPEG}:
        return found
    return _sniff_text(content, name)


def _sniff_zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > _MAX_UNPACKED:
                return "application/zip"
            names = set(archive.namelist())
            if "mimetype" in names:
                # Read in part: what a few bytes pack may unpack to a hundred megabytes.
                head = archive.open("mimetype").read(_LONGEST_KIND + 1)
                if len(head) > _LONGEST_KIND:
                    return "application/zip"
                kind = head.decode("ascii", "replace").strip()
                return kind if kind in {ODT, ODS} else "application/zip"
            if any(name.startswith("word/") for name in names):
                return DOCX
            return XLSX if any(name.startswith("xl/") for name in names) else "application/zip"
    except (zipfile.BadZipFile, OSError, RuntimeError):
        return "application/octet-stream"


def _sniff_text(content: bytes, name: str) -> str:
    if b"\x00" in content:
        return "application/octet-stream"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "application/octet-stream"
    return CSV if PurePosixPath(name).suffix.lower() == ".csv" else TEXT
