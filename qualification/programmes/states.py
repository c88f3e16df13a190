"""Moves of a call and of an application, as data."""

from marketplace.workflow import Move, moves
from qualification.programmes.enums import ApplicationState as A
from qualification.programmes.enums import CallState as C
from qualification.programmes.enums import ProposalState as P

CALL_MOVES = moves(
    Move("publish", frozenset({C.DRAFT}), C.PUBLISHED, label="Publier l’appel"),
    Move("cancel", frozenset({C.DRAFT, C.PUBLISHED}), C.CANCELLED, label="Annuler l’appel"),
)

APPLICATION_MOVES = moves(
    Move("send", frozenset({A.DRAFT}), A.SENT, label="Envoyer la candidature"),
    # Before the cut-off only: what is sent may be corrected, then sent again.
    Move("take_back", frozenset({A.SENT}), A.DRAFT, label="Reprendre la candidature"),
    Move(
        "withdraw",
        frozenset({A.DRAFT, A.SENT, A.WAITLISTED, A.SELECTED}),
        A.WITHDRAWN,
        label="Retirer la candidature",
    ),
    Move("record_selected", frozenset({A.SENT, A.WAITLISTED}), A.SELECTED, label="Constater « retenue »"),
    Move("record_waitlisted", frozenset({A.SENT}), A.WAITLISTED, label="Constater « liste complémentaire »"),
    Move("record_rejected", frozenset({A.SENT, A.WAITLISTED}), A.REJECTED, label="Constater « non retenue »"),
)
PROPOSAL_MOVES = moves(
    Move("send", frozenset({P.DRAFT}), P.SENT, label="Envoyer le projet"),
    Move("take_back", frozenset({P.SENT}), P.DRAFT, label="Reprendre le projet"),
    Move("withdraw", frozenset({P.DRAFT, P.SENT, P.SELECTED}), P.WITHDRAWN, label="Retirer le projet"),
    Move("record_selected", frozenset({P.SENT}), P.SELECTED, label="Constater « retenu »"),
    Move("record_rejected", frozenset({P.SENT}), P.REJECTED, label="Constater « non retenu »"),
)
# The operator's choices that are recorded here.
OUTCOME_MOVES = ("record_selected", "record_waitlisted", "record_rejected")
