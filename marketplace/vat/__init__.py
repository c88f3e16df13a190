"""The dated VAT rules of the reference file, read once per process."""

import tomllib
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from marketplace.money import VatRule

_FILE = Path(__file__).parent / "rules.toml"


@lru_cache(maxsize=1)
def vat_rules() -> tuple[VatRule, ...]:
    with _FILE.open("rb") as stream:
        return tuple(_rule(entry) for entry in tomllib.load(stream)["rules"])


def _rule(entry: dict[str, Any]) -> VatRule:
    valid_until: date | None = entry.get("valid_until")
    return VatRule(
        code=entry["code"],
        category=entry["category"],
        rate=Decimal(entry["rate"]),
        mention=entry["mention"],
        source=entry["source"],
        confidence=entry["confidence"],
        valid_from=entry["valid_from"],
        valid_until=valid_until,
        supplier_countries=frozenset(entry["supplier_countries"]),
        supplier_regimes=frozenset(entry.get("supplier_regimes", ())),
        customer_places=frozenset(entry.get("customer_places", ())),
        needs_identified_customer=entry.get("needs_identified_customer", False),
        foreign_supplier=entry.get("foreign_supplier", False),
    )
