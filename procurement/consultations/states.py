"""Moves of a consultation, as data. Evaluation and awards have their own,
from OPENED on; the last award notified makes AWARDED."""

from marketplace.workflow import Move, moves
from procurement.consultations.enums import ConsultationState as State

CONSULTATION = moves(
    Move("prove_keys", frozenset({State.DRAFT}), State.KEYS_PROVED, "Éprouver la clé"),
    Move("renew_keys", frozenset({State.KEYS_PROVED}), State.DRAFT, "Refaire la clé"),
    Move("publish", frozenset({State.KEYS_PROVED}), State.PUBLISHED, "Publier la consultation"),
    # Restricted: candidates are called first, then those selected are invited.
    Move("call_candidates", frozenset({State.KEYS_PROVED}), State.CANDIDATURES, "Appeler les candidatures"),
    Move("invite", frozenset({State.CANDIDATURES}), State.PUBLISHED, "Inviter les candidats retenus"),
    Move("close", frozenset({State.PUBLISHED}), State.CLOSED, "Clore"),
    Move("open", frozenset({State.CLOSED}), State.OPENED, "Ouvrir les réponses"),
    Move(
        "declare_sans_suite",
        frozenset({State.CANDIDATURES, State.PUBLISHED, State.CLOSED, State.OPENED}),
        State.SANS_SUITE,
        "Déclarer sans suite",
    ),
    Move(
        "declare_infructueux",
        frozenset({State.CANDIDATURES, State.OPENED}),
        State.INFRUCTUEUX,
        "Déclarer infructueuse",
    ),
    Move("award", frozenset({State.OPENED}), State.AWARDED, "Attribuer"),
    Move("withdraw", frozenset({State.DRAFT, State.KEYS_PROVED}), State.WITHDRAWN, "Abandonner le brouillon"),
)
