"""From which amount and by when the essential data are due: dated data of `duty.toml`, with their source."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.calendar_months import add_months

_FILE = Path(__file__).parent / "duty.toml"
# How long before the limit people are told.
WARNING = dt.timedelta(days=14)
DUE, CHOICE, NOT_DUE, UNKNOWN = "due", "choice", "not_due", "unknown"


@dataclass(frozen=True, slots=True)
class Duty:
    """`standing`: due, choice (or a yearly list), not_due, or unknown."""

    standing: str
    text: str
    source: str = ""
    confidence: str = ""


@cache
def _held() -> dict[str, Any]:
    with _FILE.open("rb") as stream:
        return tomllib.load(stream)


def duty_of(amount_eur_ht: Decimal | None, *, on: dt.date) -> Duty:
    """What the amount asks for a contract notified that day."""
    if amount_eur_ht is None:
        return Duty(UNKNOWN, "Le montant n’est pas connu.")
    in_force = [one for one in _held()["threshold"] if one["from"] <= on]
    if not in_force:
        return Duty(UNKNOWN, "Aucun seuil n’est tenu ici pour cette date.")
    for one in sorted(in_force, key=lambda each: (-each["eur_ht"], each["from"])):
        if amount_eur_ht >= one["eur_ht"]:
            standing = DUE if one["code"] == "every" else CHOICE
            return Duty(standing, one["text"], one["source"], one["confidence"])
    least = min(in_force, key=lambda each: each["eur_ht"])
    return Duty(
        NOT_DUE,
        "En dessous de 25 000 € HT, la publication n’est pas due ; elle reste possible.",
        least["source"],
        least["confidence"],
    )


def limit_of(notified_on: dt.date) -> dt.date:
    """The last day to publish: two months from the notification."""
    return add_months(notified_on, limit_months())


def limit_months() -> int:
    return int(_held()["limit"]["months"])


def limit_source() -> str:
    held = _held()["limit"]
    return f"{held['source']} ({held['confidence']})"


def environment_warning(*, notified_on: dt.date) -> str:
    """Said when no environmental consideration is declared; empty before the text applies."""
    held = _held()["environment"]
    return f"{held['text']} ({held['source']})" if notified_on >= held["from"] else ""
