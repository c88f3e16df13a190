"""How long a session lasts: a length without activity, and one that no activity extends.

The session holds two moments (seconds since 1970): when it was opened, when it was last used. The
database's row is written once a minute at most, not at each request.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse

OPENED, USED = "opened_at", "used_at"
WRITE_EVERY_SECONDS = 60
# screens.md §6.7: the end is announced five minutes before.
ANNOUNCED_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Length:
    """``left``: seconds before the end if nothing is done; ``extendable``: using it would put it off."""

    left: int
    extendable: bool


def idle_seconds() -> int:
    return int(settings.SESSION_IDLE_MINUTES) * 60


def longest_seconds() -> int:
    return int(settings.SESSION_MAX_HOURS) * 3600


def length_of(session: SessionBase, *, now: float) -> Length:
    idle = session.get(USED, now) + idle_seconds() - now
    longest = session.get(OPENED, now) + longest_seconds() - now
    return Length(left=int(min(idle, longest)), extendable=longest > idle)


def use(session: SessionBase, *, now: float, at_once: bool = False) -> None:
    """Put the end off. ``at_once``: write it even when it was written less than a minute ago."""
    session.setdefault(OPENED, now)
    if at_once or now - session.get(USED, 0) >= WRITE_EVERY_SECONDS:
        session[USED] = now


def begin(sender: object, request: HttpRequest, **_: object) -> None:
    """Django's `user_logged_in`: the session is being written anyway, so its first page need not."""
    now = time.time()
    request.session[OPENED], request.session[USED] = now, now


class SessionLengthMiddleware:
    """Signs out who was away too long, or signed in too long ago; what they send is kept by
    marketplace.ui.drafts. A visitor's session is left alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if settings.SESSION_COOKIE_NAME in request.COOKIES and request.user.is_authenticated:
            now = time.time()
            if length_of(request.session, now=now).left <= 0:
                logout(request)
            else:
                use(request.session, now=now)
        return self.get_response(request)
