"""Moves of the R9 derogation, as data."""

from marketplace.workflow import Move, moves
from procurement.derogations.enums import DerogationState

DEROGATION = moves(
    Move(
        "sign",
        frozenset({DerogationState.ASKED}),
        DerogationState.MINISTER_SIGNED,
        "Enregistrer la signature du ministre",
    ),
    Move(
        "validate",
        frozenset({DerogationState.MINISTER_SIGNED}),
        DerogationState.PRIME_MINISTER_VALIDATED,
        "Enregistrer la validation du Premier ministre",
    ),
    Move(
        "activate",
        frozenset({DerogationState.PRIME_MINISTER_VALIDATED}),
        DerogationState.ACTIVE,
        "Mettre en vigueur",
    ),
    Move("expire", frozenset({DerogationState.ACTIVE}), DerogationState.EXPIRED, "Constater la fin"),
    Move(
        "refuse",
        frozenset(
            {
                DerogationState.ASKED,
                DerogationState.MINISTER_SIGNED,
                DerogationState.PRIME_MINISTER_VALIDATED,
            }
        ),
        DerogationState.REFUSED,
        "Enregistrer un refus",
    ),
)
