"""Moves of an award, as data. The delay before the signature is read from the clock."""

from marketplace.workflow import Move, moves
from procurement.awards.enums import AwardState as State

AWARD = moves(
    Move("decide", frozenset({State.PROPOSED}), State.DECIDED, "Décider l’attribution"),
    Move("send_letters", frozenset({State.DECIDED}), State.LETTERS_SENT, "Envoyer les lettres de rejet"),
    Move("sign", frozenset({State.LETTERS_SENT}), State.SIGNED, "Signer"),
    Move("notify", frozenset({State.SIGNED}), State.NOTIFIED, "Notifier"),
    Move(
        "drop",
        frozenset({State.PROPOSED, State.DECIDED, State.LETTERS_SENT}),
        State.DROPPED,
        "Abandonner l’attribution",
    ),
)
