"""Where the list of an administration is reached from: the sheet of an offer, the organisation's page."""

from __future__ import annotations

from django.http import HttpRequest

from catalog.curated.abilities import curated_abilities
from catalog.models import Offer
from catalog.retained import said_of
from marketplace.accounts.abilities import allowed
from marketplace.accounts.middleware import actor_of
from marketplace.ui.panels import Panel, register_panel


def retain_action(request: HttpRequest, offer: Offer) -> Panel | None:
    """Among the acts of a sheet, for who keeps the list of an administration. One query, for them."""
    actor = actor_of(request)
    if not allowed(curated_abilities(actor), "create") or not offer.is_public:
        return None
    return Panel("catalog/_retain_action.html", {"is_retained": said_of(offer, actor=actor) is not None})


def list_link(request: HttpRequest, organisation: object) -> Panel | None:
    actor = actor_of(request)
    if actor.organisation != organisation or not actor.is_buyer:
        return None
    return Panel("catalog/_curated_link.html") if allowed(curated_abilities(actor), "list") else None


def register() -> None:
    register_panel("offer.actions", retain_action, rank=90)
    register_panel("organisation.top", list_link)
