"""VAT compensation and co-financing, dated facts of `aids.toml`."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from marketplace.money import round_eur

FILE = Path(__file__).parent / "aids.toml"


@dataclass(frozen=True, slots=True)
class Compensation:
    """`amount_eur` None: the buyer may have a right to it, the part of the expense is not known."""

    label: str
    rate_percent: Decimal
    amount_eur: Decimal | None
    source: str
    note: str


@dataclass(frozen=True, slots=True)
class CoFinancing:
    label: str
    source: str
    note: str


@cache
def _aids() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def vat_compensations(
    *, buyer_kind: str, service_models: Iterable[str], total_eur_ttc: Decimal | None, on: dt.date
) -> list[Compensation]:
    """What comes back to the buyer on this expense; an offer of several models has an unknown part."""
    models = set(service_models)
    found = []
    for aid in _aids()["vat_compensation"]:
        eligible = models & set(aid["service_models"])
        in_force = aid["valid_from"] <= on and on <= aid.get("valid_until", dt.date.max)
        if buyer_kind not in aid["buyer_kinds"] or not eligible or not in_force:
            continue
        rate = Decimal(aid["rate_percent"])
        whole = total_eur_ttc is not None and models == eligible
        amount = round_eur(total_eur_ttc * rate / 100) if whole and total_eur_ttc is not None else None
        found.append(Compensation(aid["label"], rate, amount, aid["source"], aid["note"]))
    return found


def co_financings(*, buyer_kind: str, secnumcloud_held: bool) -> list[CoFinancing]:
    return [
        CoFinancing(aid["label"], aid["source"], aid["note"])
        for aid in _aids()["co_financing"]
        if buyer_kind in aid["buyer_kinds"] and (secnumcloud_held or not aid["needs_secnumcloud"])
    ]
