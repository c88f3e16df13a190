"""What is new in a saved search: found, gone, changed, status lost; and telling those who follow it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from catalog.enums import HELD_STATUSES, ChangeKind, NewsKind, Scheme
from catalog.filters import OfferFilterSet
from catalog.models import Change, EffectiveTrust, SavedSearch, SearchNews
from catalog.search.engine import search as search_offers
from catalog.search.query import MAX_PAGE_SIZE
from marketplace.accounts.models import User
from marketplace.notifications.outbox import notify

if TYPE_CHECKING:
    from catalog.models.change import Position

# A search that finds more is no alert but a reading of the whole catalogue.
MOST_WATCHED = 500
MOST_TOLD = 20
KEPT = dt.timedelta(days=90)
WITHOUT_CHANGE = "La fiche n’a pas changé : une échéance est passée, ou la recherche se lit autrement."
Held = dict[int, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Look:
    """What a search finds now. `waiting`: offers with a change that older transactions may still precede."""

    today: dt.date
    upto: Position
    found: frozenset[int]
    waiting: frozenset[int]
    held: Held


def watch(search_id: int) -> list[SearchNews]:
    """Looks, writes what is new, tells it. One transaction; another worker on the same row passes by.

    In a transaction the engine reads PostgreSQL: no index is loaded in a worker for this.
    """
    today = timezone.localdate()
    with transaction.atomic():
        rows = SavedSearch.objects.select_for_update(skip_locked=True, of=("self",))
        search = rows.filter(pk=search_id).first()
        if search is None:
            return []
        # The order matters: what settles after this line is told by the next look.
        upto = Change.objects.settled()
        found = offers_found(search.query, today=today)
        made = [] if found is None else _news(search, _look(search, found, upto=upto, today=today))
        search.is_too_broad = found is None
        search.known = None if found is None else search.known
        search.seen_xid, search.seen_id, search.checked_on = upto.xid, upto.id, today
        SearchNews.objects.bulk_create(made)
        search.news.filter(told_at__lt=timezone.now() - KEPT).delete()
        _tell(search, today=today)
        search.save()
    return made


def offers_found(query_string: str, *, today: dt.date) -> frozenset[int] | None:
    """Keys of the offers, whatever is not understood being left out; None when there are too many."""
    filters = OfferFilterSet(QueryDict(query_string), lenient=True)
    filters.is_valid()
    # What is found matters, not its order, which may cost more.
    query = replace(filters.query(page_size=MAX_PAGE_SIZE), today=today, ordering="")
    page = search_offers(query)
    if page.total > MOST_WATCHED:
        return None
    ids = set(page.ids)
    for number in range(2, page.pages + 1):
        ids.update(search_offers(replace(query, page=number)).ids)
    return frozenset(ids)


def _look(search: SavedSearch, found: frozenset[int], *, upto: Position, today: dt.date) -> Look:
    offers = found | {int(key) for key in search.known or ()}
    waiting = Change.objects.beyond(upto).filter(offer__in=offers).values_list("offer_id", flat=True)
    return Look(today, upto, found, frozenset(waiting), held_by(offers, today=today))


def held_by(offers: Iterable[int], *, today: dt.date) -> Held:
    """Schemes that each offer holds on a day, the layers below counted. One query."""
    held: dict[int, set[str]] = defaultdict(set)
    for row in EffectiveTrust.objects.filter(offer__in=list(offers)):
        if row.status_on(today) in HELD_STATUSES:
            held[row.offer_id].add(row.scheme)
    return {offer: frozenset(schemes) for offer, schemes in held.items()}


def _news(search: SavedSearch, look: Look) -> list[SearchNews]:
    """Also writes `known`. The first look says nothing: it is what the person had before them."""
    before = {int(key): frozenset(schemes) for key, schemes in (search.known or {}).items()}
    known = {offer: look.held.get(offer, frozenset()) for offer in look.found}
    made: list[SearchNews] = []
    if search.known is not None:
        told = _reasons(search, look, offers=look.found | set(before))
        for offer in sorted(look.found | set(before)):
            news = _of(offer, before=before, look=look, told=told.get(offer, []))
            if news is not None:
                made.append(SearchNews(search=search, offer_id=offer, kind=news[0], reasons=news[1]))
            if offer in look.waiting:
                known.pop(offer, None)
                known |= {offer: before[offer]} if offer in before else {}
    search.known = {str(offer): sorted(schemes) for offer, schemes in sorted(known.items())}
    return made


def _of(offer: int, *, before: Held, look: Look, told: list[Change]) -> tuple[NewsKind, list[str]] | None:
    """What to say of one offer, with its reasons; None: nothing."""
    reasons = list(dict.fromkeys(reason_of(change) for change in told))
    was, now = offer in before, offer in look.found
    if offer in look.waiting:
        return (NewsKind.CHANGED, reasons) if was and reasons else None
    lost = sorted(before.get(offer, frozenset()) - look.held.get(offer, frozenset()))
    if lost or (was and any(change.kind == ChangeKind.SUSPENDED for change in told)):
        gone = [] if now else ["L’offre ne répond plus à la recherche."]
        named = [f"{Scheme(scheme).label}\u00a0: n’est plus tenu pour en vigueur" for scheme in lost]
        return NewsKind.LOST, [*named, *reasons, *gone]
    if now != was:
        return (NewsKind.FOUND if now else NewsKind.GONE), reasons or [WITHOUT_CHANGE]
    return (NewsKind.CHANGED, reasons) if reasons else None


def _reasons(search: SavedSearch, look: Look, *, offers: Iterable[int]) -> dict[int, list[Change]]:
    rows = Change.objects.after(search.position).upto(look.upto).filter(offer__in=list(offers))
    told: dict[int, list[Change]] = defaultdict(list)
    for change in rows.select_related("fact__mark"):
        told[change.offer_id].append(change)
    return told


def reason_of(change: Change) -> str:
    if change.fact is not None:
        return f"{change.fact.mark.name}\u00a0: {change.fact.get_status_display().lower()}"
    words = str(change.get_kind_display())
    return f"{words}\u00a0: {change.reason}"[:300] if change.reason else words


def _tell(search: SavedSearch, *, today: dt.date) -> None:
    """A lost status at once; the rest in one message a day. Each is told once."""
    untold = list(search.news.filter(told_at__isnull=True).select_related("offer").order_by("kind", "pk"))
    is_the_day = search.told_on is None or search.told_on < today
    rows = [news for news in untold if is_the_day or news.kind == NewsKind.LOST]
    if not rows:
        return
    if any(news.kind != NewsKind.LOST for news in rows):
        search.told_on = today
    search.news.filter(pk__in=[news.pk for news in rows]).update(told_at=timezone.now())
    notify(
        followers(search),
        subject=f"Recherche «\u00a0{search.name}\u00a0»\u00a0: {_figures(rows)}",
        body="\n".join(_lines(rows)),
        url=search.get_absolute_url(),
        organisation=search.organisation,
        key=f"search-{search.pk}-{max(news.pk for news in rows)}",
    )


def followers(search: SavedSearch) -> list[User]:
    """Those who are still members; of a private search, its author alone."""
    rows = search.followers.filter(
        memberships__organisation=search.organisation_id, memberships__ended_at__isnull=True
    )
    return list((rows if search.is_shared else rows.filter(pk=search.user_id)).distinct())


def _figures(rows: list[SearchNews]) -> str:
    counts = {kind: sum(news.kind == kind for news in rows) for kind in NewsKind}
    return ", ".join(f"{kind.label.lower()} ({count})" for kind, count in counts.items() if count)


def _lines(rows: list[SearchNews]) -> list[str]:
    rank = {kind: place for place, kind in enumerate(NewsKind.values)}
    ordered = sorted(rows, key=lambda news: (rank[news.kind], news.pk))
    lines = [
        f"{news.get_kind_display()}\u00a0: {news.offer.name}. {' ; '.join(news.reasons)}"
        for news in ordered[:MOST_TOLD]
    ]
    more = len(ordered) - MOST_TOLD
    return lines if more <= 0 else [*lines, f"Et {more} autres, sur la page de la recherche."]
