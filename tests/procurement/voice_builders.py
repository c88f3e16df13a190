"""A review in a few lines."""

from __future__ import annotations

from typing import Any

from procurement.models import UserReview
from procurement.voices import actions as voices
from tests.procurement import order_builders as orders


def used(**values: Any) -> orders.Purchase:
    """An offer that an administration ordered, its order acknowledged."""
    purchase = orders.make_purchase(**values)
    orders.make_order(purchase, state="acknowledged")
    return purchase


def said(purchase: orders.Purchase, *, who: str = "requester", **values: Any) -> UserReview:
    text = values.pop("text", "Mise en service en trois jours, assistance joignable.")
    ratings = values.pop("ratings", {"onboarding": "very_good", "support": "fair"})
    return voices.write(purchase.offer, actor=purchase.actor(who), text=text, ratings=ratings)
