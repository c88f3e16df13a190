"""How the checks of one offer have gone: the last results of each, in few queries."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from catalog.models import Offer
from qualification.checks import CHECKS
from qualification.checks.base import gravity
from qualification.enums import Verdict
from qualification.models import CheckRun, OfferCheck

LAST = 12
BETTER, WORSE, STEADY = "mieux", "moins bien", "stable"
WORDS = {
    Verdict.PASS: ("conforme", "conformes"),
    Verdict.WARN: ("à surveiller", "à surveiller"),
    Verdict.FAIL: ("non conforme", "non conformes"),
    Verdict.UNKNOWN: ("non vérifié", "non vérifiés"),
}


@dataclass(frozen=True, slots=True)
class Trend:
    """Of the last results of one check, newest first."""

    verdicts: tuple[str, ...]

    @property
    def direction(self) -> str:
        """The last known verdict against the last one that differed; what is unknown is left out."""
        known = [gravity(verdict) for verdict in self.verdicts if verdict != Verdict.UNKNOWN]
        before = next((one for one in known if one != known[0]), None)
        if before is None:
            return STEADY
        return BETTER if known[0] > before else WORSE

    @property
    def sentence(self) -> str:
        """« 3 conformes, 1 non vérifié, stable »."""
        told = counted(self.verdicts)
        return f"{told}\u00a0; {self.direction}" if told else ""


def counted(verdicts: Iterable[str]) -> str:
    """« 3 conformes, 1 non vérifié »."""
    counts = Counter(verdicts)
    return ", ".join(f"{counts[code]}\u00a0{WORDS[code][counts[code] > 1]}" for code in WORDS if counts[code])


def summary_of(rows: Iterable[OfferCheck]) -> str:
    """How the checks of an offer read now."""
    return counted(row.current for row in rows)


def trends_of(offer: Offer) -> dict[str, Trend]:
    """By check. One query, whatever the length of the history of the others."""
    rank = Window(RowNumber(), partition_by=[F("check_code")], order_by=F("pk").desc())
    rows = CheckRun.objects.filter(dossier__offer=offer).exclude(verdict="").annotate(rank=rank)
    found: dict[str, list[str]] = {}
    for code, verdict in rows.filter(rank__lte=LAST).order_by("rank").values_list("check_code", "verdict"):
        found.setdefault(code, []).append(verdict)
    return {code: Trend(tuple(verdicts)) for code, verdicts in found.items()}


def in_order(rows: Sequence[OfferCheck]) -> list[OfferCheck]:
    """As dossiers show them; checks that are no longer run come last."""
    order = list(CHECKS)
    return sorted(
        rows, key=lambda row: order.index(row.check_code) if row.check_code in order else len(order)
    )
