"""A difference of a register in words: what each column said before, and says now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from catalog.enums import TrustStatus
from catalog.registers.specs import Column, Register
from marketplace.ui.typography import date_text


class Compared(Protocol):
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """Empty text: the register says nothing there."""

    label: str
    before: str
    after: str

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def compared(difference: Compared, *, register: Register) -> list[ComparedCell]:
    """The columns that either side fills, in the register's order."""
    cells = [
        ComparedCell(
            register.decision if column.name == "decision" else column.label,
            _say(difference.before, column),
            _say(difference.after, column),
        )
        for column in register.columns
    ]
    return [cell for cell in cells if cell.before or cell.after]


def _say(row: Mapping[str, Any] | None, column: Column) -> str:
    value = (row or {}).get(column.name)
    if not value:
        return ""
    if column.kind == "status":
        return str(TrustStatus(value).label)
    if column.kind == "date":
        try:
            return date_text(dt.date.fromisoformat(value))
        except ValueError:
            return str(value)  # a file of ours may know the month only
    return str(value)
