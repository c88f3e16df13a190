"""Where one price stands among those of its category and unit. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from marketplace.ui.typography import euros, number_text

# Three peers at least, and three times the median or a third of it.
FEWEST_PEERS = 3
FAR = 3


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
