"""One table in four formats: typed cells, unknown said, nothing that a spreadsheet would compute."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from odfdo import Document

from marketplace.documents.answers import FORMATS, table_answer
from marketplace.documents.tables import Column, Table

HOSTILE = ["=1+1", "+1", "-2", "@SUM(A1)", "\t=1+1", "\r=1+1", "\n=1+1", '=HYPERLINK("http://x.example";"a")']
COLUMNS = (Column("name", "Nom"), Column("value", "Valeur"))


def made(code: str, *values: Any) -> bytes:
    table = Table("Essai", COLUMNS, [(f"Ligne {n}", value) for n, value in enumerate(values, start=1)])
    format = FORMATS[code]
    if format.write is not None:
        target = io.BytesIO()
        format.write(table, target)
        return target.getvalue()
    answer: Any = table_answer(table, format=format, name="essai")
    assert answer["Content-Disposition"] == f'attachment; filename="essai.{code}"'
    return b"".join(answer.streaming_content)


def lines(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))


def ods_cells(data: bytes) -> list[Any]:
    sheet = Document(io.BytesIO(data)).body.tables[0]
    return [row.get_cell(1) for row in list(sheet.rows)[1:]]


def xlsx_cells(data: bytes) -> list[Any]:
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    return [row[1] for row in sheet.iter_rows(min_row=2)]


def test_a_csv_holds_no_formula() -> None:
    shown = [row[1] for row in lines(made("csv", *HOSTILE))[1:]]
    assert shown == [f"'{text}" for text in HOSTILE]


def test_an_ods_holds_texts_and_no_formula() -> None:
    data = made("ods", *HOSTILE)
    cells = ods_cells(data)
    assert {cell.type for cell in cells} == {"string"}
    assert [cell.get_attribute("table:formula") for cell in cells] == [None] * len(HOSTILE)
    assert cells[0].value == "=1+1"
    assert b"formula" not in zipfile.ZipFile(io.BytesIO(data)).read("content.xml")


def test_an_xlsx_holds_texts_and_no_formula() -> None:
    cells = xlsx_cells(made("xlsx", *HOSTILE))
    # openpyxl guesses « f » from a leading « = » of a string; the file itself says which it is.
    data = zipfile.ZipFile(io.BytesIO(made("xlsx", *HOSTILE)))
    sheet = data.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet
    assert len(cells) == len(HOSTILE)


def test_cells_keep_their_type() -> None:
    day, amount = dt.date(2027, 3, 1), Decimal("12.50")
    values = (amount, 3, day, True, None, ("FR", "DE"), -4)
    assert [row[1] for row in lines(made("csv", *values))[1:]] == [
        "12,50", "3", "01/03/2027", "Oui", "Inconnu", "FR, DE", "-4",
    ]  # fmt: skip
    cells = ods_cells(made("ods", *values))
    assert [cell.type for cell in cells] == [
        "float", "float", "date", "string", "string", "string", "float",
    ]  # fmt: skip
    assert cells[0].value == amount
    assert cells[2].value == day
    assert [cell.value for cell in xlsx_cells(made("xlsx", *values))] == [
        12.5, 3, dt.datetime(2027, 3, 1), "Oui", "Inconnu", "FR, DE", -4,
    ]  # fmt: skip
    body = json.loads(made("json", *values))
    assert body["columns"] == [{"code": "name", "label": "Nom"}, {"code": "value", "label": "Valeur"}]
    assert [row["value"] for row in body["rows"]] == [
        "12.50", 3, "2027-03-01", True, None, ["FR", "DE"], -4,
    ]  # fmt: skip


@pytest.mark.parametrize("code", ["ods", "xlsx"])
def test_control_characters_break_no_file(code: str) -> None:
    data = made(code, "avant\x00\x0b\ud800après", "deux\nlignes", "<b>&", "é" * 40_000)
    cells = ods_cells(data) if code == "ods" else xlsx_cells(data)
    assert cells[0].value == "avantaprès"
    assert cells[2].value == "<b>&"


@pytest.mark.parametrize("code", ["csv", "json"])
def test_rows_are_sent_as_they_are_read(code: str) -> None:
    """The second row is not asked before the first was sent."""
    read: list[int] = []

    def rows() -> Iterator[tuple[str, int]]:
        for n in range(1000):
            read.append(n)
            yield (f"Ligne {n}", n)

    answer: Any = table_answer(Table("Essai", COLUMNS, rows()), format=FORMATS[code], name="essai")
    sent = iter(answer.streaming_content)
    next(sent)
    assert read == []
    next(sent)
    assert read == [0]


def test_an_ods_is_a_french_titled_package() -> None:
    data = made("ods", 1)
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.namelist()[0] == "mimetype"
        assert package.read("mimetype") == b"application/vnd.oasis.opendocument.spreadsheet"
        assert package.testzip() is None
    meta = Document(io.BytesIO(data)).meta
    assert (meta.title, meta.language) == ("Essai", "fr-FR")
