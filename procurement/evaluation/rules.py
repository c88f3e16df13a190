"""The dated rules of `rules.toml`, with their source and how sure we are; read once a process."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "rules.toml"


@dataclass(frozen=True, slots=True)
class Rule:
    """What a text says from a day on. `values` are the figures of that rule, by name."""

    text: str
    source: str
    confidence: str
    values: dict[str, Any]


@cache
def _held() -> dict[str, Any]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)


def _rule_on(name: str, day: dt.date) -> Rule | None:
    """The newest one in force; None before the first."""
    in_force = [one for one in _held()[name] if one["from"] <= day]
    if not in_force:
        return None
    one = max(in_force, key=lambda each: each["from"])
    told = {"text", "source", "confidence", "from"}
    values = {key: value for key, value in one.items() if key not in told}
    return Rule(one["text"], one["source"], one["confidence"], values)


def low_price_on(day: dt.date) -> Rule | None:
    return _rule_on("low_price", day)


def low_price_share(rule: Rule) -> Decimal:
    """From 0 to 1: how far under the average of the others a price prompts the question."""
    return Decimal(rule.values["below_average_of_others"])


def standstill_on(day: dt.date) -> Rule | None:
    return _rule_on("standstill", day)


def certificates_on(day: dt.date) -> Rule | None:
    return _rule_on("certificates", day)


def exemption(code: str) -> str:
    """Why no delay is due; empty when it is."""
    return next((one["text"] for one in _held()["exempt"] if one["code"] == code), "")


def remedies() -> list[str]:
    """What a supplier that is not retained may do, as its letter says it."""
    return [one["text"] for one in _held()["remedies"]]
