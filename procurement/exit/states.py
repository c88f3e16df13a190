"""Moves of an exit plan, as data."""

from marketplace.workflow import Move, moves
from procurement.exit.enums import ExitState as State

EXIT_PLAN = moves(
    Move("give_notice", frozenset({State.PREPARING}), State.RUNNING, "Enregistrer le préavis donné"),
    Move("close", frozenset({State.RUNNING}), State.CLOSED, "Clore la sortie"),
    Move("abandon", frozenset({State.PREPARING, State.RUNNING}), State.ABANDONED, "Abandonner la sortie"),
)
