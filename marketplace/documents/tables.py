"""A table to take away, whatever its format: typed cells, and what makes a text harmless."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from marketplace.ui.typography import UNKNOWN

# None is unknown; a tuple is a list of texts.
Cell = str | int | Decimal | dt.date | bool | tuple[str, ...] | None
# What a spreadsheet takes for the start of a formula (OWASP, « CSV Injection »).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
# Characters that XML 1.0 cannot hold, § 2.2.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """`code` names the column for machines, `label` for people."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` is read once, in order: it may be a generator over the database."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Cell]]


def words(cell: Cell) -> str:
    """The cell as a person reads it, numbers and dates left aside: « Oui », « Inconnu », « FR, DE »."""
    if cell is None or cell == ():
        return UNKNOWN
    if isinstance(cell, bool):
        return "Oui" if cell else "Non"
    return ", ".join(cell) if isinstance(cell, tuple) else str(cell)


def is_number(cell: Cell) -> bool:
    return isinstance(cell, int | Decimal) and not isinstance(cell, bool)


def inert(text: str) -> str:
    """A leading apostrophe keeps as text what a spreadsheet would compute when it opens a CSV."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def printable(text: str) -> str:
    """Without the characters that no XML file may hold."""
    return _NOT_XML.sub("", text)
