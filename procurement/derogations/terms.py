"""How long an R9 derogation lasts, from `terms.toml`, read once per process."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

NOT_HELD = ", d’après une note, texte non relu"
_FILE = Path(__file__).parent / "terms.toml"


@dataclass(frozen=True, slots=True)
class Term:
    """`months` after an acceptable offer is available; `uncertain` says what other sources hold."""

    months: int
    source: str
    uncertain: str


@lru_cache(maxsize=1)
def _read() -> dict[str, Any]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)


def term_on(day: date) -> Term:
    """Raises LookupError when no text is held for that day: the circular is of 31 May 2023."""
    for entry in _read()["months"]:
        until = entry.get("valid_until")
        if entry["valid_from"] <= day and (until is None or day <= until):
            return Term(entry["months"], entry["source"], _uncertain(entry["months"]))
    raise LookupError(f"no term of derogation is held for {day}")


def _uncertain(months: int) -> str:
    others = [
        f"{each['source']}\u00a0: {each['months']} mois" + ("" if each["held"] else NOT_HELD)
        for each in _read()["elsewhere"]
        if each["months"] != months
    ]
    if not others:
        return ""
    return f"Point incertain, les sources diffèrent ({' ; '.join(others)}). La durée est un réglage."
