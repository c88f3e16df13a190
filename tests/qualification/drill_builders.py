"""Drills for tests: announced by the action, then driven by rewriting their hours (the clock is the
database's, which no test stops)."""

from __future__ import annotations

import datetime as dt
import re

from django.utils import timezone

from catalog.models import Offer
from marketplace.accounts.actors import Actor
from marketplace.leases import LeaseState
from marketplace.notifications.models import OutgoingEmail
from marketplace.working_days import add_working_days
from qualification.drills import actions
from qualification.drills.models import SecurityDrill

ADDRESS = "securite@nuage.example"


def contact(address: str = ADDRESS) -> dict[str, dict[str, str]]:
    return {"security_contact": {"service": "Cellule", "email": address}}


def give_contact(offer: Offer, address: str = ADDRESS) -> Offer:
    """In the version being edited; a frozen one was given its contact when it was made."""
    for version in offer.versions.filter(frozen_at__isnull=True):
        version.answers = {**version.answers, **contact(address)}
        version.save(update_fields=["answers"])
    return Offer.objects.select_related("supplier", "live_version").get(pk=offer.pk)


def window(days: int = 5) -> dict[str, dt.date]:
    first = add_working_days(timezone.localdate(), 3)
    return {"window_from": first, "window_until": first + dt.timedelta(days=days)}


def announce(offer: Offer, actor: Actor) -> SecurityDrill:
    return actions.announce(give_contact(offer), actor=actor, **window())


def send(drill: SecurityDrill) -> str:
    """Its hour has come, and the worker has sent its mail. The link's token."""
    SecurityDrill.objects.filter(pk=drill.pk).update(sends_at=timezone.now() - dt.timedelta(minutes=1))
    actions.run_drills()
    drill.refresh_from_db()
    assert drill.email is not None
    token = token_in(drill.email)
    mailed(drill)
    return token


def token_in(email: OutgoingEmail) -> str:
    found = re.search(r"/exercices/reponse/([\w-]+)/", email.body)
    assert found is not None
    return found[1]


def mailed(drill: SecurityDrill, *, ago: dt.timedelta = dt.timedelta(minutes=2)) -> None:
    done = {"lease_state": LeaseState.DONE, "done_at": actions.now() - ago}
    OutgoingEmail.objects.filter(pk=drill.email_id).update(**done)


def make_drill(offer: Offer, actor: Actor, *, state: str = "announced") -> SecurityDrill:
    """Driven to ``state``: announced, sent, answered, unanswered, answered_late."""
    drill = announce(offer, actor)
    if state == "announced":
        return drill
    token = send(drill)
    if state in ("unanswered", "answered_late"):
        mailed(drill, ago=dt.timedelta(hours=drill.limit_hours, minutes=5))
        actions.run_drills()
    if state in ("answered", "answered_late"):
        actions.acknowledge(token)
    drill.refresh_from_db()
    assert drill.state == state
    return drill
