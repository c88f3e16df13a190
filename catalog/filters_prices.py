"""How the queue of prices is narrowed, on its page and by API."""

from __future__ import annotations

from django.db.models import F

from catalog.models.price_outlier import PriceOutlierQuerySet

DIRECTIONS = {"haut": "Plus cher que les autres", "bas": "Moins cher que les autres"}
PLACES = {"en-ligne": "En ligne", "proposee": "Dans une version à modérer"}


def narrowed(rows: PriceOutlierQuerySet, *, direction: str = "", place: str = "") -> PriceOutlierQuerySet:
    """`direction`: « haut » or « bas »; `place`: « en-ligne » or « proposee ». Anything else: all."""
    if direction in DIRECTIONS:
        above = {"amount_eur_ht__gt": F("median_eur_ht")}
        rows = rows.filter(**above) if direction == "haut" else rows.exclude(**above)
    if place in PLACES:
        rows = rows.online() if place == "en-ligne" else rows.pending()
    return rows
