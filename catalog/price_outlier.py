"""Prices far from those of the same category and unit: told to who moderates, never a refusal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from catalog.cards import price_unit
from catalog.models import Offer, OfferVersion, PriceLine
from marketplace.ui.typography import euros, number_text

# Three peers at least, and three times the median or a third of it.
FEWEST_PEERS = 3
FAR = 3
Unit = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class PricePlace:
    """Where one price stands among those of its category and unit, per unit and month, HT.

    `ratio`: to the median; None when there are too few peers. Positions are 0 to 100, for the picture.
    """

    label: str
    unit: str
    amount_eur_ht: Decimal
    peers: int
    lowest_eur_ht: Decimal | None
    median_eur_ht: Decimal | None
    highest_eur_ht: Decimal | None

    @property
    def ratio(self) -> Decimal | None:
        return self.amount_eur_ht / self.median_eur_ht if self.median_eur_ht else None

    @property
    def is_far(self) -> bool:
        ratio = self.ratio
        return ratio is not None and (ratio >= FAR or ratio * FAR <= 1)

    @property
    def sentence(self) -> str:
        """« 4 fois la médiane de la catégorie (12,00 € HT par poste et par mois) »."""
        if self.median_eur_ht is None:
            return f"Trop peu de prix comparables ({self.peers} sur {FEWEST_PEERS} nécessaires)."
        middle = f"{euros(self.median_eur_ht, tax='HT', unit_price=True)} {self.unit}".strip()
        ratio = self.ratio or Decimal(0)
        times = number_text(ratio, places=0 if ratio >= FAR else 1)
        return f"{times} fois la médiane de la catégorie ({middle}, {self.peers} offres)."

    def place_of(self, amount: Decimal) -> int:
        """On the range from the lowest to the highest, this price included."""
        known = [self.amount_eur_ht, self.lowest_eur_ht, self.highest_eur_ht]
        ends = [each for each in known if each is not None]
        width = max(ends) - min(ends)
        return round(100 * (amount - min(ends)) / width) if width else 50

    @property
    def dot(self) -> int:
        return self.place_of(self.amount_eur_ht)

    @property
    def middle(self) -> int:
        return self.place_of(self.median_eur_ht or self.amount_eur_ht)


def price_places(version: OfferVersion, *, offer: Offer) -> list[PricePlace]:
    """One a price line of the version, in its order. Three queries whatever the number of lines."""
    lines = [line for plan in version.plans.prefetch_related("lines") for line in plan.lines.all()]
    peers = _peers(offer, category=str(version.answers.get("category") or ""))
    return [_place(line, peers.get(_unit(line), [])) for line in lines]


def far_prices(version: OfferVersion, *, offer: Offer) -> list[PricePlace]:
    return [place for place in price_places(version, offer=offer) if place.is_far]


def _unit(line: PriceLine) -> Unit:
    return (line.kind, line.period, line.unit.strip().casefold())


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
