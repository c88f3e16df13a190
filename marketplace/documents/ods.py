"""OpenDocument spreadsheets. odfdo makes the package (styles, manifest, title, language); the rows are
written straight into its `content.xml`, so that memory does not grow with them."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from marketplace.documents.tables import Cell, Table, is_number, printable, words
from marketplace.ui.typography import number_text

_CONTENT = "content.xml"
_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content office:version="1.3"
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"
 xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"
 xmlns:number="urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:automatic-styles>
<number:date-style style:name="day"><number:day number:style="long"/><number:text>/</number:text>\
<number:month number:style="long"/><number:text>/</number:text><number:year number:style="long"/>\
</number:date-style>
<style:style style:name="wide" style:family="table-column">\
<style:table-column-properties style:column-width="5cm"/></style:style>
<style:style style:name="head" style:family="table-cell"><style:text-properties fo:font-weight="bold"/>\
</style:style>
<style:style style:name="date" style:family="table-cell" style:data-style-name="day"/>
<style:style style:name="cell" style:family="table-cell">\
<style:table-cell-properties fo:wrap-option="wrap"/></style:style>
</office:automatic-styles>
<office:body><office:spreadsheet>"""
_TAIL = "</table:table></office:spreadsheet></office:body></office:document-content>"


def write_ods(table: Table, target: IO[bytes]) -> None:
    """A cell of text holds text: nothing in it is ever read as a formula."""
    with zipfile.ZipFile(_package(table.title)) as package, zipfile.ZipFile(target, "w") as made:
        for part in package.infolist():
            if part.filename != _CONTENT:
                made.writestr(part, package.read(part))
        part = zipfile.ZipInfo(_CONTENT, package.getinfo(_CONTENT).date_time)
        part.compress_type = zipfile.ZIP_DEFLATED
        with made.open(part, "w", force_zip64=True) as content:
            for chunk in _content(table):
                content.write(chunk.encode())


def _package(title: str) -> io.BytesIO:
    from odfdo import Document  # read by the few who export

    document = Document("spreadsheet")
    document.meta.title = printable(title)
    document.meta.language = "fr-FR"
    made = io.BytesIO()
    document.save(made)
    return made


def _content(table: Table) -> Iterator[str]:
    name = printable(table.title)[:31].translate(str.maketrans("[]*?:/\\'", "        ")).strip() or "Tableau"
    yield f"{_HEAD}<table:table table:name={quoteattr(name)}>"
    repeated = f'table:number-columns-repeated="{len(table.columns)}"'
    yield f'<table:table-column table:style-name="wide" {repeated}/>'
    heads = "".join(_text(column.label, style="head") for column in table.columns)
    yield f"<table:table-header-rows><table:table-row>{heads}</table:table-row></table:table-header-rows>"
    for row in table.rows:
        yield _row(row)
    yield _TAIL


def _row(row: Sequence[Cell]) -> str:
    return f"<table:table-row>{''.join(map(_cell, row))}</table:table-row>"


def _cell(cell: Cell) -> str:
    if is_number(cell):
        return (
            f'<table:table-cell office:value-type="float" office:value="{cell:f}">'
            f"<text:p>{number_text(cell)}</text:p></table:table-cell>"
        )
    if isinstance(cell, dt.date):
        return (
            '<table:table-cell table:style-name="date" office:value-type="date"'
            f' office:date-value="{cell.isoformat()}"><text:p>{cell:%d/%m/%Y}</text:p></table:table-cell>'
        )
    return _text(words(cell), style="cell")


def _text(text: str, *, style: str) -> str:
    lines = escape(printable(text)).replace("\t", "<text:tab/>").replace("\r", "").split("\n")
    said = "".join(f"<text:p>{line}</text:p>" for line in lines)
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">{said}</table:table-cell>'
    )
