"""The desk's rows: each app says what waits for this person; the desk merges, oldest limit first.

``register_desk("procurement", desk_rows)`` from the app's ``ready()`` (or a module it imports). A source
gives rows, or readings that end with rows: those of all apps advance together, so that the desk costs as
many statements as its longest reading has rounds, whatever the number of lists and of roles held.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Model, QuerySet

from marketplace.accounts.actors import Actor
from marketplace.readings import Reading, listed, read, together

TODO = "todo"
SOON = "soon"
CHANGED = "changed"
DONE = "done"
ZONES = (TODO, SOON, CHANGED, DONE)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One thing that waits. ``expected``: what is to be done, verb first; ``due_on`` None: no limit;
    ``since``: waiting since; ``button``: words of the button of a first row; ``holder``: who holds
    it when it is not the reader (« En attente de … »).

    In the zones CHANGED and DONE, ``expected`` is what was done, ``since`` when, ``by`` the
    organisation that did it, empty when it was the reader or the service itself."""

    object_label: str
    url: str
    expected: str
    due_on: dt.date | None = None
    since: dt.datetime | None = None
    button: str = ""
    zone: str = TODO
    holder: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A first thing to do when nothing waits: « Créer un projet »."""

    label: str
    url: str
    detail: str = ""


M = TypeVar("M", bound=Model)
Rows = Reading[list[DeskRow]]
RowSource = Callable[[Actor], Iterable[DeskRow | Rows]]
ShortcutSource = Callable[[Actor], list[Shortcut]]
_ROWS: dict[str, RowSource] = {}
_SHORTCUTS: dict[str, ShortcutSource] = {}


def register_desk(app: str, rows: RowSource, *, shortcuts: ShortcutSource | None = None) -> None:
    _ROWS[app] = rows
    if shortcuts is not None:
        _SHORTCUTS[app] = shortcuts


def _rank(row: DeskRow) -> tuple[bool, dt.date, bool, float, str]:
    """Oldest limit first, rows without a limit after, then the longest wait."""
    since = row.since.timestamp() if row.since else 0.0
    return (row.due_on is None, row.due_on or dt.date.max, row.since is None, since, row.object_label)


def _newest_first(row: DeskRow) -> tuple[float, str]:
    return (-(row.since.timestamp() if row.since else 0.0), row.object_label)


def one_row_each(found: QuerySet[M, Any], row: Callable[[M], DeskRow | None]) -> Rows:
    """One row for each object found; none where ``row`` gives None."""
    objects = yield from listed(found)
    return [made for each in objects if (made := row(each)) is not None]


def rows_of(actor: Actor, *sources: RowSource) -> list[DeskRow]:
    """In the order of the sources. One statement a round of the longest reading."""
    given = [each for source in sources for each in source(actor)]
    answers: Iterator[list[DeskRow]] = iter(
        read(together(each for each in given if not isinstance(each, DeskRow)))
    )
    return [row for each in given for row in ([each] if isinstance(each, DeskRow) else next(answers))]


def rows_for(actor: Actor) -> dict[str, list[DeskRow]]:
    """Rows by zone, of every registered app."""
    zones: dict[str, list[DeskRow]] = {zone: [] for zone in ZONES}
    for row in rows_of(actor, *_ROWS.values()):
        zones[row.zone].append(row)
    told = {zone: sorted(zones[zone], key=_newest_first) for zone in (CHANGED, DONE)}
    return {zone: soonest_first(rows) for zone, rows in zones.items()} | told


def soonest_first(rows: Iterable[DeskRow]) -> list[DeskRow]:
    return sorted(rows, key=_rank)


def shortcuts_for(actor: Actor) -> list[Shortcut]:
    return [shortcut for source in _SHORTCUTS.values() for shortcut in source(actor)]
