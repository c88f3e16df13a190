"""Moves of the route chosen for a project, as data."""

from marketplace.workflow import Move, moves
from procurement.routes.enums import RouteChoiceState as State

ROUTE_CHOICE = moves(
    Move("confirm", frozenset({State.PROPOSED}), State.CONFIRMED, "Confirmer la voie"),
    Move("refuse", frozenset({State.PROPOSED}), State.REFUSED, "Refuser la voie"),
    Move(
        "replace",
        frozenset({State.PROPOSED, State.CONFIRMED}),
        State.REPLACED,
        "Remplacer par une autre voie",
    ),
)
