"""The queue of instruction: who has which dossier, and how much time is left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from qualification.clock import Clock
from qualification.enums import DossierState
from qualification.models import Dossier
from qualification.states import OPEN_STATES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

ZONES = {
    "a-moi": "À moi",
    "a-prendre": "À prendre",
    "fournisseur": "Chez le fournisseur",
    "en-retard": "En retard",
}


@dataclass(frozen=True, slots=True)
class QueueRow:
    dossier: Dossier
    clock: Clock
    zone: str

    @property
    def zone_label(self) -> str:
        return ZONES.get(self.zone, "Confié à une autre personne")


def queue_for(actor: Actor) -> list[QueueRow]:
    """Open dossiers: mine, to take, with the supplier, others; oldest first in each. Two queries.

    Open dossiers are few (the operator works them within a month), so they are ranked in Python.
    """
    dossiers = Dossier.objects.visible_to(actor).filter(state__in=OPEN_STATES - {DossierState.DRAFT})
    rows = []
    for dossier in dossiers.for_lists().by_age():
        clock = dossier.clock()
        assert clock is not None
        rows.append(QueueRow(dossier, clock, _zone(actor, dossier)))
    order = (*ZONES, "")
    return sorted(rows, key=lambda row: order.index(row.zone))


def filtered(rows: list[QueueRow], zone: str) -> list[QueueRow]:
    """An unknown zone keeps everything."""
    if zone not in ZONES:
        return rows
    if zone == "en-retard":
        return [row for row in rows if row.clock.is_late]
    return [row for row in rows if row.zone == zone]


def _zone(actor: Actor, dossier: Dossier) -> str:
    if dossier.state == DossierState.CORRECTIONS_REQUESTED:
        return "fournisseur"
    if actor.is_person(dossier.officer_id):
        return "a-moi"
    return "a-prendre" if dossier.officer_id is None else ""
