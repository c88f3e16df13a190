"""The life of an exit, drawn: each step with its date and its word."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from marketplace.ui.drawings import Step
from marketplace.ui.typography import date_text

if TYPE_CHECKING:
    from procurement.models import ExitPlan


def steps_of(plan: ExitPlan, *, on: dt.date) -> tuple[Step, ...]:
    """An abandoned plan ends in a branch."""
    given = plan.notice_given_on
    steps = [
        Step("Préavis donné", "done", f"fait le {date_text(given)}")
        if given
        else Step("Préavis donné", "todo" if plan.state == "abandoned" else "current", "à donner")
    ]
    for label, until in (
        ("Fin du préavis", plan.notice_ends_on),
        ("Transition", plan.transition_ends_on),
        ("Récupération des données", plan.retrieval_ends_on),
    ):
        steps.append(_until(label, until, given=given, on=on))
    steps.append(
        Step("Données effacées", "done", f"fait le {date_text(plan.erased_on)}")
        if plan.erased_on
        else Step("Données effacées", "todo", "à attester par le fournisseur")
    )
    if plan.state == "abandoned":
        return (*steps, Step("Sortie abandonnée", "cancelled", f"le {date_text(plan.state_since)}"))
    closed = f"le {date_text(plan.closed_at)}" if plan.closed_at else "à venir"
    return (*steps, Step("Sortie close", "done" if plan.closed_at else "todo", closed))


def _until(label: str, until: dt.date | None, *, given: dt.date | None, on: dt.date) -> Step:
    if given is None:
        return Step(label, "todo", "à venir")
    if until is None:
        return Step(label, "todo", "date inconnue")
    if until < on:
        return Step(label, "done", f"passée depuis le {date_text(until)}")
    return Step(label, "current", f"jusqu’au {date_text(until)}")
