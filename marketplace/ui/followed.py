"""What the desk tells from the journal: what changed since yesterday on what the reader follows, and
what the reader finished lately. Each app says which of its objects, once:

``follow(Followed("procurement.order", …))`` from the app's ``ready()`` (or a module it imports).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Organisation
from marketplace.audit.models import AuditEvent
from marketplace.audit.words import act_word, state_word
from marketplace.ui.desk import CHANGED, DONE, DeskRow, Rows

FINISHED_DAYS = 14
MOST = 20
# Read before rows of one object, or of objects out of sight, are left out.
READ_AT_MOST = 200


@dataclass(frozen=True, slots=True)
class Followed:
    """One kind of object. ``seen``: those the reader sees, with what ``label`` and ``url`` need, or
    None when this kind does not concern them (no query then). ``own``: those followed besides the
    ones the reader acted on. ``done``: acts that finish something for who does them; ``told``: acts
    of others that are told. One kind at most per ``object_type`` may concern one reader."""

    object_type: str
    seen: Callable[[Actor], QuerySet[Any] | None]
    own: Callable[[Actor], Q]
    url: Callable[[Any], str]
    label: Callable[[Any], str] = str
    done: frozenset[str] = frozenset()
    told: frozenset[str] = frozenset()


_KINDS: list[Followed] = []


def follow(*kinds: Followed) -> None:
    _KINDS.extend(kinds)


def journal_rows(actor: Actor) -> list[Rows]:
    """One reading: the events, then the objects and the organisations that they name."""
    if actor.user is None or actor.organisation is None:
        return []
    found = {kind.object_type: (kind, seen) for kind in _KINDS if (seen := kind.seen(actor)) is not None}
    return [_reading(actor, found)] if found else []


def _reading(actor: Actor, found: Found) -> Rows:
    changed, finished = yield [
        _changes(actor, found.values())[:READ_AT_MOST],
        _finished(actor, found.values())[:READ_AT_MOST],
    ]
    done = _latest(finished)
    wanted = _wanted([*changed, *done])
    names, *rows = yield [
        Organisation.objects.filter(pk__in={event.organisation_id for event in changed}).only("name"),
        *[found[name][1].filter(pk__in=keys) for name, keys in wanted.items()],
    ]
    objects = {(name, row.pk): row for name, each in zip(wanted, rows, strict=True) for row in each}
    by = {organisation.pk: organisation.name for organisation in names}
    return [
        *[_row(event, found, objects, zone=CHANGED, names=by) for event in _shown(changed, objects)],
        *[_row(event, found, objects, zone=DONE, names={}) for event in _shown(done, objects)],
    ]


Kinds = Iterable[tuple[Followed, QuerySet[Any]]]
Found = dict[str, tuple[Followed, QuerySet[Any]]]
Objects = dict[tuple[str, int], Model]


def yesterday() -> dt.datetime:
    """Its first instant, in Paris."""
    day = timezone.localdate() - dt.timedelta(days=1)
    return dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_default_timezone())


def _changes(actor: Actor, kinds: Kinds) -> QuerySet[AuditEvent]:
    """What others did, the newest first, on what the reader follows."""
    assert actor.user is not None  # asked before
    mine = AuditEvent.objects.filter(user_id=actor.user.pk)
    told = Q(pk__in=())
    for kind, seen in kinds:
        acted_on = mine.filter(object_type=kind.object_type).values("object_id")
        followed = seen.filter(kind.own(actor) | Q(pk__in=acted_on)).order_by().values("pk")
        told |= Q(object_type=kind.object_type, what__in=sorted(kind.told), object_id__in=followed)
    others = Q(user_id__isnull=True) | ~Q(user_id=actor.user.pk)
    return AuditEvent.objects.filter(told, others, at__gte=yesterday()).order_by("-pk")


def _finished(actor: Actor, kinds: Kinds) -> QuerySet[AuditEvent]:
    """What the reader did for this organisation, the newest first."""
    done = Q(pk__in=())
    for kind, _ in kinds:
        done |= Q(object_type=kind.object_type, what__in=sorted(kind.done))
    since = timezone.now() - dt.timedelta(days=FINISHED_DAYS)
    assert actor.user is not None and actor.organisation is not None  # asked before
    mine = AuditEvent.objects.filter(user_id=actor.user.pk, organisation_id=actor.organisation.pk)
    return mine.filter(done, at__gte=since).order_by("-pk")


def _latest(events: Iterable[AuditEvent]) -> list[AuditEvent]:
    """One line an object: the last thing finished on it."""
    last: dict[tuple[str, int], AuditEvent] = {}
    for event in events:
        last.setdefault((event.object_type, event.object_id), event)
    return list(last.values())


def _wanted(events: Iterable[AuditEvent]) -> dict[str, set[int]]:
    """The keys of the objects told, by kind."""
    keys: dict[str, set[int]] = {}
    for event in events:
        keys.setdefault(event.object_type, set()).add(event.object_id)
    return keys


def _shown(events: Iterable[AuditEvent], objects: Objects) -> list[AuditEvent]:
    """Without the objects that the reader sees no more."""
    return [event for event in events if (event.object_type, event.object_id) in objects][:MOST]


def _row(event: AuditEvent, found: Found, objects: Objects, *, zone: str, names: dict[int, str]) -> DeskRow:
    kind, row = found[event.object_type][0], objects[event.object_type, event.object_id]
    return DeskRow(
        object_label=kind.label(row),
        url=kind.url(row),
        expected=_sentence(event),
        since=event.at,
        zone=zone,
        by=names.get(event.organisation_id or 0, ""),
    )


def _sentence(event: AuditEvent) -> str:
    """Accuser réception : de « Envoyé au fournisseur » à « Réception accusée »."""
    act = act_word(event.object_type, event.what)
    before, after = (state_word(event.object_type, s) for s in (event.from_state, event.to_state))
    if not after or event.from_state == event.to_state:
        return act
    return (
        f"{act}\u00a0: de «\u00a0{before}\u00a0» à «\u00a0{after}\u00a0»"
        if event.from_state
        else f"{act}\u00a0: «\u00a0{after}\u00a0»"
    )
