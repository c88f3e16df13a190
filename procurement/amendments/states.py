"""Moves of an amendment, as data."""

from marketplace.workflow import Move, moves
from procurement.amendments.enums import AmendmentState as State

AMENDMENT = moves(
    Move("approve", frozenset({State.PROPOSED}), State.APPROVED, "Approuver l’avenant"),
    Move("refuse", frozenset({State.PROPOSED}), State.REFUSED, "Refuser l’avenant"),
    Move("withdraw", frozenset({State.PROPOSED}), State.WITHDRAWN, "Retirer l’avenant"),
)
