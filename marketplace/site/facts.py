"""What the home page tells of the catalogue: last changes of status, offers by status, age of registers."""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from catalog.enums import Origin, Scheme
from catalog.models import Offer, TrustFact, TrustMark
from catalog.search.engine import search
from catalog.search.query import OfferQuery
from marketplace.ui.drawings import Bar

RECENT = dt.timedelta(days=30)
READING_LIMIT = dt.timedelta(days=60)
SHOWN_CHANGES = 8


@dataclass(frozen=True, slots=True)
class StatusChange:
    offer: Offer
    mark: TrustMark
    status: str
    on: dt.datetime
    origin: str


def status_changes(now: dt.datetime) -> list[StatusChange]:
    """Facts that took effect in the last 30 days on public offers, newest first. One query."""
    facts = (
        TrustFact.objects.filter(
            effective_at__gt=now - RECENT,
            effective_at__lte=now,
            superseded_by__isnull=True,
            mark__offer__in=Offer.objects.public(),
        )
        .select_related("mark__offer")
        .order_by("-effective_at", "-pk")[:SHOWN_CHANGES]
    )
    return [
        StatusChange(fact.mark.offer, fact.mark, fact.status, fact.effective_at, fact.origin)
        for fact in facts
        if fact.effective_at is not None
    ]


@dataclass(frozen=True, slots=True)
class Census:
    offers: int
    bars: list[Bar]


def offers_by_status(on: dt.date) -> Census:
    """Public offers by SecNumCloud status read on that day, through the catalogue's own search; statuses
    nobody has are left out. Two SQL statements."""
    found = search(OfferQuery(today=on, page_size=1, with_facets=True, counted=("secnumcloud",)))
    bars = [
        Bar(value.label, value.count, url=f"/offres/?secnumcloud={value.value}")
        for value in found.facets.get("secnumcloud", ())
        if value.count
    ]
    return Census(found.total, bars)


@dataclass(frozen=True, slots=True)
class RegisterReading:
    read_on: dt.date
    age_days: int

    @property
    def is_old(self) -> bool:
        return self.age_days > READING_LIMIT.days


def anssi_reading(on: dt.date) -> RegisterReading | None:
    """The last reading of the ANSSI catalogue known from a mark; None when there is none. One query."""
    read_on = (
        TrustMark.objects.filter(scheme=Scheme.SECNUMCLOUD, origin=Origin.REGISTER, read_on__isnull=False)
        .order_by("-read_on")
        .values_list("read_on", flat=True)
        .first()
    )
    return RegisterReading(read_on, (on - read_on).days) if read_on else None


def quiet_since(now: dt.datetime) -> dt.date:
    return timezone.localdate(now - RECENT)
