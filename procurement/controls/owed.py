"""Which files a project owes today, and why: read on its doctrine result and on the dated thresholds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marketplace.accounts.enums import OrganisationKind
from marketplace.ui.typography import euros
from procurement.controls.enums import ControlKind
from procurement.doctrine import AssessmentResult
from procurement.doctrine.thresholds import threshold_on

OWED = ("required", "recommended", "unknown")
_OBLIGATIONS = {ControlKind.STUDY: "non_cloud_study", ControlKind.DINUM: "dinum_opinion"}


@dataclass(frozen=True, kw_only=True)
class OwedFile:
    """`level`: that of the obligation (`results.LEVELS`, or « unknown » when a fact is missing)."""

    kind: ControlKind
    level: str
    level_label: str
    reason: str
    source: str
    on: dt.date

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind.value,
            "level": self.level,
            "reason": self.reason,
            "source": self.source,
            "date": self.on.isoformat(),
        }


def owed_files(
    result: AssessmentResult, *, buyer_kind: str, cost: Decimal | None, on: dt.date
) -> tuple[OwedFile, ...]:
    """In the order of the rules; what is not required is left out. Pure."""
    return (*_of_obligations(result, on=on), *_of_ministry(buyer_kind, cost=cost, on=on))


def _of_obligations(result: AssessmentResult, *, on: dt.date) -> Iterable[OwedFile]:
    known = {each.code: each for each in result.obligations}
    for kind, code in _OBLIGATIONS.items():
        found = known.get(code)
        if found is not None and found.level in OWED:
            yield OwedFile(
                kind=kind,
                level=found.level,
                level_label=found.level_label,
                reason=found.reason,
                source=found.source,
                on=on,
            )


def _of_ministry(buyer_kind: str, *, cost: Decimal | None, on: dt.date) -> Iterable[OwedFile]:
    """« Sous ce seuil, ce contrôle relève des ministères »: of a State project whose cost is known."""
    threshold = threshold_on("R8", on)
    if buyer_kind != OrganisationKind.STATE or threshold is None or cost is None or threshold.reached(cost):
        return
    yield OwedFile(
        kind=ControlKind.MINISTRY,
        level="required",
        level_label="Relève du ministère",
        reason=f"Le coût complet ({euros(cost, tax='HT')}) ne dépasse pas "
        f"{euros(threshold.eur_ht, tax='HT')}\u00a0: le contrôle de la doctrine relève du ministère.",
        source=threshold.source,
        on=on,
    )
