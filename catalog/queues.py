"""What waits for a curator, queue by queue: how many, and since when. Upper apps may add theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Aggregate, Count, Min, QuerySet, Value
from django.urls import reverse
from django.utils import timezone

from catalog.enums import DuplicateState, NeedState, PriceOutlierState, ReviewState
from catalog.freshness import ANSWERED_STATES, due_on, last_fresh_day
from catalog.models import (
    DuplicatePair,
    MissingNeed,
    Offer,
    OfferClaim,
    OfferHandover,
    PriceOutlier,
    RegisterDifference,
    TrustReport,
    VersionReview,
)
from marketplace.readings import Reading, read, together
from marketplace.working_days import working_days_between

Waiting = tuple[int, dt.date | None]


@dataclass(frozen=True, slots=True)
class Queue:
    """`source(today)` reads how many wait, and since which day the oldest does (None: empty, or unknown)."""

    code: str
    label: str
    verb: str
    address: str
    source: Callable[[dt.date], Reading[Waiting]]


@dataclass(frozen=True, slots=True)
class QueueState:
    code: str
    label: str
    verb: str
    url: str
    count: int
    oldest_on: dt.date | None
    oldest_working_days: int | None


_QUEUES: dict[str, Queue] = {}


def register_queue(queue: Queue) -> None:
    """Registering a code again replaces it."""
    _QUEUES[queue.code] = queue


def queue_states(*, on: dt.date, codes: frozenset[str] | None = None) -> list[QueueState]:
    """The queue whose first has waited longest comes first, empty ones last; `codes` narrows them.

    One query.
    """
    return read(reading_of_queues(on=on, codes=codes))


def reading_of_queues(*, on: dt.date, codes: frozenset[str] | None = None) -> Reading[list[QueueState]]:
    """`queue_states`, beside what else is read. One round."""
    states = yield from together(
        _state(queue, on) for queue in _QUEUES.values() if codes is None or queue.code in codes
    )
    return sorted(states, key=lambda s: (not s.count, s.oldest_on or dt.date.max, s.label))


def _state(queue: Queue, on: dt.date) -> Reading[QueueState]:
    count, oldest = yield from queue.source(on)
    return QueueState(
        code=queue.code,
        label=queue.label,
        verb=queue.verb,
        url=reverse(queue.address),
        count=count,
        oldest_on=oldest,
        oldest_working_days=working_days_between(oldest, on) if oldest else None,
    )


def waiting(rows: QuerySet[Any], since: str) -> Reading[Waiting]:
    """How many rows, and the earliest of the moment `since`."""
    count, first = yield from _summary(rows, n=Count("pk"), first=Min(since))
    return count, timezone.localdate(first) if isinstance(first, dt.datetime) else first


def _summary(rows: QuerySet[Any], **told: Aggregate) -> Reading[tuple[Any, ...]]:
    """What `aggregate` would tell, the count first."""
    alone = rows.order_by().annotate(whole=Value(1)).values("whole").annotate(**told).values_list(*told)
    (found,) = yield [alone]
    return found[0] if found else (0, *[None] * (len(told) - 1))


def stale_offers(*, on: dt.date) -> QuerySet[Offer]:
    """Online, with a supplier who answers for them, never confirmed or too long ago; the oldest first."""
    rows = Offer.objects.public().filter(state__in=ANSWERED_STATES)
    fresh = rows.filter(facts_confirmed_on__gte=last_fresh_day(on))
    late = rows.exclude(pk__in=fresh.values("pk"))
    return late.order_by("facts_confirmed_on", "pk")


def _stale(on: dt.date) -> Reading[Waiting]:
    """Waiting since the day after the limit; since the listing for what nobody ever confirmed."""
    count, confirmed, listed = yield from _summary(
        stale_offers(on=on), n=Count("pk"), confirmed=Min("facts_confirmed_on"), listed=Min("listed_on")
    )
    return count, due_on(confirmed) if confirmed else listed


OWN = (
    Queue(
        "versions",
        "Modifications à modérer",
        "Modérer",
        "catalog:review_list",
        lambda on: waiting(VersionReview.objects.filter(state=ReviewState.PENDING), "proposed_at"),
    ),
    Queue(
        "claims",
        "Revendications de fiches publiques",
        "Examiner",
        "catalog:claim_list",
        lambda on: waiting(OfferClaim.objects.filter(state__in=OfferClaim.OPEN_STATES), "created_at"),
    ),
    Queue(
        "handovers",
        "Transferts sans réponse",
        "Suivre",
        "catalog:handover_list",
        lambda on: waiting(OfferHandover.objects.waiting(), "proposed_at"),
    ),
    Queue(
        "reports",
        "Signalements sur une qualification",
        "Traiter",
        "catalog:report_list",
        lambda on: waiting(TrustReport.objects.open(), "recorded_at"),
    ),
    Queue(
        "register_differences",
        "Écarts de registre",
        "Traiter",
        "catalog:difference_list",
        lambda on: waiting(RegisterDifference.objects.filter(closed_at__isnull=True), "reading__state_since"),
    ),
    Queue(
        "duplicates",
        "Doublons probables",
        "Examiner",
        "catalog:duplicate_list",
        lambda on: waiting(DuplicatePair.objects.filter(state=DuplicateState.OPEN), "found_at"),
    ),
    Queue(
        "price_outliers",
        "Prix loin des autres",
        "Examiner",
        "catalog:price_outlier_list",
        lambda on: waiting(PriceOutlier.objects.filter(state=PriceOutlierState.OPEN), "found_at"),
    ),
    Queue("facts", "Informations à reconfirmer", "Relancer", "catalog:stale_facts", _stale),
    Queue(
        "needs",
        "Besoins non couverts",
        "Répondre",
        "catalog:need_list",
        lambda on: waiting(MissingNeed.objects.filter(state=NeedState.OPEN), "created_at"),
    ),
)


def register() -> None:
    for queue in OWN:
        register_queue(queue)
