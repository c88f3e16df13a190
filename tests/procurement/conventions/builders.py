"""Conventions for tests, made by the same actions as real ones."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marketplace.accounts.enums import Role
from procurement.conventions import actions
from procurement.models import Convention, Project
from tests.builders import actor_for
from tests.procurement.builders import make_project
from tests.procurement.derogation_builders import days_ago, pdf
from tests.procurement.order_builders import END, START, make_offer

ORDER = ("draft", "signed", "in_force")


def make_convention(
    administration: Any, *, upto: str = "draft", project: Project | None = None
) -> Convention:
    """2027, with an internal cloud of its own; signed by the administration's authorising officer."""
    made = actions.write_convention(
        project or make_project(administration, hosting="internal_cloud"),
        actor=administration.requester,
        offer=make_offer(is_internal_state=True),
        subject="Hébergement du portail d’essai",
        starts_on=START,
        ends_on=END,
    )
    officer, rank = (
        actor_for(Role.AUTHORISING_OFFICER, organisation=administration.organisation),
        ORDER.index(upto),
    )
    if rank >= 1:
        actions.sign(made, actor=officer, signed_on=days_ago(3))
    if rank >= 2:
        actions.countersign(made, actor=officer, countersigned_on=days_ago(2), document=pdf())
    return made


def charge(convention: Convention, *, actor: Any, year: int = 2027, **values: Any) -> Convention:
    return actions.record_charge(
        convention, actor=actor, year=year, expected_eur_ht=Decimal("9000.00"), **values
    )
