"""Who is asking: a bearer token, else the browser's session (with CSRF).

Imports nothing of `rest_framework.views`: DRF imports this module while it makes that one.
"""

import datetime as dt
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import HUMAN_ONLY_ROLES
from marketplace.accounts.middleware import ActedRequest
from marketplace.accounts.models import ApiToken

REALM = 'Bearer realm="api"'
TOUCH_EVERY = dt.timedelta(minutes=5)


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer pmc_…`. Sets `request.actor` from what the holder is at this moment.

    Two queries: token with its holder, and the grants (when a role is first asked).
    """

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        scheme, _, secret = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = find_token(secret.strip())
        actor = actor_of(token, ip=request.META.get("REMOTE_ADDR", ""))
        cast(ActedRequest, request._request).actor = actor
        touch(token)
        return actor.user or AnonymousUser(), token

    def authenticate_header(self, request: Request) -> str:
        return REALM


class BrowserAuthentication(SessionAuthentication):
    """The signed-in person of the pages; a write carries the CSRF token."""

    def authenticate_header(self, request: Request) -> str:
        return REALM


def find_token(secret: str) -> ApiToken:
    """The open token of this secret. Raises AuthenticationFailed (401), the same for all causes but age."""
    rows = ApiToken.objects.select_related(
        "membership__user", "membership__organisation", "service_account__organisation"
    )
    token = rows.filter(token_sha256=ApiToken.digest(secret)).first()
    if token is None or token.revoked_at is not None or not _holder_stands(token):
        raise AuthenticationFailed("Ce jeton n’est pas connu ou a été révoqué.", code="token_unknown")
    if token.expires_at <= timezone.now():
        raise AuthenticationFailed(
            "Ce jeton a expiré. Créez-en un autre sur votre page.", code="token_expired"
        )
    return token


def _holder_stands(token: ApiToken) -> bool:
    if token.membership is not None:
        return token.membership.ended_at is None and token.membership.user.is_active
    return token.service_account is not None and token.service_account.closed_at is None


def actor_of(token: ApiToken, *, ip: str) -> Actor:
    """The holder, restricted to the token's scopes."""
    scopes = frozenset(token.scopes)
    if settings.DECISION_TOKEN_NEEDS_MFA and not may_decide(token):
        scopes -= HUMAN_ONLY_ROLES
    if token.membership is not None:
        return Actor.of(token.membership, scopes=scopes, ip=ip)
    return Actor(service_account=token.service_account, scopes=scopes, ip=ip)


def may_decide(token: ApiToken) -> bool:
    """In production an avis, an approval or a decision takes a fresh token made with a second factor."""
    age = timezone.now() - token.created_at
    return token.created_with_totp and age <= settings.DECISION_TOKEN_MAX_AGE


def touch(token: ApiToken) -> None:
    """Remember the use, at most once in five minutes."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > TOUCH_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
