"""What base.html needs on every page."""

import time
from functools import cache
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from marketplace.accounts.actors import ANONYMOUS, Actor
from marketplace.accounts.session_length import Length, length_of
from marketplace.notifications.models import Notification
from marketplace.ui import navigation


def brand_words() -> dict[str, Any]:
    return {
        "service_name": settings.SERVICE_NAME,
        "brand_top": settings.BRAND_TOP,
        "brand_state": settings.BRAND_STATE,
    }


def brand() -> dict[str, Any]:
    """What a page needs when nothing else works: no request, no database."""
    return {
        **brand_words(),
        "accessibility_label": ACCESSIBILITY_LABEL,
        "offers_url": "/offres/",
        "footer_links": navigation.footer_links(),
    }


# Axe finds nothing, but no full RGAA audit has been done: nothing better may be claimed.
ACCESSIBILITY_LABEL = "non conforme"


# Pages of the signed-in person, by the name the templates use; empty when this installation has none.
OWN_PAGES = {
    "switch_url": "/organisation/changer/",
    "notifications_url": "/notifications/",
    "account_url": "/compte/",
    "report_url": "/signaler-un-probleme/",
}


def market(request: HttpRequest) -> dict[str, Any]:
    """Costs the queries of the actor's roles, once a request, when somebody is signed in."""
    actor = getattr(request, "actor", ANONYMOUS)
    path = request.path
    return {
        **brand(),
        "actor": actor,
        "navigation": navigation.links_for(actor, path=path),
        "show_header_search": _shows_search(path),
        "unread_notifications": _unread(actor),
        "request_id": getattr(request, "request_id", ""),
        "page_address": page_address(request),
        "session_length": _session_length(request, actor),
        "login_url": _address("account_login"),
        "logout_url": _address("account_logout"),
        **{name: path if navigation.exists(path) else "" for name, path in OWN_PAGES.items()},
    }


def page_address(request: HttpRequest) -> str:
    """The address read, as a parameter of another."""
    return quote(request.get_full_path())


def _session_length(request: HttpRequest, actor: Actor) -> Length | None:
    """None for a visitor: nothing of theirs ends."""
    session = getattr(request, "session", None)
    return length_of(session, now=time.time()) if actor.user and session is not None else None


@cache
def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def _shows_search(path: str) -> bool:
    """Home and search have their own search field: two would be one too many."""
    return navigation.is_public(path) and path not in {"/", "/offres/", "/offres/filtres/"}


def _unread(actor: Actor) -> int:
    return Notification.objects.filter(user=actor.user, read_at=None).count() if actor.user else 0
