"""Conventions on « Mon bureau »: a signature that is awaited, a year to record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.enums import Role
from marketplace.ui.desk import DeskRow, Rows, one_row_each
from procurement.conventions.abilities import KEEPERS
from procurement.conventions.enums import ConventionState
from procurement.models import Convention

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST = 50


def rows(actor: Actor) -> list[Rows]:
    """One reading for who signs, one for who records the other service's signature."""
    if actor.user is None or not actor.is_buyer:
        return []
    seen = Convention.objects.visible_to(actor).select_related("project").order_by("state_since")
    found = []
    if actor.has(Role.AUTHORISING_OFFICER):
        drafts = seen.filter(state=ConventionState.DRAFT).exclude(written_by=actor.user)
        found.append(
            one_row_each(drafts[:MOST], lambda one: _row(one, "Signer la convention", "Lire et signer"))
        )
    if actor.has(*KEEPERS):
        signed = seen.filter(state=ConventionState.SIGNED)
        found.append(
            one_row_each(
                signed[:MOST], lambda one: _row(one, "Enregistrer la signature du service", "Ouvrir")
            )
        )
    return found


def _row(one: Convention, expected: str, button: str) -> DeskRow:
    return DeskRow(
        object_label=f"{one}, {one.project}",
        url=one.get_absolute_url(),
        expected=expected,
        since=one.state_since,
        button=button,
    )
