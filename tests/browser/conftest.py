"""A headless Chromium on the live server, with the real static files.

In a test marked ``browser``: ``visit("/offres/", member=…, width=375, javascript=False)`` gives a page;
``check(page)`` fails on anything axe finds, a console fault, a request to another host or a side scroll.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

import pytest
from django.conf import settings
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from marketplace.accounts.models import Membership
from marketplace.ui import testing
from tests.builders import client_for


class Visit(Protocol):
    def __call__(
        self, path: str, *, member: Membership | None = None, width: int = 1280, javascript: bool = True
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
    """Opens a page, signed in without the form; its context is closed at the end of the test."""
    opened: list[Any] = []

    def go(path: str, *, member: Membership | None = None, width: int = 1280, javascript: bool = True) -> Any:
        page = testing.open_page(
            chrome, url=live_server.url, cookie=cookie_of(member), width=width, javascript=javascript
        )
        opened.append(page)
        page.answer = page.goto(live_server.url + path)
        return page

    yield go
    for page in opened:
        page.context.close()


def cookie_of(member: Membership | None) -> tuple[str, str] | None:
    if member is None:
        return None
    client: Client = client_for(member)
    return settings.SESSION_COOKIE_NAME, client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture
def browser_page(visit: Visit) -> Any:
    """A page on the home, 1280 wide, nobody signed in."""
    return visit("/")


def assert_no_console_error(page: Any) -> None:
    assert page.faults == []


def assert_no_side_scroll(page: Any) -> None:
    assert testing.side_scroll(page) == ""


def axe(page: Any) -> None:
    assert testing.axe_violations(page) == []


@pytest.fixture
def check() -> Callable[[Any], None]:
    def everything(page: Any) -> None:
        assert testing.faults_of(page) == []

    return everything
