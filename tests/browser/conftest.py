"""What the browser tests ask of a page; the fixture ``visit`` opens it (tests/support/browsing.py).

``check(page)`` fails on anything axe finds, a console fault, a request to another host or a side scroll.
"""

from collections.abc import Callable
from typing import Any

import pytest

from marketplace.ui import testing
from tests.support.browsing import Visit


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
