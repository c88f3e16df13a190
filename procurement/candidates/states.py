"""Moves of a candidate, as data. The choice may be taken again until the invitations leave."""

from marketplace.workflow import Move, moves
from procurement.candidates.enums import CandidateState as State

CANDIDATE = moves(
    Move("select", frozenset({State.GIVEN, State.REJECTED}), State.SELECTED, "Retenir"),
    Move("reject", frozenset({State.GIVEN, State.SELECTED}), State.REJECTED, "Ne pas retenir"),
    Move("withdraw", frozenset({State.GIVEN}), State.WITHDRAWN, "Retirer la candidature"),
)
