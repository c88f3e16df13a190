"""Moves of an evaluation, as data."""

from marketplace.workflow import Move, moves
from procurement.evaluation.enums import EvaluationState as State

EVALUATION = moves(
    Move("open_consensus", frozenset({State.MARKING}), State.CONSENSUS, "Ouvrir la mise en commun"),
    Move("conclude", frozenset({State.CONSENSUS}), State.EVALUATED, "Arrêter le classement"),
    Move("resume", frozenset({State.EVALUATED}), State.CONSENSUS, "Reprendre la mise en commun"),
)
