"""Excel workbooks, row after row to a file on disk (xlsxwriter's constant memory)."""

from __future__ import annotations

import datetime as dt
from typing import IO, Any

from marketplace.documents.tables import Cell, Table, is_number, printable, words

# Excel keeps no more in one cell, nor in the name of a sheet.
CELL_LIMIT, NAME_LIMIT = 32_767, 31
_OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


def write_xlsx(table: Table, target: IO[bytes]) -> None:
    """A cell of text holds text: nothing in it is ever read as a formula."""
    import xlsxwriter  # read by the few who export

    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        book.set_properties({"title": printable(table.title)[:255]})
        sheet = book.add_worksheet("Tableau")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.set_column(0, max(0, len(table.columns) - 1), 24)
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(table.columns):
            sheet.write_string(0, place, printable(column.label)[:CELL_LIMIT], bold)
        for line, row in enumerate(table.rows, start=1):
            for place, cell in enumerate(row):
                _write(sheet, line, place, cell, day=day)


def _write(sheet: Any, line: int, place: int, cell: Cell, *, day: Any) -> None:
    if is_number(cell):
        sheet.write_number(line, place, cell)
    elif isinstance(cell, dt.date):
        sheet.write_datetime(line, place, dt.datetime.combine(cell, dt.time()), day)
    else:
        sheet.write_string(line, place, printable(words(cell))[:CELL_LIMIT])
