"""The dated rule of `rules.toml`, read once a process. Pure."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from procurement.models import Consultation

_FILE = Path(__file__).parent / "rules.toml"


@dataclass(frozen=True, slots=True)
class NumberRule:
    """`least`: the smallest number of candidates that may be announced."""

    least: int
    text: str
    source: str
    confidence: str


@cache
def _held() -> dict[str, Any]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)


def number_rule_on(day: dt.date) -> NumberRule | None:
    """The newest in force; None before the first."""
    rows = [one for one in _held()["number"] if one["from"] <= day]
    one = max(rows, key=lambda each: each["from"], default=None)
    return None if one is None else NumberRule(one["least"], one["text"], one["source"], one["confidence"])


def lacks_of_call(row: Consultation, *, on: dt.date) -> Iterator[tuple[str, str]]:
    """(field, sentence) of what a call for candidates still has to say. No query."""
    rule = number_rule_on(on)
    if row.question_days >= row.candidature_days:
        yield (
            "question_days",
            "Les questions s’arrêtent avant le terme des candidatures et après la publication : donnez moins "
            f"de {row.candidature_days} jours ouvrés, ceux que vous laissez pour candidater.",
        )
    if not row.selection_criteria.strip():
        yield (
            "selection_criteria",
            "Écrivez les critères objectifs du choix des candidats : ils sont publiés.",
        )
    if row.candidates_most is None:
        yield "candidates_most", "Donnez le nombre maximal de candidats invités : il est publié."
    elif row.candidates_most < row.candidates_least:
        yield "candidates_most", f"Donnez un maximum de {row.candidates_least} au moins, votre minimum."
    if rule is not None and row.candidates_least < rule.least:
        yield (
            "candidates_least",
            f"Donnez un minimum de {rule.least} au moins. {rule.text} ({rule.source}.)",
        )
