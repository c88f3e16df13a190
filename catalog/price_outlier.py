"""A price far above those of the category: told to who moderates, never a refusal."""

from __future__ import annotations

from statistics import median

from catalog.models import OfferSearchRow, VersionReview
from catalog.search.fields import entry_price

OUTLIER = 3


def price_outlier(review: VersionReview) -> str:
    """« 4 fois la médiane de la catégorie », or empty: prices are compared per month."""
    offer = review.version_proposed.offer
    offer.live_version = review.version_proposed
    entry = entry_price(offer)
    if entry is None or offer.category is None or entry.monthly_eur_ht is None:
        return ""
    others = OfferSearchRow.objects.filter(
        category=offer.category.code, price_eur_ht__gt=0, is_public=True
    ).exclude(pk=offer.pk)
    prices = list(others.values_list("price_eur_ht", flat=True)[:5000])
    if len(prices) < OUTLIER or entry.monthly_eur_ht < OUTLIER * median(prices):
        return ""
    return f"{entry.monthly_eur_ht / median(prices):.0f} fois la médiane de la catégorie"
