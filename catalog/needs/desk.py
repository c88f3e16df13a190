"""Missing needs on « Mon bureau »: what waits for a curator."""

from __future__ import annotations

from catalog.enums import NeedState
from catalog.models import MissingNeed
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.ui.desk import TODO, DeskRow, Rows, one_row_each, register_desk

MOST = 20


def rows(actor: Actor) -> list[Rows]:
    """One reading for a curator, none for the others."""
    if not actor.has(Role.CURATOR):
        return []
    waiting = MissingNeed.objects.filter(state=NeedState.OPEN).order_by("state_since", "pk")[:MOST]
    return [
        one_row_each(
            waiting,
            lambda need: DeskRow(
                object_label=str(need),
                url=need.get_absolute_url(),
                expected="Répondre à un besoin non couvert",
                since=need.state_since,
                button="Répondre",
                zone=TODO,
            ),
        )
    ]


def register() -> None:
    register_desk("catalog.needs", rows)
