"""Pages of budgets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from procurement.models import BudgetLine
from tests.habits.matrix.procurement import INSIDE
from tests.habits.matrix.rows import OTHER_BUYER, Row, only
from tests.habits.matrix.world import World
from tests.procurement.budgets.builders import make_line

WRITERS = only("finance", "organisation_admin")


def line_of(world: World) -> BudgetLine:
    """One of the world's ministry, made when first asked."""
    if "a_budget_line" not in world.__dict__:
        world.__dict__["a_budget_line"] = make_line(world.ministry, actor=world.actor("finance"))
    found: BudgetLine = world.__dict__["a_budget_line"]
    return found


def budget(**more: Any) -> Callable[[World], dict[str, Any]]:
    return lambda world: {"number": line_of(world).number, **more}


ROWS: dict[str, Row] = {
    "GET procurement:budgets": Row(INSIDE | only(OTHER_BUYER)),
    "GET procurement:budget_create": Row(WRITERS | only(OTHER_BUYER)),
    "GET procurement:budget": Row(INSIDE, budget()),
    "GET procurement:budget_edit": Row(WRITERS, budget()),
    "GET procurement:budget_move": Row(WRITERS, budget(slug="clore")),
}
