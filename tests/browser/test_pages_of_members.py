"""Every main page that the members of administrations and suppliers open."""

import pytest

from tests.browser.judging import judge_pages_of
from tests.browser.pages_consultations import PAGES
from tests.browser.test_pages import HERE
from tests.support.browsing import Visit

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("role", [role for role in PAGES if role not in HERE])
def test_pages_of(role: str, visit: Visit) -> None:
    judge_pages_of(role, visit)
