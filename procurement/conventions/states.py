"""Moves of a convention, as data."""

from marketplace.workflow import Move, moves
from procurement.conventions.enums import ConventionState as State

CONVENTION = moves(
    Move("sign", frozenset({State.DRAFT}), State.SIGNED, "Signer la convention"),
    Move("countersign", frozenset({State.SIGNED}), State.IN_FORCE, "Enregistrer la signature du service"),
    Move("end", frozenset({State.IN_FORCE}), State.ENDED, "Terminer la convention"),
    Move("abandon", frozenset({State.DRAFT, State.SIGNED}), State.ABANDONED, "Abandonner la convention"),
)
