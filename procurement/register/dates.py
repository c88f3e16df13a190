"""The dates of a contract that somebody must act before. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from procurement.models import Contract, ContractReview, ExitPlan

# Days before each notice date at which who follows the contract is told.
ALERT_DAYS = (120, 90, 60, 30)


@dataclass(frozen=True, slots=True)
class KeyDate:
    """`kind` is stable: with the contract it names the date for ever. `is_notice`: alerts come before it."""

    kind: str
    on: dt.date
    label: str
    is_notice: bool = False


def key_dates(
    contract: Contract, reviews: Sequence[ContractReview] = (), exits: Sequence[ExitPlan] = ()
) -> list[KeyDate]:
    """In order. `reviews`: those still to be decided; a review without a notice has no date. `exits`:
    the plans under way."""
    found = [KeyDate("end", contract.ends_on, "Dernier jour du contrat")]
    if contract.notice_on is not None:
        found.append(KeyDate("notice", contract.notice_on, "Date limite pour dénoncer", is_notice=True))
    found += [
        KeyDate(
            f"exit-{review.uuid}",
            review.notice_on,
            "Date limite de préavis, clause de sortie",
            is_notice=True,
        )
        for review in reviews
        if review.notice_on is not None
    ]
    for plan in exits:
        for kind, label, day in (
            ("transition", "Fin de la transition", plan.transition_ends_on),
            ("retrieval", "Dernier jour pour récupérer les données", plan.retrieval_ends_on),
        ):
            found += [KeyDate(f"{kind}-{plan.uuid}", day, label)] if day is not None else []
    return sorted(found, key=lambda each: (each.on, each.kind))


def alert_reached(on: dt.date, *, today: dt.date) -> int | None:
    """The nearest alert reached; None before the first one and once the date is past."""
    left = (on - today).days
    if left < 0:
        return None
    return min((days for days in ALERT_DAYS if left <= days), default=None)
