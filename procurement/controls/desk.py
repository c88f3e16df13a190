"""R7 and R8 files on « Mon bureau »: those that the DNUM is to send, and whose answer it is to record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.enums import Role
from marketplace.ui.desk import SOON, TODO, DeskRow, Rows, one_row_each
from procurement.controls.enums import ControlState
from procurement.models import ControlFile

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

MOST = 50
EXPECTED = {
    ControlState.PREPARED: "Transmettre le dossier",
    ControlState.SENT: "Enregistrer l’accusé de réception",
    ControlState.ACKNOWLEDGED: "Enregistrer l’avis",
}


def rows(actor: Actor) -> list[Rows]:
    """One reading for the DNUM. What waits for another service is under « bientôt »."""
    if actor.user is None or not actor.is_buyer or not actor.has(Role.DNUM):
        return []
    found = ControlFile.objects.visible_to(actor).filter(state__in=list(EXPECTED)).select_related("project")
    return [
        one_row_each(
            found.order_by("state_since")[:MOST],
            lambda one: DeskRow(
                object_label=f"{one.get_kind_display()}, {one.project}",
                url=one.get_absolute_url(),
                expected=EXPECTED[ControlState(one.state)],
                since=one.state_since,
                button="Ouvrir",
                zone=TODO if one.state == ControlState.PREPARED else SOON,
            ),
        )
    ]
