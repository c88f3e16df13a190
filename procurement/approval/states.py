"""Moves of a delegation of signature, as data; its dates are read by the clock."""

from marketplace.workflow import Move, moves
from procurement.approval.enums import DelegationState as State

DELEGATION = moves(
    Move("revoke", frozenset({State.ACTIVE}), State.REVOKED, "Retirer la délégation"),
)
