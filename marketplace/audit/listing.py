"""The journal as a list: filters, pages by cursor, lines ready to be shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Organisation, User
from marketplace.audit.models import AuditEvent, AuditSide
from marketplace.audit.words import act_word, object_word, state_word

PER_PAGE = 50
ERASED = "Personne effacée"


@dataclass(frozen=True, slots=True)
class Line:
    """``seq`` None: not sealed yet. ``reason`` None: the side row was erased."""

    uuid: UUID
    seq: int | None
    at: dt.datetime
    object_word: str
    object_number: str
    act: str
    before: str
    after: str
    who: str
    organisation: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class Slice:
    """``older``, ``newer``: the cursor to go on from, empty at that end."""

    lines: list[Line]
    older: str
    newer: str


def events_for(actor: Actor, *, filters: Mapping[str, Any]) -> QuerySet[AuditEvent]:
    events = AuditEvent.objects.visible_to(actor)
    if start := filters.get("du"):
        events = events.filter(at__gte=_midnight(start))
    if end := filters.get("au"):
        events = events.filter(at__lt=_midnight(end + dt.timedelta(days=1)))
    if object_type := filters.get("objet"):
        events = events.filter(object_type=object_type)
    if number := filters.get("numero"):
        events = events.filter(object_number__iexact=number.strip())
    if what := filters.get("acte"):
        events = events.filter(what=what.strip())
    if name := filters.get("personne"):
        people = User.objects.filter(Q(email__iexact=name.strip()) | Q(full_name__iexact=name.strip()))
        events = events.filter(user_id__in=list(people.values_list("pk", flat=True)))
    return events


def page_of(events: QuerySet[AuditEvent], *, before: str = "", after: str = "") -> Slice:
    """The newest events, or those older than ``before``, or newer than ``after`` (uuids of events).

    A cursor that is not one of these events is ignored. Four queries at most, whatever the number.
    """
    before_key, after_key = _key(events, before), _key(events, after)
    rows = _rows(events, before_key=before_key, after_key=after_key)
    more, rows = len(rows) > PER_PAGE, rows[:PER_PAGE]
    if after_key is not None and before_key is None:
        rows.reverse()
        has_newer, has_older = more, True
    else:
        has_newer, has_older = before_key is not None, more
    return Slice(
        lines=list(lines_of(rows)),
        older=str(rows[-1].uuid) if rows and has_older else "",
        newer=str(rows[0].uuid) if rows and has_newer else "",
    )


def lines_of(events: Iterable[AuditEvent]) -> Iterable[Line]:
    listed = list(events)
    names = dict(
        Organisation.objects.filter(
            pk__in={e.organisation_id for e in listed if e.organisation_id}
        ).values_list("pk", "name")
    )
    for event in listed:
        yield _line(event, names)


def _line(event: AuditEvent, names: Mapping[int, str]) -> Line:
    seal, side = getattr(event, "seal", None), _side(event)
    return Line(
        uuid=event.uuid,
        seq=seal.seq if seal is not None else None,
        at=event.at,
        object_word=object_word(event.object_type),
        object_number=event.object_number,
        act=act_word(event.object_type, event.what),
        before=state_word(event.object_type, event.from_state) if event.from_state else "",
        after=state_word(event.object_type, event.to_state) if event.to_state else "",
        who=side.actor_label if side is not None else ERASED,
        organisation=names.get(event.organisation_id or 0, ""),
        reason=side.reason if side is not None else None,
    )


def _side(event: AuditEvent) -> AuditSide | None:
    return getattr(event, "side", None)


def _rows(events: QuerySet[AuditEvent], *, before_key: int | None, after_key: int | None) -> list[AuditEvent]:
    wanted = events.select_related("side", "seal")
    if before_key is not None:
        wanted = wanted.filter(pk__lt=before_key).order_by("-pk")
    elif after_key is not None:
        wanted = wanted.filter(pk__gt=after_key).order_by("pk")
    else:
        wanted = wanted.order_by("-pk")
    return list(wanted[: PER_PAGE + 1])


def _key(events: QuerySet[AuditEvent], cursor: str) -> int | None:
    try:
        wanted = UUID(cursor)
    except ValueError:
        return None
    return events.filter(uuid=wanted).values_list("pk", flat=True).first()


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=timezone.get_default_timezone())
