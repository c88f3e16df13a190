"""Moves of the publication of a contract, as data. What is published never goes back."""

from marketplace.workflow import Move, moves
from procurement.publication.enums import OPEN_PUBLICATIONS
from procurement.publication.enums import PublicationState as State

PUBLICATION = moves(
    Move("review", frozenset({State.DRAFT}), State.REVIEWED, "Déclarer relu"),
    Move("send_back", frozenset({State.REVIEWED}), State.DRAFT, "Reprendre en brouillon"),
    Move("publish", frozenset({State.REVIEWED}), State.PUBLISHED, "Publier"),
    Move("mark_elsewhere", frozenset(OPEN_PUBLICATIONS), State.ELSEWHERE, "Noter « publié ailleurs »"),
    Move("drop", frozenset(OPEN_PUBLICATIONS), State.DROPPED, "Écarter"),
    Move("reopen", frozenset({State.ELSEWHERE, State.DROPPED}), State.DRAFT, "Rouvrir le brouillon"),
)
