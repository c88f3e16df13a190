"""The dated amounts of `thresholds.toml`, read once a process."""

import datetime as dt
import tomllib
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

_FILE = Path(__file__).parent / "thresholds.toml"


@dataclass(frozen=True, slots=True)
class Threshold:
    """Euros of full cost without VAT; `included`: whether the amount itself is concerned."""

    rule: str
    eur_ht: Decimal
    included: bool
    first_day: dt.date
    last_day: dt.date | None
    source: str
    confidence: str

    def holds(self, on: dt.date) -> bool:
        return self.first_day <= on and (self.last_day is None or on <= self.last_day)

    def reached(self, cost: Decimal) -> bool:
        return cost >= self.eur_ht if self.included else cost > self.eur_ht


@cache
def all_thresholds() -> tuple[Threshold, ...]:
    with _FILE.open("rb") as stream:
        return tuple(
            Threshold(
                rule=one["rule"],
                eur_ht=Decimal(one["eur_ht"]),
                included=one["included"],
                first_day=one["from"],
                last_day=one.get("until"),
                source=one["source"],
                confidence=one["confidence"],
            )
            for one in tomllib.load(stream)["threshold"]
        )


def threshold_on(rule: str, on: dt.date) -> Threshold | None:
    """None when no text is held for that day: unknown, never zero."""
    return next((one for one in all_thresholds() if one.rule == rule and one.holds(on)), None)


def newest(rule: str) -> Threshold:
    """Of the rule's latest text: rules that compute are bound to a rule set, which has its own dates."""
    return max((one for one in all_thresholds() if one.rule == rule), key=lambda one: one.first_day)
