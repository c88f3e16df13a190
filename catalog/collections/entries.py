"""What a reader is shown of a collection: its offers today, those that fell out and since when."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from catalog.cards import Card, card_of
from catalog.enums import ENDED_STATUSES, HELD_STATUSES, OfferState, Scheme
from catalog.models import Collection, CollectionEntry, EffectiveTrust, Offer, OfferSearchRow, TrustFact

CLOSED_WORDS = {
    OfferState.SUSPENDED: "Référencement suspendu",
    OfferState.WITHDRAWN: "Offre retirée",
    OfferState.REMOVED: "Offre supprimée",
}


@dataclass(frozen=True, slots=True)
class Loss:
    """Why an offer fell out, and since which day; None: the day is not known."""

    words: str
    since: dt.date | None


@dataclass(frozen=True, slots=True)
class Entry:
    """`card` None and `loss` told: no longer available."""

    row: CollectionEntry
    card: Card | None
    loss: Loss | None

    @property
    def offer(self) -> Offer:
        return self.row.offer

    @property
    def why(self) -> str:
        return self.row.why

    @property
    def name(self) -> str:
        return name_of(self.offer)

    @property
    def url(self) -> str:
        """Empty where the sheet answers no more."""
        return self.offer.get_absolute_url() if self.offer.is_public else ""


def name_of(offer: Offer) -> str:
    """Removed for everybody, it is named by its number alone."""
    return f"Offre n°\u00a0{offer.number}" if offer.state == OfferState.REMOVED else offer.name


def entries_of(
    collection: Collection, *, on: dt.date, retained: Mapping[int, str] | None = None
) -> list[Entry]:
    """In their order. Three queries whatever the number, and one when a status was lost.

    `retained`: offer key → what the reader's administration says of it.
    """
    rows = list(collection.entries.select_related("offer__supplier"))
    keys = [row.offer_id for row in rows]
    cards = dict(OfferSearchRow.objects.filter(offer__in=keys).values_list("offer_id", "card"))
    losses = losses_of(rows, on=on)
    said = retained or {}
    return [
        Entry(row, None, losses[row.pk])
        if row.pk in losses
        else Entry(row, card_of(cards[row.offer_id], on=on, retained=said.get(row.offer_id, "")), None)
        for row in rows
    ]


def losses_of(rows: Iterable[CollectionEntry], *, on: dt.date) -> dict[int, Loss]:
    """Entry key → what its offer lost; `offer` is given. One query, and one when a status was lost."""
    rows = list(rows)
    found = {row.pk: loss for row in rows if (loss := closed_words(row.offer)) is not None}
    trust = {
        (each.offer_id, each.scheme): each
        for each in EffectiveTrust.objects.filter(offer__in=[row.offer_id for row in rows])
    }
    lost: dict[int, EffectiveTrust | str] = {}
    for row in rows:
        if row.pk not in found:
            for scheme in row.held:
                held = trust.get((row.offer_id, scheme))
                if held is None or held.status_on(on) not in HELD_STATUSES:
                    lost.setdefault(row.pk, held or scheme)
    return found | _dated(lost, on=on)


def closed_words(offer: Offer) -> Loss | None:
    """Why an offer is not to be had, and since when; None: it is. No query."""
    words = CLOSED_WORDS.get(OfferState(offer.state))
    if words is None and offer.live_version_id is None:
        words = "Offre hors ligne"
    return Loss(words, timezone.localdate(offer.state_since)) if words else None


def _dated(lost: Mapping[int, EffectiveTrust | str], *, on: dt.date) -> dict[int, Loss]:
    rows = [row for row in lost.values() if isinstance(row, EffectiveTrust)]
    facts = _last_facts(rows) if any(_end(row, on) is None for row in rows) else {}
    told: dict[int, Loss] = {}
    for key, row in lost.items():
        if isinstance(row, str):
            told[key] = Loss(f"{Scheme(row).label}\u00a0: plus aucune", None)
            continue
        words = f"{Scheme(row.scheme).label}\u00a0: {row.status_on(on).label.lower()}"
        told[key] = Loss(words, _end(row, on) or facts.get(_holder(row)))
    return told


def _end(row: EffectiveTrust, on: dt.date) -> dt.date | None:
    """The day after the one it ended on, when the clock alone ended it."""
    if row.status in ENDED_STATUSES:
        return None
    ends = [end for end in (row.valid_until, row.base_until) if end is not None and end < on]
    return min(ends) + dt.timedelta(1) if ends else None


def _holder(row: EffectiveTrust) -> tuple[int, str]:
    """Whose fact took it down: the layer's, or the offer's own."""
    return row.undermined_by_id or row.offer_id, row.scheme


def _last_facts(rows: list[EffectiveTrust]) -> dict[tuple[int, str], dt.date]:
    """(offer, scheme) → the day of the last fact that ended it."""
    asked = Q()
    for offer, scheme in {_holder(row) for row in rows}:
        asked |= Q(mark__offer=offer, mark__scheme=scheme)
    facts = TrustFact.objects.filter(
        asked, status__in=ENDED_STATUSES, superseded_by__isnull=True, effective_at__isnull=False
    )
    ordered = facts.order_by("effective_at", "pk").values_list(
        "mark__offer_id", "mark__scheme", "effective_at"
    )
    return {(offer, scheme): timezone.localdate(at) for offer, scheme, at in ordered}
