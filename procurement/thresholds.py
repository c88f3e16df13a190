"""Dated purchasing thresholds of the reference file, read once per process."""

import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

_FILE = Path(__file__).parent / "reference" / "thresholds.toml"


@dataclass(frozen=True, slots=True)
class Threshold:
    amount_eur_ht: Decimal
    valid_from: date
    valid_until: date | None
    source: str

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@lru_cache(maxsize=1)
def _below_thresholds() -> tuple[Threshold, ...]:
    with _FILE.open("rb") as stream:
        return tuple(
            Threshold(
                amount_eur_ht=Decimal(entry["amount_eur_ht"]),
                valid_from=entry["valid_from"],
                valid_until=entry.get("valid_until"),
                source=entry["source"],
            )
            for entry in tomllib.load(stream)["below_threshold"]
        )


def below_threshold(*, on: date) -> Threshold | None:
    """The amount under which a purchase needs no publicity; None when no text is held for that day."""
    return next((each for each in _below_thresholds() if each.in_force(on)), None)
