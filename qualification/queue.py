"""The queue of instruction: who has which dossier, and how much time is left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q
from django.utils import timezone

from marketplace.readings import Reading, listed, read
from qualification.clock import Clock
from qualification.enums import DossierState
from qualification.models import Dossier
from qualification.states import OPEN_STATES, OPERATOR_STATES

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

ZONES = {
    "a-moi": "À moi",
    "a-prendre": "À prendre",
    "fournisseur": "Chez le fournisseur",
    "en-retard": "En retard",
}


# In the order of a dossier's life.
STATES = {
    str(state): DossierState(state).label
    for state in DossierState
    if state in OPEN_STATES and state != DossierState.DRAFT
}


@dataclass(frozen=True, slots=True)
class Sort:
    """``up`` and ``down`` say the order in words."""

    label: str
    up: str
    down: str
    key: Callable[[QueueRow], Any]


@dataclass(frozen=True, slots=True)
class QueueRow:
    dossier: Dossier
    clock: Clock
    zone: str

    @property
    def age_days(self) -> int:
        """Calendar days since the dossier took its place in the queue."""
        since = self.dossier.queue_since
        return (timezone.localdate() - timezone.localdate(since)).days if since else 0

    @property
    def share_used(self) -> int:
        """Of the limit, in percent, 100 at most: the bar beside the words."""
        return min(100, round(100 * self.clock.used / self.clock.limit)) if self.clock.limit else 100


def queue_for(actor: Actor) -> list[QueueRow]:
    """Open dossiers: mine, to take, with the supplier, others; oldest first in each. Two queries.

    Open dossiers are few (the operator works them within a month), so they are ranked in Python.
    """
    return read(reading_of_queue(actor))


def reading_of_queue(actor: Actor) -> Reading[list[QueueRow]]:
    """`queue_for`, beside what else is read. Two rounds."""
    dossiers = Dossier.objects.visible_to(actor).filter(state__in=OPEN_STATES - {DossierState.DRAFT})
    found = yield from listed(dossiers.for_lists().by_age())
    rows = []
    for dossier in found:
        clock = dossier.clock()
        assert clock is not None
        rows.append(QueueRow(dossier, clock, _zone(actor, dossier)))
    order = (*ZONES, "")
    return sorted(rows, key=lambda row: order.index(row.zone))


@dataclass(frozen=True, slots=True)
class Place:
    """Among the dossiers that wait for the operator, oldest first. `rank` from 1."""

    rank: int
    waiting: int


def place_of(dossier: Dossier) -> Place | None:
    """None while the operator does not hold the dossier. One query."""
    if dossier.state not in OPERATOR_STATES or dossier.queue_since is None:
        return None
    older = Q(queue_since__lt=dossier.queue_since) | Q(queue_since=dossier.queue_since, pk__lt=dossier.pk)
    counts = Dossier.objects.filter(state__in=OPERATOR_STATES).aggregate(
        before=Count("pk", filter=older), waiting=Count("pk")
    )
    return Place(counts["before"] + 1, counts["waiting"])


def filtered(rows: Iterable[QueueRow], *, zone: str = "", state: str = "") -> list[QueueRow]:
    """Unknown values keep everything."""
    kept = [row for row in rows if zone not in ZONES or _in_zone(row, zone)]
    return [row for row in kept if state not in STATES or row.dossier.state == state]


def _in_zone(row: QueueRow, zone: str) -> bool:
    return row.clock.is_late if zone == "en-retard" else row.zone == zone


def arranged(rows: list[QueueRow], sort: str) -> list[QueueRow]:
    """By one of SORTS, « - » before it for the other way round; anything else leaves the queue's own
    order. Equal rows stay oldest first: the order is the same at each reading."""
    found = SORTS.get(sort.removeprefix("-"))
    if found is None:
        return rows
    oldest_first = sorted(rows, key=lambda row: (row.dossier.queue_since, row.dossier.pk))
    return sorted(oldest_first, key=found.key, reverse=sort.startswith("-"))


def next_back(rows: Iterable[QueueRow]) -> dt.date | None:
    """The first day by which a supplier must have answered; no query, corrections are prefetched."""
    asked = [asked for row in rows for asked in row.dossier.corrections.all() if asked.answered_at is None]
    return min((one.due_on for one in asked), default=None)


def _zone(actor: Actor, dossier: Dossier) -> str:
    if dossier.state == DossierState.CORRECTIONS_REQUESTED:
        return "fournisseur"
    if actor.is_person(dossier.officer_id):
        return "a-moi"
    return "a-prendre" if dossier.officer_id is None else ""


# By their code in the address.
SORTS = {
    "age": Sort(
        "Âge", "du plus récent au plus ancien", "du plus ancien au plus récent", lambda row: row.age_days
    ),
    "delai": Sort(
        "Délai",
        "du plus pressé au moins pressé",
        "du moins pressé au plus pressé",
        lambda row: row.clock.left,
    ),
    "fournisseur": Sort(
        "Fournisseur", "de A à Z", "de Z à A", lambda row: row.dossier.organisation.name.casefold()
    ),
    "etat": Sort(
        "État",
        "du moins avancé au plus avancé",
        "du plus avancé au moins avancé",
        lambda row: list(STATES).index(row.dossier.state),
    ),
}
