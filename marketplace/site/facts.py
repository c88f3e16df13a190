"""What the home page tells of the catalogue: last changes of status, offers by status, age of registers."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone

from catalog.enums import Scheme, TrustStatus
from catalog.models import Offer, OfferSearchRow, TrustFact, TrustMark
from catalog.models.trust import status_by_the_clock
from marketplace.ui.drawings import Bar

RECENT = dt.timedelta(days=30)
READING_LIMIT = dt.timedelta(days=60)
SHOWN_CHANGES = 8
BAR_ORDER = (
    TrustStatus.IN_FORCE,
    TrustStatus.EXPIRING,
    TrustStatus.RENEWAL_PENDING,
    TrustStatus.IN_PROGRESS,
    TrustStatus.ANNOUNCED,
    TrustStatus.SUSPENDED,
    TrustStatus.EXPIRED,
    TrustStatus.WITHDRAWN,
    TrustStatus.ABANDONED,
    TrustStatus.NONE,
    TrustStatus.UNKNOWN,
    TrustStatus.NOT_APPLICABLE,
)


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


def offers_by_status(on: dt.date) -> list[Bar]:
    """Public offers by SecNumCloud status read on that day; statuses nobody has are left out. One query."""
    stored = (
        OfferSearchRow.objects.filter(is_public=True)
        .values("secnumcloud", "secnumcloud_until")
        .annotate(offers=Count("pk"))
        .order_by()
    )
    counts: Counter[TrustStatus] = Counter()
    for row in stored:
        counts[status_by_the_clock(row["secnumcloud"], until=row["secnumcloud_until"], on=on)] += row["offers"]
    return [
        Bar(str(status.label), counts[status], url=f"/offres/?secnumcloud={status.value}")
        for status in BAR_ORDER
        if counts[status]
    ]


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
        TrustMark.objects.filter(scheme=Scheme.SECNUMCLOUD, origin="register", read_on__isnull=False)
        .order_by("-read_on")
        .values_list("read_on", flat=True)
        .first()
    )
    return RegisterReading(read_on, (on - read_on).days) if read_on else None


def quiet_since(now: dt.datetime) -> dt.date:
    return timezone.localdate(now - RECENT)
