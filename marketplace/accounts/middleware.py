from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from marketplace.accounts.actors import ANONYMOUS, Actor
from marketplace.accounts.models import Membership

SESSION_KEY = "membership"


class ActedRequest(HttpRequest):
    """What every request is once ActorMiddleware saw it."""

    actor: Actor


def actor_of_session(request: HttpRequest) -> Actor:
    """The signed-in person acting for the organisation chosen in the session (else their first)."""
    user = request.user
    if not user.is_authenticated:
        return ANONYMOUS
    memberships = list(
        Membership.objects.active()
        .filter(user=user)
        .select_related("organisation", "user")
        .prefetch_related("grants")
    )
    chosen = request.session.get(SESSION_KEY)
    membership = next((m for m in memberships if m.pk == chosen), memberships[0] if memberships else None)
    ip = request.META.get("REMOTE_ADDR", "")
    if membership is None:
        return Actor(user=user, ip=ip)
    return Actor.of(membership, ip=ip)


def actor_of(request: HttpRequest) -> Actor:
    """Who acts in this request, as ActorMiddleware set it."""
    return cast(ActedRequest, request).actor


class ActorMiddleware:
    """Sets ``request.actor`` (lazy: a page that does not ask costs no query)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        lazy = SimpleLazyObject(lambda: actor_of_session(request))
        cast(ActedRequest, request).actor = cast(Actor, lazy)
        return self.get_response(request)
