from marketplace.workflow import Move, moves
from procurement.enums import AssessmentState, ProjectState

PROJECT = moves(
    Move("assess", frozenset({ProjectState.DRAFT}), ProjectState.ASSESSED, "Décider de la sensibilité"),
    Move("source", frozenset({ProjectState.ASSESSED}), ProjectState.SOURCING, "Chercher des offres"),
    Move("buy", frozenset({ProjectState.SOURCING}), ProjectState.BUYING, "Passer à l’achat"),
    Move("run", frozenset({ProjectState.BUYING}), ProjectState.RUNNING, "Mettre en service"),
    Move("close", frozenset({ProjectState.RUNNING}), ProjectState.CLOSED, "Terminer le projet"),
    Move(
        "abandon",
        frozenset({ProjectState.DRAFT, ProjectState.ASSESSED, ProjectState.SOURCING, ProjectState.BUYING}),
        ProjectState.ABANDONED,
        "Abandonner le projet",
    ),
)

ASSESSMENT = moves(
    Move(
        "request_opinions",
        frozenset({AssessmentState.DRAFT}),
        AssessmentState.AWAITING_OPINIONS,
        "Demander les avis",
    ),
    Move(
        "resume", frozenset({AssessmentState.AWAITING_OPINIONS}), AssessmentState.DRAFT, "Reprendre l’analyse"
    ),
    Move(
        "send_back",
        frozenset({AssessmentState.AWAITING_OPINIONS}),
        AssessmentState.DRAFT,
        "Renvoyer l’analyse",
    ),
    Move("decide", frozenset({AssessmentState.AWAITING_OPINIONS}), AssessmentState.DECIDED, "Décider"),
    Move("supersede", frozenset({AssessmentState.DECIDED}), AssessmentState.SUPERSEDED, "Remplacer"),
)
