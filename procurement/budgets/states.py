"""Moves of a budget line, as data."""

from marketplace.workflow import Move, moves
from procurement.budgets.enums import BudgetState as State

BUDGET = moves(
    Move("close", frozenset({State.OPEN}), State.CLOSED, "Clore"),
    Move("reopen", frozenset({State.CLOSED}), State.OPEN, "Rouvrir"),
)
