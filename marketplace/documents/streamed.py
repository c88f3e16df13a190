"""CSV and JSON, written as they are read: memory does not grow with the rows."""

from __future__ import annotations

import csv
import datetime as dt
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from marketplace.documents.tables import Cell, Table, inert, is_number, words

BOM = "\ufeff"


class _Echo:
    """What csv.writer writes to: the line comes back from `writerow`."""

    def write(self, line: str) -> str:
        return line


def csv_chunks(table: Table) -> Iterator[str]:
    """Semicolons, decimal commas and a byte order mark: what French spreadsheets open without a question."""
    writer = csv.writer(_Echo(), delimiter=";")
    yield BOM + writer.writerow([inert(column.label) for column in table.columns])
    for row in table.rows:
        yield writer.writerow([_csv_cell(cell) for cell in row])


def _csv_cell(cell: Cell) -> str:
    if is_number(cell):
        return format(Decimal(str(cell)), "f").replace(".", ",")
    if isinstance(cell, dt.date):
        return cell.strftime("%d/%m/%Y")
    return inert(words(cell))


def json_chunks(table: Table) -> Iterator[str]:
    """`{title, columns: [{code, label}], rows: [{code: value}]}`; amounts are texts, unknown is null."""
    head = {
        "title": table.title,
        "columns": [{"code": column.code, "label": column.label} for column in table.columns],
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "rows": ['
    codes = [column.code for column in table.columns]
    comma = ""
    for row in table.rows:
        yield comma + json.dumps(dict(zip(codes, map(json_value, row), strict=True)), ensure_ascii=False)
        comma = ", "
    yield "]}"


def json_value(cell: Cell) -> Any:
    if isinstance(cell, Decimal):
        return format(cell, "f")
    return cell.isoformat() if isinstance(cell, dt.date) else cell
