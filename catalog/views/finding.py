"""Finding the offer of an address: 404 when not visible, 410 when gone, 301 when its words changed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from catalog.abilities import offer_abilities
from catalog.models import Offer
from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible

View = Callable[..., HttpResponse]


def visible_offer(actor: Actor, number: int) -> Offer:
    """Raises Gone when it was public and is closed, else NotVisible."""
    offer = Offer.objects.visible_to(actor).for_sheet().filter(number=number).first()
    if offer is not None:
        return offer
    closed = Offer.objects.filter(number=number, live_version__isnull=False).first()
    if closed is not None:
        closed.raise_if_gone()
    raise NotVisible()


def on_offer(view: View | None = None, *, ability: str = "") -> Any:
    """Gives the view `offer` in place of number and slug. With `ability`: 403 without it."""

    def decorate(inner: View) -> View:
        @functools.wraps(inner)
        def wrapper(request: HttpRequest, number: int, slug: str, **rest: Any) -> HttpResponse:
            actor = actor_of(request)
            offer = visible_offer(actor, number)
            if slug != offer.slug and request.method in ("GET", "HEAD"):
                here = request.get_full_path().replace(f"/{number}-{slug}/", f"/{number}-{offer.slug}/", 1)
                return HttpResponsePermanentRedirect(here)
            if ability:
                require(offer_abilities(actor, offer), ability)
            return inner(request, offer=offer, **rest)

        return wrapper

    return decorate(view) if view is not None else decorate


def safe_return(request: HttpRequest, *, prefix: str = "/offres/") -> str:
    """The `retour` parameter when it is one of our own lists; empty otherwise."""
    given = request.GET.get("retour", "")
    if given.startswith(f"{prefix}?") and "\\" not in given and "\n" not in given and len(given) < 1500:
        return given
    return ""
