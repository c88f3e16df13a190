"""Moves of a usage statement, as data."""

from marketplace.workflow import Move, moves
from procurement.statements.enums import StatementState as State

STATEMENT = moves(
    Move("submit", frozenset({State.DRAFT}), State.SUBMITTED, "Envoyer le relevé"),
    Move("withdraw", frozenset({State.DRAFT, State.SUBMITTED}), State.WITHDRAWN, "Retirer le relevé"),
    Move("replace", frozenset({State.SUBMITTED}), State.REPLACED, "Remplacer le relevé"),
    Move("refuse", frozenset({State.SUBMITTED}), State.REFUSED, "Refuser le relevé"),
    Move("attest", frozenset({State.SUBMITTED}), State.ATTESTED, "Attester le service fait"),
    Move("send_back", frozenset({State.ATTESTED}), State.SUBMITTED, "Renvoyer à la personne qui atteste"),
    Move("certify", frozenset({State.ATTESTED}), State.CERTIFIED, "Certifier le service fait"),
)
