"""The two avis on an order, as the order's moves need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from procurement.enums import OpinionKind

if TYPE_CHECKING:
    from procurement.models import Opinion, Order


def current_opinions(order: Order) -> dict[str, Opinion]:
    """The newest avis of each kind given on exactly this content; one query and one for the lines."""
    if order.opinions_requested_at is None:
        return {}
    given = order.opinions.filter(
        given_at__gte=order.opinions_requested_at, content_sha256=order.content_hash()
    ).select_related("given_by")
    newest: dict[str, Opinion] = {}
    for opinion in given.order_by("given_at", "pk"):
        newest[opinion.kind] = opinion
    return newest


def opinions_complete(order: Order) -> bool:
    """Both kinds are there; an unfavourable one counts, it does not block."""
    return current_opinions(order).keys() >= set(OpinionKind.values)
