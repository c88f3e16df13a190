"""The last change of one object, for who was late: what it was, what it is, when, by whom."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import models
from django.db.models import F

from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Organisation
from marketplace.audit.models import AuditEvent
from marketplace.audit.words import act_word, state_word

SERVICE = "le service"


@dataclass(frozen=True, slots=True)
class Passage:
    """``before`` and ``after`` are French words, ``before`` empty for a first state; ``from_state`` and
    ``to_state`` their codes; ``who`` a colleague's name, else the organisation's."""

    act: str
    before: str
    after: str
    from_state: str
    to_state: str
    at: dt.datetime
    who: str


def last_passage(row: models.Model, *, actor: Actor, of_state: bool) -> Passage | None:
    """The object is one the reader sees. ``of_state``: the last change of its state, else the last
    change of anything. None when the journal holds nothing. Three queries at most."""
    events = AuditEvent.objects.filter(object_type=row._meta.label_lower, object_id=row.pk)
    if of_state:
        events = events.exclude(from_state=F("to_state"))
    event = events.select_related("side").order_by("-pk").first()
    if event is None:
        return None
    kind = event.object_type
    before, after = (state_word(kind, state) if state else "" for state in (event.from_state, event.to_state))
    return Passage(
        act=act_word(kind, event.what),
        before=before,
        after=after,
        from_state=event.from_state,
        to_state=event.to_state,
        at=event.at,
        who=_who(event, actor),
    )


def _who(event: AuditEvent, actor: Actor) -> str:
    """Names are for colleagues and for who reads the journal; others learn the organisation."""
    if event.organisation_id is None:
        return SERVICE
    colleague = actor.organisation is not None and event.organisation_id == actor.organisation.pk
    side = getattr(event, "side", None)  # erased with the person
    if side is not None and (colleague or AuditEvent.objects.visible_to(actor).filter(pk=event.pk).exists()):
        return str(side.actor_label)
    return Organisation.objects.filter(pk=event.organisation_id).values_list("name", flat=True).first() or ""
