"""Drills: announced, sent at the hour drawn, acknowledged by the link, ended by the database's clock.

The limit is the marketplace's own parameter, no law's; it is frozen when the drill is announced.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from catalog.enums import OfferState
from catalog.models import Offer
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import system_actor
from marketplace.errors import Gone, MoveRefused, NotVisible, RuleBroken
from marketplace.leases import LeaseState
from marketplace.numbering import next_number
from marketplace.ui.typography import date_text
from qualification import watch
from qualification.abilities import person_of
from qualification.drills import tell
from qualification.drills.abilities import announce_refusal, drill_abilities
from qualification.drills.contact import contact_of
from qualification.drills.hours import draw_hour, worked_days
from qualification.drills.models import SecurityDrill
from qualification.drills.states import ANSWERED, OPEN, DrillState

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

CHECK = "security_drill"
CLOCK, CONTACT = system_actor("drills"), system_actor("security_contact")
LONGEST_WINDOW = dt.timedelta(days=30)
# A late answer is still worth knowing; then the link opens nothing.
LINK_DAYS = dt.timedelta(days=30)
HELD_IN = (OfferState.DRAFT, OfferState.LISTED, OfferState.SUSPENDED)


def announce(offer: Offer, *, actor: Actor, window_from: dt.date, window_until: dt.date) -> SecurityDrill:
    """A drill of the offer's contact. Raises RuleBroken by field, MoveRefused while another is open."""
    require({"announce": announce_refusal(actor, offer)}, "announce")
    _check_window(window_from, window_until)
    with transaction.atomic():
        row = Offer.objects.select_for_update(of=("self",)).select_related("supplier__organisation")
        locked = row.get(pk=offer.pk)
        organisation = locked.supplier.organisation
        if organisation is None or locked.state not in HELD_IN:
            raise RuleBroken(
                "offer_without_supplier", "Cette offre n’est pas tenue par un fournisseur.", field="offer"
            )
        if SecurityDrill.objects.filter(offer=locked, state__in=OPEN).exists():
            raise MoveRefused("drill_open", "Un exercice est déjà annoncé ou en cours pour cette offre.")
        contact = contact_of(locked, locked.live_version or locked.shown_for_edit)
        if contact is None:
            raise RuleBroken("no_contact", NO_CONTACT, field="offer")
        made = SecurityDrill.objects.create(
            number=next_number("EXC"),
            offer=locked,
            organisation=organisation,
            address=contact.address,
            address_source=contact.source,
            window_from=window_from,
            window_until=window_until,
            limit_hours=settings.SECURITY_DRILL_LIMIT_HOURS,
            sends_at=draw_hour(window_from, window_until, below=secrets.randbelow),
            announced_by=person_of(actor),
            by_supplier=actor.is_supplier,
        )
        made.journal_creation(actor=actor, detail={"window": [str(window_from), str(window_until)]})
        tell.announced(made)
    return made


NO_CONTACT = (
    "Cette offre ne déclare aucune adresse de contact de sécurité : répondez à la question « Qui joindre "
    "pour signaler une faille ? », ou publiez un fichier security.txt avec une adresse électronique."
)


def _check_window(first: dt.date, last: dt.date) -> None:
    soonest = timezone.localdate() + dt.timedelta(days=settings.SECURITY_DRILL_NOTICE_DAYS)
    if first < soonest:
        message = f"Un exercice s’annonce à l’avance : choisissez le {date_text(soonest)} ou plus tard."
        raise RuleBroken("too_soon", message, field="window_from")
    if last < first:
        raise RuleBroken("window_ends_before", "La fenêtre finit après son début.", field="window_until")
    if last - first > LONGEST_WINDOW:
        raise RuleBroken("window_too_long", "Une fenêtre dure 30 jours au plus.", field="window_until")
    if not worked_days(first, last):
        raise RuleBroken(
            "no_working_day", "Cette fenêtre n’a pas de jour ouvré : élargissez-la.", field="window_until"
        )


def cancel(
    drill: SecurityDrill, *, actor: Actor, reason: str, expected_version: int | None = None
) -> SecurityDrill:
    """Before its message goes out. Raises MoveRefused after."""
    require(drill_abilities(actor, drill), "cancel")
    if not reason.strip():
        raise RuleBroken("reason_missing", "Dites pourquoi l’exercice est annulé.", field="reason")
    with transaction.atomic():
        drill.cancel(actor=actor, reason=reason, expected_version=expected_version)
        tell.ended(drill)
    return drill


def run_drills() -> int:
    """Send what is due, end what is over. Safe to run twice, and by several at once. Number of moves."""
    waiting = SecurityDrill.objects.filter(state__in=OPEN).order_by("pk").values_list("pk", flat=True)
    return sum(_tick_one(pk) for pk in list(waiting))


def _tick_one(pk: int) -> bool:
    """In its own transaction: what stops one drill stops no other."""
    with transaction.atomic():
        rows = SecurityDrill.objects.select_for_update(of=("self",), skip_locked=True)
        drill = rows.select_related("offer__supplier", "email").filter(pk=pk, state__in=OPEN).first()
        return drill is not None and _tick(drill, now())


def _tick(drill: SecurityDrill, at: dt.datetime) -> bool:
    if drill.state == DrillState.ANNOUNCED:
        return drill.sends_at <= at and _send(drill, at)
    email, answer_by = drill.email, drill.answer_by
    if answer_by is not None and at > answer_by:
        assert drill.started_at is not None
        drill.expire(actor=CLOCK, started=drill.started_at)
    elif answer_by is None and (email is None or email.lease_state == LeaseState.DEAD):
        drill.give_up(actor=CLOCK)
    else:
        return False
    _concluded(drill)
    return True


def _send(drill: SecurityDrill, at: dt.datetime) -> bool:
    """The mail's row is written with the move: both are there, or neither."""
    offer = drill.offer
    if offer.supplier.organisation_id != drill.organisation_id or offer.state not in HELD_IN:
        drill.cancel(actor=CLOCK, reason="L’offre a changé de fournisseur, ou n’est plus tenue.")
        tell.ended(drill)
        return True
    token = secrets.token_urlsafe(32)
    email = tell.message(drill, token=token)
    drill.send(actor=CLOCK, at=at, token_sha256=digest(token), email=email)
    return True


def opened(token: str) -> SecurityDrill:
    """What the link opens, answered or not. Raises NotVisible, Gone when the link is over."""
    found = SecurityDrill.objects.for_lists().filter(token_sha256=digest(token)).first()
    return _still_open(found)


def _still_open(found: SecurityDrill | None) -> SecurityDrill:
    if found is None or found.sent_at is None:
        raise NotVisible
    ends = found.sent_at + LINK_DAYS
    if found.state not in ANSWERED and (found.state == DrillState.NOT_SENT or now() > ends):
        raise Gone("drill_over", "Cet exercice est terminé.", on=timezone.localdate(ends), reason=OVER)
    return found


OVER = "Rien n’est attendu de vous. Le fournisseur de l’offre peut en annoncer un autre."


def acknowledge(token: str) -> SecurityDrill:
    """The contact confirms: in time or late, by the database's clock. Raises MoveRefused the second time."""
    with transaction.atomic():
        rows = SecurityDrill.objects.select_for_update(of=("self",)).select_related("offer", "email")
        drill = _still_open(rows.filter(token_sha256=digest(token)).first())
        if drill.state in ANSWERED:
            raise MoveRefused("drill_answered", "La réception de ce message est déjà confirmée.")
        at = now()
        # Sent, then answered before our own worker noted that it was sent: its row's hour is all we have.
        started = drill.started_at or drill.sent_at
        assert started is not None
        if drill.state == DrillState.SENT and at > started + dt.timedelta(hours=drill.limit_hours):
            drill.expire(actor=CLOCK, started=started)
        if drill.state == DrillState.UNANSWERED:
            drill.acknowledge_late(actor=CONTACT, started=started, at=at)
        else:
            drill.acknowledge(actor=CONTACT, started=started, at=at)
        _concluded(drill)
    return drill


def _concluded(drill: SecurityDrill) -> None:
    tell.ended(drill)
    watch.look_now(drill.offer, CHECK)


def now() -> dt.datetime:
    """The database's clock, as it is when asked: several processes share it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        (moment,) = cursor.fetchone()
    found: dt.datetime = moment
    return found


def digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
