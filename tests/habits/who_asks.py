"""Who asks is read once a world, not once a request, and a refusal is drawn once for each reason and roles.

The matrix makes thirty thousand requests. In most of them the database only said, again, whose session
or token it is, and the page of a refusal was drawn, again, around the status that is looked at. What reads
them and what those pages say have tests of their own (tests/accounts, tests/rest, tests/site).
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse

from marketplace.accounts import middleware
from marketplace.accounts.models import ApiToken
from marketplace.rest import auth
from marketplace.ui import error_pages

ABOUT_PEOPLE = ("accounts_", "django_session")
# (status, code of the reason, roles) of the refusals drawn in this process.
DRAWN: set[tuple[Any, ...]] = set()


class Memory:
    """What was read of who asks, as bytes: each request has objects of its own.

    Emptied when the world writes of people; not used by a request any more once it has written of them.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[Any, ...], bytes] = {}
        self._asking = self._wrote = False

    def read(self, key: tuple[Any, ...], read: Callable[[], Any]) -> Any:
        if not self._asking or self._wrote:
            return read()
        if key not in self._held:
            found = read()
            if found is None:
                return None
            self._held[key] = pickle.dumps(found)
        return pickle.loads(self._held[key])

    @contextmanager
    def request(self) -> Iterator[None]:
        """What it writes is undone by whoever asks."""
        self._asking = True
        try:
            yield
        finally:
            self._asking = self._wrote = False

    def watch(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        """A wrapper of Django's around every statement."""
        text = str(sql)
        if not text.startswith("SELECT") and any(table in text for table in ABOUT_PEOPLE):
            self._wrote = self._asking
            if not self._asking:
                self._held.clear()
        return execute(sql, params, many, context)


@contextmanager
def remembered() -> Iterator[Memory]:
    memory = Memory()
    load, get_user = SessionStore.load, ModelBackend.get_user
    actor_of_session, find_token = middleware.actor_of_session, auth.find_token

    def session(store: SessionStore) -> dict[str, Any]:
        found: dict[str, Any] = memory.read(("session", store.session_key), lambda: load(store))
        return found

    def user(backend: ModelBackend, user_id: Any) -> Any:
        return memory.read(("user", user_id), lambda: get_user(backend, user_id))

    def actor(request: HttpRequest) -> Any:
        if not request.user.is_authenticated:
            return actor_of_session(request)
        key = (request.session.session_key, request.session.get(middleware.SESSION_KEY))
        return memory.read(("actor", *key), lambda: actor_of_session(request))

    def token(secret: str) -> ApiToken:
        found: ApiToken = memory.read(("token", secret), lambda: _with_grants(find_token(secret)))
        return found

    with pytest.MonkeyPatch.context() as patch, connection.execute_wrapper(memory.watch):
        patch.setattr(SessionStore, "load", session)
        patch.setattr(ModelBackend, "get_user", user)
        patch.setattr(middleware, "actor_of_session", actor)
        patch.setattr(auth, "find_token", token)
        patch.setattr(error_pages, "state_page", _drawn_once(error_pages.state_page))
        yield memory


def _with_grants(token: ApiToken) -> ApiToken:
    if token.membership is not None:
        prefetch_related_objects([token.membership], "grants")
    return token


def _drawn_once(draw: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    def state_page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
        key = (status, context.get("code"), getattr(getattr(request, "actor", None), "roles", None))
        if key in DRAWN:
            return HttpResponse(status=status)
        DRAWN.add(key)
        return draw(request, status, **context)

    return state_page
