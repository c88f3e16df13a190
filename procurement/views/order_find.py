"""The order of an address, for this reader."""

from __future__ import annotations

from django.http import HttpRequest, QueryDict

from marketplace.errors import NotVisible
from procurement.models import Order
from procurement.views.find import actor_of


def visible_order(request: HttpRequest, number: str) -> Order:
    """Raises NotVisible (404) when it is not this reader's."""
    actor = actor_of(request)
    found = Order.objects.visible_to(actor).select_related(
        "buyer",
        "supplier",
        "offer__supplier",
        "offer_version",
        "plan",
        "project",
        "vehicle",
        "budget",
        "approved_by",
        "document",
        "ubl",
    )
    order = found.filter(number=number).first()
    if order is None:
        raise NotVisible()
    return order


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form binds to: an empty POST is still one, and is refused like one."""
    return request.POST if request.method == "POST" else None
