"""Who speaks, read from any request of the API."""

from typing import cast

from rest_framework.request import Request

from marketplace.accounts.actors import Actor
from marketplace.accounts.middleware import ActedRequest


def actor_of(request: Request) -> Actor:
    """Set on every request: by ActorMiddleware from the session, then by a bearer token."""
    return cast(ActedRequest, request).actor


def principal_of(actor: Actor) -> str:
    """A stable name of the holder; empty for a visitor."""
    if actor.membership is not None:
        return f"membership:{actor.membership.pk}"
    if actor.service_account is not None:
        return f"service_account:{actor.service_account.pk}"
    return f"user:{actor.user.pk}" if actor.user is not None else ""
