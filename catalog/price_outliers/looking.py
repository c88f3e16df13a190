"""Prices far from those of the same category and unit: told to who moderates, never a refusal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from statistics import median

from catalog.cards import price_unit
from catalog.enums import Meter
from catalog.models import Offer, OfferVersion, PriceLine
from catalog.price_place import FEWEST_PEERS, PricePlace

Unit = tuple[str, str, str, bool]


def price_places(version: OfferVersion, *, offer: Offer) -> list[PricePlace]:
    """One a price line of the version, in its order. Three queries whatever the number of lines."""
    lines = [line for plan in version.plans.prefetch_related("lines") for line in plan.lines.all()]
    peers = _peers(offer, category=str(version.answers.get("category") or ""))
    return [_place(line, peers.get(_unit(line), [])) for line in lines]


def far_prices(version: OfferVersion, *, offer: Offer) -> list[PricePlace]:
    return [place for place in price_places(version, offer=offer) if place.is_far]


def _unit(line: PriceLine) -> Unit:
    """Support sold apart is compared with support sold apart."""
    return (line.kind, line.period, line.unit.strip().casefold(), line.meter == Meter.SUPPORT)


def _peers(offer: Offer, *, category: str) -> dict[Unit, list[Decimal]]:
    """Of each other public offer of the category, the cheapest price of each unit."""
    online = Offer.objects.public().filter(category__code=category).exclude(pk=offer.pk)
    lines = PriceLine.objects.filter(plan__version__in=online.values("live_version"), amount_eur_ht__gt=0)
    cheapest: dict[tuple[int, Unit], Decimal] = {}
    for line in lines.select_related("plan__version"):
        key = (line.plan.version.offer_id, _unit(line))
        cheapest[key] = min(cheapest.get(key, line.amount_eur_ht), line.amount_eur_ht)
    found: dict[Unit, list[Decimal]] = defaultdict(list)
    for (_, unit), amount in cheapest.items():
        found[unit].append(amount)
    return found


def _place(line: PriceLine, peers: Sequence[Decimal]) -> PricePlace:
    enough = len(peers) >= FEWEST_PEERS
    return PricePlace(
        label=f"{line.plan.name} – {line.label}",
        unit=price_unit({"period": line.period, "kind": line.kind, "unit": line.unit}),
        amount_eur_ht=line.amount_eur_ht,
        peers=len(peers),
        lowest_eur_ht=min(peers) if enough else None,
        median_eur_ht=Decimal(median(peers)) if enough else None,
        highest_eur_ht=max(peers) if enough else None,
    )
