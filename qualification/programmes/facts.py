"""Programmes as dated, sourced facts (`programmes.toml`). No database here."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from qualification.programmes.enums import ProgrammeKind

FILE = Path(__file__).with_name("programmes.toml")


@dataclass(frozen=True, slots=True)
class PastCutOff:
    """``closes_at``: local time in Paris, None when the source does not say the minute."""

    label: str
    words: str
    closes_at: dt.datetime | None = None
    selected: int | None = None
    applications_words: str = ""
    amount_eur: Decimal | None = None
    amount_words: str = ""


@dataclass(frozen=True, slots=True)
class Total:
    words: str
    companies: int | None = None
    amount_eur: Decimal | None = None

    @property
    def per_company_eur(self) -> Decimal | None:
        """A plain mean; what each company received is not published."""
        if self.amount_eur is None or not self.companies:
            return None
        return (self.amount_eur / self.companies).quantize(Decimal(1))


@dataclass(frozen=True, slots=True)
class Programme:
    """``sizes`` and ``models``: who and what may apply; empty: no condition of that kind is held.
    ``target_months``: from the choice to the qualification; None: none is stated."""

    code: str
    name: str
    kind: str
    operator: str
    summary: str
    source: str
    read_on: dt.date
    sizes: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    target_months: int | None = None
    target_words: str = ""
    cutoffs: tuple[PastCutOff, ...] = ()
    totals: tuple[Total, ...] = ()

    @property
    def kind_label(self) -> str:
        return str(ProgrammeKind(self.kind).label)

    @property
    def is_support(self) -> bool:
        return self.kind == ProgrammeKind.SUPPORT


@cache
def programmes() -> Mapping[str, Programme]:
    """By code, in the file's order."""
    data = tomllib.loads(FILE.read_text(encoding="utf-8"))
    return {code: _programme(code, row) for code, row in data.items()}


def _programme(code: str, row: dict[str, Any]) -> Programme:
    return Programme(
        code=code,
        sizes=tuple(row.pop("sizes", ())),
        models=tuple(row.pop("models", ())),
        cutoffs=tuple(PastCutOff(**_money(each)) for each in row.pop("cutoffs", ())),
        totals=tuple(Total(**_money(each)) for each in row.pop("totals", ())),
        **row,
    )


def _money(row: dict[str, Any]) -> dict[str, Any]:
    return row | ({"amount_eur": Decimal(row["amount_eur"])} if "amount_eur" in row else {})
