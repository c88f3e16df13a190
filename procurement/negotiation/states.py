"""Moves of counter-proposals and private prices, as data."""

from marketplace.workflow import Move, moves
from procurement.negotiation.enums import CounterProposalState as State
from procurement.negotiation.enums import PrivatePriceState

COUNTER_PROPOSAL = moves(
    Move("accept", frozenset({State.PROPOSED}), State.ACCEPTED, "Accepter la contre-proposition"),
    Move("refuse", frozenset({State.PROPOSED}), State.REFUSED, "Refuser la contre-proposition"),
    Move("withdraw", frozenset({State.PROPOSED}), State.WITHDRAWN, "Retirer la contre-proposition"),
    Move("lapse", frozenset({State.PROPOSED}), State.LAPSED, "Constater qu’elle est sans objet"),
)
PRIVATE_PRICE = moves(
    Move(
        "withdraw",
        frozenset({PrivatePriceState.GIVEN}),
        PrivatePriceState.WITHDRAWN,
        "Retirer le prix privé",
    ),
)
