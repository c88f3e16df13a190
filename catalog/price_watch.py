"""Prices far from those of their category and unit, over the whole catalogue: online, and about to be.

The rule is `catalog.price_outliers.looking`'s, on the same peers; here it is read for all versions at once:
three queries whatever their number.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from catalog.cards import price_unit
from catalog.enums import Meter, PriceOutlierState
from catalog.models import Offer, PriceLine, PriceOutlier, VersionReview
from catalog.models.price_outlier import FIGURES, WAITING
from catalog.models.review import WAITING as WAITING_REVIEWS
from catalog.price_place import FEWEST_PEERS, PricePlace
from marketplace.accounts.actors import system_actor

ACTOR = system_actor("prices")
NEAR = "Ce prix n’est plus en ligne ni proposé, ou n’est plus loin des autres."
FIELDS = (
    "plan__version_id",
    "plan__version__offer_id",
    "plan__version__offer__live_version_id",
    "plan__version__offer__category__code",
    "plan__version__answers__category",
    "plan__code",
    "plan__name",
    "code",
    "label",
    "kind",
    "period",
    "unit",
    "meter",
    "amount_eur_ht",
)


# Category, kind, period, unit, whether it is support.
Group = tuple[str, str, str, str, bool]


@dataclass(frozen=True, slots=True)
class Line:
    """One price line of a version, online or proposed."""

    version: int
    offer: int
    live_version: int | None
    live_category: str | None
    answered_category: str | None
    plan: str
    plan_name: str
    code: str
    label: str
    kind: str
    period: str
    unit: str
    meter: str
    amount: Decimal

    @property
    def is_online(self) -> bool:
        return self.version == self.live_version

    @property
    def group(self) -> Group:
        """Support sold apart is compared with support sold apart."""
        category = self.live_category if self.is_online else self.answered_category
        unit = self.unit.strip().casefold()
        return (category or "", self.kind, self.period, unit, self.meter == Meter.SUPPORT)

    @property
    def key(self) -> str:
        return f"{self.plan}/{self.code}/{self.kind}/{self.period}/{self.unit.strip().casefold()}"


Cheapest = dict[Group, dict[int, Decimal]]
Found = dict[tuple[int, str, Decimal], tuple[Line, PricePlace]]


def far_lines() -> Found:
    """By offer, line and amount; the proposed version of a line wins over the one online."""
    lines = list(_lines())
    cheapest = _cheapest(lines)
    ordered = {group: sorted(amounts.values()) for group, amounts in cheapest.items()}
    found: Found = {}
    for line in sorted(lines, key=lambda each: not each.is_online):
        place = _place(line, ordered.get(line.group, []), own=cheapest.get(line.group, {}).get(line.offer))
        if place.is_far:
            found[line.offer, line.key, line.amount] = (line, place)
    return found


@dataclass(frozen=True, slots=True)
class PriceFigure:
    """The cheapest prices of the offers online of a category, for one unit, HT."""

    unit: str
    peers: int
    lowest_eur_ht: Decimal
    median_eur_ht: Decimal
    highest_eur_ht: Decimal


def figures_of(category: str) -> list[PriceFigure]:
    """Units that enough offers of the category are sold by, the most common first. Support sold apart is left
    out. One query, over the lines of the whole catalogue."""
    found = []
    for (code, kind, period, unit, is_support), amounts in _cheapest(_lines()).items():
        if code == category and not is_support and len(amounts) >= FEWEST_PEERS:
            ordered = sorted(amounts.values())
            words = price_unit({"period": period, "kind": kind, "unit": unit})
            middle = Without(ordered, None).median
            found.append(PriceFigure(words, len(ordered), ordered[0], middle, ordered[-1]))
    return sorted(found, key=lambda figure: (-figure.peers, figure.unit))


def _lines() -> Iterator[Line]:
    """Of public offers: their version online, and those that wait for a decision."""
    public = Offer.objects.public()
    waiting = VersionReview.objects.filter(state__in=WAITING_REVIEWS, version_proposed__offer__in=public)
    asked = Q(plan__version__in=public.values("live_version")) | Q(
        plan__version__in=waiting.values("version_proposed")
    )
    for row in PriceLine.objects.filter(asked).order_by("pk").values_list(*FIELDS).iterator():
        yield Line(*row)


def _cheapest(lines: Iterable[Line]) -> Cheapest:
    """Of each offer online, the cheapest price of each category and unit; free ones are no peers."""
    found: Cheapest = {}
    for line in lines:
        if line.is_online and line.amount > 0 and line.group[0]:
            amounts = found.setdefault(line.group, {})
            amounts[line.offer] = min(amounts.get(line.offer, line.amount), line.amount)
    return found


def _place(line: Line, ordered: list[Decimal], *, own: Decimal | None) -> PricePlace:
    peers = Without(ordered, own)
    enough = len(peers) >= FEWEST_PEERS
    return PricePlace(
        label=f"{line.plan_name} – {line.label}",
        unit=price_unit({"period": line.period, "kind": line.kind, "unit": line.unit}),
        amount_eur_ht=line.amount,
        peers=len(peers),
        lowest_eur_ht=peers[0] if enough else None,
        median_eur_ht=peers.median if enough else None,
        highest_eur_ht=peers[len(peers) - 1] if enough else None,
    )


class Without:
    """An ordered list read without one of its values: an offer is not compared with itself. No copy."""

    def __init__(self, ordered: list[Decimal], left_out: Decimal | None) -> None:
        self.ordered = ordered
        self.gap = len(ordered) if left_out is None else bisect_left(ordered, left_out)
        self.size = len(ordered) - (left_out is not None)

    def __len__(self) -> int:
        return self.size

    def __getitem__(self, place: int) -> Decimal:
        return self.ordered[place if place < self.gap else place + 1]

    @property
    def median(self) -> Decimal:
        middle = self.size // 2
        if self.size % 2:
            return self[middle]
        return (self[middle - 1] + self[middle]) / 2


def look_for_outliers() -> int:
    """Write what is far now: new rows, fresh figures, what came back, what ended. How many wait.

    Safe to run twice; one at a time. A price that a curator kept stays kept.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('catalog.prices'))")
        found = far_lines()
        known = {(row.offer_id, row.key, row.amount_eur_ht): row for row in PriceOutlier.objects.all()}
        for key, (line, place) in found.items():
            _write(line, place, known.get(key))
        for key, row in known.items():
            if key not in found and row.state in WAITING:
                row.lapse(actor=ACTOR, reason=NEAR)
    return PriceOutlier.objects.filter(state__in=WAITING).count()


def _write(line: Line, place: PricePlace, row: PriceOutlier | None) -> None:
    figures: dict[str, Any] = {name: getattr(place, name) for name in FIGURES} | {
        "offer_version_id": line.version
    }
    if row is None:
        made = PriceOutlier.objects.create(
            offer_id=line.offer, key=line.key, label=place.label, unit=place.unit, **figures
        )
        made.journal_creation(actor=ACTOR, detail={"median_eur_ht": place.median_eur_ht})
        return
    if row.state == PriceOutlierState.LAPSED:
        row.reopen(actor=ACTOR, reason="Ce prix est de nouveau loin des autres.")
    if any(getattr(row, name) != value for name, value in figures.items()):
        PriceOutlier.objects.filter(pk=row.pk).update(seen_at=timezone.now(), **figures)
