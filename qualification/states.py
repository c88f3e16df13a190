"""Moves of a dossier, as data. The table is the contract; tests walk every pair."""

from marketplace.workflow import Move, moves
from qualification.enums import DisputeState as D
from qualification.enums import DossierState as S

DOSSIER_MOVES = moves(
    Move("submit", frozenset({S.DRAFT}), S.SUBMITTED, label="Envoyer le dossier"),
    Move("start_checks", frozenset({S.SUBMITTED}), S.CHECKING, label="Lancer les contrôles"),
    Move("end_checks", frozenset({S.CHECKING}), S.INSTRUCTION, label="Terminer les contrôles"),
    Move(
        "request_corrections",
        frozenset({S.INSTRUCTION}),
        S.CORRECTIONS_REQUESTED,
        label="Demander des corrections",
    ),
    # Straight back to the checks: queue_since is untouched, so the place in the queue is kept.
    Move(
        "answer_corrections",
        frozenset({S.CORRECTIONS_REQUESTED}),
        S.CHECKING,
        label="Répondre aux corrections",
    ),
    Move("propose", frozenset({S.INSTRUCTION}), S.PROPOSED, label="Proposer une décision"),
    Move("send_back", frozenset({S.PROPOSED}), S.INSTRUCTION, label="Rendre à l’instruction"),
    Move("decide", frozenset({S.PROPOSED}), S.DECIDED, label="Décider"),
    Move("appeal", frozenset({S.DECIDED}), S.APPEALED, label="Former un recours"),
    Move("decide_appeal", frozenset({S.APPEALED}), S.DECIDED, label="Décider sur le recours"),
)

# The operator has the ball.
OPERATOR_STATES = frozenset({S.SUBMITTED, S.CHECKING, S.INSTRUCTION, S.PROPOSED, S.APPEALED})
SUPPLIER_STATES = frozenset({S.DRAFT, S.CORRECTIONS_REQUESTED})
# People instruct or decide: a link with the supplier may still be declared.
JUDGED_IN = (OPERATOR_STATES | {S.CORRECTIONS_REQUESTED}) - {S.SUBMITTED}
OPEN_STATES = frozenset(S) - {S.DECIDED}
# Judging is going on: a check may be run again.
REPLAY_STATES = frozenset({S.INSTRUCTION, S.CORRECTIONS_REQUESTED, S.PROPOSED, S.APPEALED})
# A check's result may be contested: after the decision, the appeal is the way.
DISPUTE_STATES = frozenset({S.CHECKING, S.INSTRUCTION, S.CORRECTIONS_REQUESTED, S.PROPOSED})

DISPUTE_MOVES = moves(
    Move("uphold", frozenset({D.LODGED}), D.UPHELD, label="Retenir la contestation"),
    Move("reject", frozenset({D.LODGED}), D.REJECTED, label="Rejeter la contestation"),
)
