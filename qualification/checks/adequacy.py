"""Countries outside the EEA that the Commission found adequate, dated facts of `adequacy.toml`."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from catalog.countries import COUNTRY_NAMES, EEA_COUNTRIES

FILE = Path(__file__).with_name("adequacy.toml")


@dataclass(frozen=True, slots=True)
class Decision:
    """`only`: the recipients it is about, in French; empty: the whole country."""

    country: str
    decision: str
    valid_from: dt.date
    valid_until: dt.date | None
    only: str

    @property
    def words(self) -> str:
        return f"{COUNTRY_NAMES[self.country]} ({self.decision[:1].lower()}{self.decision[1:]})"


@dataclass(frozen=True, slots=True)
class Places:
    """Countries outside the EEA, in the order given: found adequate, for some recipients alone, or not."""

    adequate: tuple[Decision, ...]
    partial: tuple[Decision, ...]
    elsewhere: tuple[str, ...]


@cache
def _decisions() -> tuple[Decision, ...]:
    rows = tomllib.loads(FILE.read_text(encoding="utf-8"))["decision"]
    return tuple(
        Decision(
            row["country"],
            row["decision"],
            row["valid_from"],
            row.get("valid_until"),
            row.get("only", ""),
        )
        for row in rows
    )


def decision_on(country: str, *, on: dt.date) -> Decision | None:
    """In force that day; the last day counts."""
    for found in _decisions():
        ends = found.valid_until or dt.date.max
        if found.country == country and found.valid_from <= on <= ends:
            return found
    return None


def outside_eea(countries: Iterable[str], *, on: dt.date) -> Places:
    """An unknown country (empty) is elsewhere: nothing says it is adequate."""
    outside = [code for code in dict.fromkeys(countries) if code not in EEA_COUNTRIES]
    found = [(code, decision_on(code, on=on)) for code in outside]
    decided = [decision for _, decision in found if decision is not None]
    return Places(
        tuple(decision for decision in decided if not decision.only),
        tuple(decision for decision in decided if decision.only),
        tuple(code for code, decision in found if decision is None),
    )
