"""Control files for tests, made by the same actions as real ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marketplace.accounts.enums import Role
from procurement.controls import actions
from procurement.models import ControlFile, Project
from tests.builders import actor_for
from tests.procurement.builders import make_project
from tests.procurement.derogation_builders import days_ago, pdf

ASPECTS = {"economic": "Coûts", "legal": "Droit", "business": "Usages", "security": "Risques"}
ORDER = ("prepared", "sent", "acknowledged", "answered")


def outside_project(administration: Any, *, cost: str = "1000000") -> Project:
    """New, out of any cloud, at the very amount of R7."""
    return make_project(administration, hosting="none", full_cost_eur_ht=Decimal(cost))


def make_file(
    administration: Any, *, upto: str = "prepared", kind: str = "study", project: Project | None = None
) -> ControlFile:
    made = actions.prepare(
        project or outside_project(administration),
        actor=administration.requester,
        kind=kind,
        title="Étude comparative",
        document=pdf(),
        **(ASPECTS if kind == "study" else {}),
    )
    dnum, rank = actor_for(Role.DNUM, organisation=administration.organisation), ORDER.index(upto)
    if rank >= 1:
        actions.send(made, actor=dnum, sent_on=days_ago(20), reference="ENVOI-1")
    if rank >= 2:
        actions.acknowledge(made, actor=dnum, acknowledged_on=days_ago(15), document=pdf())
    if rank >= 3:
        actions.answer(
            made, actor=dnum, answered_on=days_ago(2), verdict="reserved", text="Réserves.", document=pdf()
        )
    return made
