"""What marks are worth once the layers they rely on are looked at. Reads the database, writes nothing."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from catalog.enums import ENDED_STATUSES, TrustStatus
from catalog.models import EffectiveTrust, StackEdge, TrustMark
from catalog.models.trust import status_by_the_clock

STANDING = frozenset({TrustStatus.IN_FORCE, TrustStatus.RENEWAL_PENDING})
# Among several marks of one scheme, the one that says most about what the offer holds.
RANK = {
    TrustStatus.IN_FORCE: 0,
    TrustStatus.RENEWAL_PENDING: 0,
    # To be proved again: never counted as lost.
    TrustStatus.UNKNOWN: 1,
    TrustStatus.SUSPENDED: 2,
    TrustStatus.EXPIRED: 3,
    TrustStatus.WITHDRAWN: 4,
    TrustStatus.IN_PROGRESS: 5,
    TrustStatus.ANNOUNCED: 6,
    TrustStatus.ABANDONED: 7,
    TrustStatus.NONE: 8,
}
Key = tuple[int, str]


@dataclass(frozen=True, slots=True)
class Worth:
    status: TrustStatus
    valid_until: datetime.date | None
    level: str = ""
    mark_id: int | None = None
    base_until: datetime.date | None = None
    undermined_by: int | None = None


def recomputed(offers: Iterable[int], *, on: datetime.date) -> tuple[list[int], list[EffectiveTrust]]:
    """The offers and all that relies on them, and their new rows. Four queries and one per level."""
    affected = with_dependants(offers)
    own = own_worth(affected, on=on)
    bases = _bases(affected)
    below = {base for standing_on in bases.values() for base in standing_on} - set(affected)
    known = _stored(below)
    done: dict[Key, Worth] = {}
    rows = []
    for offer, scheme in sorted(own):
        worth = _effective((offer, scheme), own=own, known=known, bases=bases, done=done, on=on)
        rows.append(
            EffectiveTrust(
                offer_id=offer,
                scheme=scheme,
                status=worth.status,
                level=worth.level,
                valid_until=worth.valid_until,
                base_until=worth.base_until,
                undermined_by_id=worth.undermined_by,
                mark_id=worth.mark_id,
            )
        )
    return affected, rows


def with_dependants(offers: Iterable[int]) -> list[int]:
    """These offers and, level by level, those whose marks rely on theirs. Ends because edges are acyclic."""
    seen: set[int] = set()
    level = set(offers)
    while level:
        seen |= level
        standing = StackEdge.objects.filter(base__in=level, inherits=True).values_list("offer_id", flat=True)
        level = set(standing) - seen
    return sorted(seen)


def own_worth(offers: Iterable[int], *, on: datetime.date) -> dict[Key, Worth]:
    """The best mark of each scheme, layers not looked at."""
    best: dict[Key, Worth] = {}
    for mark in TrustMark.objects.filter(offer__in=list(offers)).order_by("pk"):
        worth = Worth(TrustStatus(mark.status), mark.valid_until, level=mark.level, mark_id=mark.pk)
        key = (mark.offer_id, mark.scheme)
        if key not in best or _order(worth, on) < _order(best[key], on):
            best[key] = worth
    return best


def _order(worth: Worth, on: datetime.date) -> tuple[int, int]:
    """Held before lost; then the latest end, no known end counting as the latest."""
    status = status_by_the_clock(worth.status, until=worth.valid_until, on=on)
    rank = RANK[TrustStatus.IN_FORCE if status == TrustStatus.EXPIRING else status]
    return rank, -(worth.valid_until or datetime.date.max).toordinal()


def _bases(offers: Iterable[int]) -> dict[int, list[int]]:
    bases = defaultdict(list)
    edges = StackEdge.objects.filter(offer__in=list(offers), inherits=True, base__isnull=False)
    for offer, base in edges.order_by("pk").values_list("offer_id", "base_id"):
        bases[offer].append(base)
    return bases


def _stored(offers: Iterable[int]) -> dict[Key, Worth]:
    rows = EffectiveTrust.objects.filter(offer__in=list(offers))
    return {
        (row.offer_id, row.scheme): Worth(TrustStatus(row.status), row.valid_until, base_until=row.base_until)
        for row in rows
    }


def _effective(
    key: Key,
    *,
    own: dict[Key, Worth],
    known: dict[Key, Worth],
    bases: dict[int, list[int]],
    done: dict[Key, Worth],
    on: datetime.date,
) -> Worth:
    if key in done:
        return done[key]
    worth = own[key]
    offer, scheme = key
    for base in bases.get(offer, ()):
        base_key = (base, scheme)
        if base_key in own:
            base_worth = _effective(base_key, own=own, known=known, bases=bases, done=done, on=on)
        elif base_key in known:
            base_worth = known[base_key]
        else:
            continue
        worth = weakened(worth, base=base, by=base_worth)
    done[key] = worth
    return worth


def weakened(worth: Worth, *, base: int, by: Worth) -> Worth:
    """A standing mark falls with its base, at once or on the day it ends. Unknown takes nothing away."""
    if worth.status not in STANDING:
        return worth
    if by.status in ENDED_STATUSES:
        return replace(worth, status=by.status, undermined_by=base)
    if by.status not in STANDING:
        return worth
    end = min((day for day in (by.valid_until, by.base_until) if day), default=None)
    if end is None or (worth.base_until is not None and worth.base_until <= end):
        return worth
    return replace(worth, base_until=end, undermined_by=base)
