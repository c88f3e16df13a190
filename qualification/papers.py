"""Opening the files of an offer for the checks: whether each opens, and what family it belongs to.

Bytes come from outside: nothing is rendered nor run, archives are listed and tested within a bound.
"""

from __future__ import annotations

import csv
import io
import json
import re
import xml.parsers.expat
import zipfile

from marketplace.files.sniff import CSV, DOCX, JPEG, ODS, ODT, PDF, PNG, TEXT, XLSX

ZIPPED = frozenset({ODT, ODS, DOCX, XLSX})
UNPACKED = 100_000_000
PROTECTED = "il est protégé par un mot de passe"
TRUNCATED = "il est tronqué"
OF_TYPE = {ODS: "csv", XLSX: "csv", ODT: "office"}
SQL = re.compile(r"^\s*(create\s+table|insert\s+into|copy\s+\S+|begin\b|set\s+\w+)", re.I | re.M)


def problem_of(content: bytes, media_type: str) -> str:
    """Why it does not open, as the end of a French sentence; empty when it does."""
    if not content:
        return "il est vide"
    if media_type == PDF:
        return _pdf(content)
    if media_type in ZIPPED:
        return _zip(content)
    if media_type == PNG:
        return "" if content.rstrip(b"\x00").endswith(b"IEND\xaeB`\x82") else TRUNCATED
    if media_type == JPEG:
        return "" if b"\xff\xd9" in content[-4096:] else TRUNCATED
    return ""


def families_of(content: bytes, media_type: str) -> tuple[str, ...]:
    """Of the question « open_formats » : csv, json, sql, office. Text is told by what it holds."""
    if media_type in OF_TYPE:
        return (OF_TYPE[media_type],)
    if media_type == CSV:
        return ("csv",) if _is_table(content) else ()
    if media_type != TEXT:
        return ()
    text = content.decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    found = []
    if text[:1] in "{[" and _is_json(text) or text[:1] == "<" and _is_xml(content):
        found.append("json")
    if SQL.search(text[:100_000]):
        found.append("sql")
    if not found and _is_table(content):
        found.append("csv")
    return tuple(found)


def _pdf(content: bytes) -> str:
    if b"%%EOF" not in content[-2048:]:
        return TRUNCATED
    return PROTECTED if re.search(rb"/Encrypt\s+\d+\s+\d+\s+R|/Encrypt\s*<<", content) else ""


def _zip(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if any(entry.flag_bits & 1 for entry in entries):
                return PROTECTED
            if sum(entry.file_size for entry in entries) > UNPACKED:
                return "une fois décompressé, il dépasse 100 Mo"
            broken = archive.testzip()
            return f"sa partie « {broken[:60]} » est abîmée" if broken else ""
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError, EOFError, ValueError):
        return "son archive est abîmée"


def _is_table(content: bytes) -> bool:
    """At least two lines of two cells, the same number on each of the first thousand lines."""
    text = content[:2_000_000].decode("utf-8-sig", "replace")
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    lines = text.splitlines()[:1000] if len(content) <= 2_000_000 else text.splitlines()[:-1][:1000]
    try:
        widths = {len(row) for row in csv.reader(lines, delimiter=delimiter) if row}
    except csv.Error:
        return False
    return len(lines) > 1 and len(widths) == 1 and widths.pop() > 1


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_xml(content: bytes) -> bool:
    """Well formed; a document type is refused before any entity is read."""
    parser = xml.parsers.expat.ParserCreate()

    def refuse(*_declared: object) -> None:
        raise ValueError("doctype")

    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except (xml.parsers.expat.ExpatError, ValueError):
        return False
    return True
