from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

from catalog.enums import PriceKind, Prorata
from catalog.prices.proration import Part, Periods
from catalog.prices.words import periods_words

if TYPE_CHECKING:
    from decimal import Decimal


class PeriodCount(models.Model):
    """How many periods of a price a line charges: `periods` whole ones, and the `parts` of others.

    `parts`: `[[used, of], …]`, in days or months as `prorata` says, in the order of time.
    """

    prorata = models.CharField(max_length=5, choices=Prorata, default=Prorata.NONE)
    parts = models.JSONField(default=list, blank=True)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        periods: int
        period: str
        quantity: Decimal

    @property
    def period_count(self) -> Periods:
        return Periods(self.periods, tuple(Part(used, of) for used, of in self.parts))

    @property
    def periods_told(self) -> str:
        """« 3 mois et 12 jours sur 31 », « Sans durée »."""
        if getattr(self, "kind", None) == PriceKind.ONE_OFF:
            return "Sans durée"
        return periods_words(self.period_count, period=self.period, prorata=self.prorata)

    def counted_content(self) -> dict[str, Any]:
        """What a hash binds of it; said only when there is a part: what was bound before keeps its hash."""
        return {"parts": self.parts} if self.parts else {}


def parts_of(periods: Periods) -> list[list[int]]:
    """As the column keeps them."""
    return [[part.used, part.of] for part in periods.parts]
