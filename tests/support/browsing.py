"""Fixtures of a headless Chromium on the live server, for every test marked ``browser``.

``visit("/offres/", member=…, width=375, javascript=False)`` gives a page whose faults are kept.
One Chromium serves the whole session: Playwright starts only once in a thread.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from django.conf import settings

from marketplace.ui import testing

if TYPE_CHECKING:
    from pytest_django.live_server_helper import LiveServer

    from marketplace.accounts.models import Membership


class Visit(Protocol):
    def __call__(
        self,
        path: str,
        *,
        member: Membership | None = None,
        width: int = 1280,
        javascript: bool = True,
        page: Any = None,
    ) -> Any: ...


@pytest.fixture(scope="session")
def chrome(chromium: str) -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=testing.ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def visit(chrome: Any, live_server: LiveServer) -> Iterator[Visit]:
    """Opens a page, signed in without the form. One context a person, width and script setting, closed at
    the end of the test. Given a ``page`` opened before for the same person, that one goes there, at its first
    width: a new one costs a fifth of a second."""
    contexts: dict[tuple[Any, int, bool], Any] = {}

    def go(
        path: str,
        *,
        member: Membership | None = None,
        width: int = 1280,
        javascript: bool = True,
        page: Any = None,
    ) -> Any:
        key = (member and member.pk, width, javascript)
        if key not in contexts:
            contexts[key] = testing.open_context(
                chrome, url=live_server.url, cookie=cookie_of(member), width=width, javascript=javascript
            )
        if page is None:
            page = testing.open_page(contexts[key], home=live_server.url)
        else:
            page.faults.clear()
            page.set_viewport_size({"width": width, "height": 800})
        page.answer = page.goto(live_server.url + path)
        return page

    yield go
    for context in contexts.values():
        context.close()


def cookie_of(member: Membership | None) -> tuple[str, str] | None:
    if member is None:
        return None
    return settings.SESSION_COOKIE_NAME, testing.open_session(member).session_key
