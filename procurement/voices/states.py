"""Moves of a review by users, as data."""

from marketplace.workflow import Move, moves
from procurement.voices.enums import UserReviewState as State

USER_REVIEW = moves(
    Move("hide", frozenset({State.PUBLISHED}), State.HIDDEN, "Masquer pour un motif légal"),
    Move("contest", frozenset({State.HIDDEN}), State.CONTESTED, "Contester"),
    Move("uphold", frozenset({State.CONTESTED}), State.UPHELD, "Rejeter la contestation"),
    Move("restore", frozenset({State.HIDDEN, State.CONTESTED, State.UPHELD}), State.PUBLISHED, "Republier"),
)
