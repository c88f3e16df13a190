"""Moves of an application to a dynamic purchasing system, as data."""

from marketplace.workflow import Move, moves
from procurement.dynamic.enums import AdmissionState as State

ADMISSION = moves(
    Move("admit", frozenset({State.ASKED}), State.ADMITTED, "Admettre"),
    Move("refuse", frozenset({State.ASKED}), State.REFUSED, "Refuser la candidature"),
    Move("withdraw", frozenset({State.ASKED, State.ADMITTED}), State.WITHDRAWN, "Retirer la candidature"),
    Move("end", frozenset({State.ADMITTED}), State.ENDED, "Mettre fin à l’admission"),
)
