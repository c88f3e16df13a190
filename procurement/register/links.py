"""A person's secret calendar address: opened, read, revoked."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, Q
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotAllowed, NotVisible
from procurement.models import CalendarLink, Contract, ExitPlan
from procurement.register.alerts import open_reviews
from procurement.register.dates import ALERT_DAYS, key_dates
from procurement.register.ics import Event, calendar

if TYPE_CHECKING:
    import datetime as dt

SECRET_BYTES = 32
MOST_CONTRACTS = 500


def open_link(*, actor: Actor) -> tuple[CalendarLink, str]:
    """The link and its address, which is given here and never again. Raises MoveRefused while one is open."""
    if actor.membership is None:
        raise NotAllowed("not_allowed", "Un agenda est celui d’une personne.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    with transaction.atomic():
        Membership.objects.select_for_update(of=("self",)).get(pk=actor.membership.pk)
        if CalendarLink.objects.living().filter(membership=actor.membership).exists():
            raise MoveRefused("calendar_link_open", "Un lien d’agenda est déjà ouvert. Révoquez-le d’abord.")
        link = CalendarLink.objects.create(membership=actor.membership, token_sha256=_digest(secret))
        record(link, "create", actor=actor)
    return link, f"{settings.SITE_URL}{reverse('procurement:calendar', args=[secret])}"


def revoke_link(link: CalendarLink, *, actor: Actor) -> CalendarLink:
    """The address answers 404 from now on. Raises MoveRefused when it was revoked already."""
    with transaction.atomic():
        row = CalendarLink.objects.select_for_update(of=("self",)).get(pk=link.pk)
        refuse_revoked(row)
        row.revoked_at = timezone.now()
        row.save(update_fields=["revoked_at"])
        record(row, "revoke", actor=actor)
    return row


def refuse_revoked(link: CalendarLink) -> None:
    if link.revoked_at is not None:
        raise MoveRefused("calendar_link_revoked", "Ce lien d’agenda est déjà révoqué.")


def read_calendar(secret: str, *, now: dt.datetime) -> bytes:
    """What the person may see at this minute. Raises NotVisible: unknown, revoked, or no member any more."""
    links = CalendarLink.objects.living().select_related("membership__user", "membership__organisation")
    link = links.filter(
        token_sha256=_digest(secret), membership__ended_at__isnull=True, membership__user__is_active=True
    ).first()
    if link is None:
        raise NotVisible
    CalendarLink.objects.filter(pk=link.pk).update(read_at=now)
    actor = Actor.of(link.membership)
    contracts = (
        Contract.objects.visible_to(actor)
        .running()
        .filter(Q(owners=actor.user) & Q(buyer=actor.organisation))
        .select_related("offer", "supplier")
        .prefetch_related(open_reviews(), _living_exits())
        .order_by("ends_on", "pk")[:MOST_CONTRACTS]
    )
    events = [event for contract in contracts for event in events_of(contract)]
    name = "Contrats que je suis"
    return calendar(events, name=name, product=f"-//{settings.SERVICE_NAME}//Contrats//FR", stamp=now)


def events_of(contract: Contract) -> list[Event]:
    """Notices carry the alarms of the alerts, the others none. Reviews and exits were prefetched."""
    host = settings.SITE_URL.split("//")[-1]
    return [
        Event(
            uid=f"{contract.uuid}-{date.kind}@{host}",
            on=date.on,
            summary=f"{date.label} — {contract.number}",
            description=f"{contract.offer.name}, {contract.supplier.name}",
            url=f"{settings.SITE_URL}{contract.get_absolute_url()}",
            alarm_days=ALERT_DAYS if date.is_notice else (),
        )
        for date in key_dates(contract, contract.open_reviews, contract.living_exits)
    ]


def _living_exits() -> Prefetch:
    return Prefetch("exit_plans", queryset=ExitPlan.objects.living(), to_attr="living_exits")


def _digest(secret: str) -> str:
    """Enough for 256 random bits, no salt needed."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
