"""Moves of a control file, as data."""

from marketplace.workflow import Move, moves
from procurement.controls.enums import ControlState as State

CONTROL_FILE = moves(
    Move("send", frozenset({State.PREPARED}), State.SENT, "Enregistrer la transmission"),
    Move("acknowledge", frozenset({State.SENT}), State.ACKNOWLEDGED, "Enregistrer l’accusé de réception"),
    Move("answer", frozenset({State.SENT, State.ACKNOWLEDGED}), State.ANSWERED, "Enregistrer l’avis"),
    Move(
        "withdraw",
        frozenset({State.PREPARED, State.SENT, State.ACKNOWLEDGED}),
        State.WITHDRAWN,
        "Retirer le dossier",
    ),
)
