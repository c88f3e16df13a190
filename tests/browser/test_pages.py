"""Every main page that a visitor, the operator and the auditor open."""

import pytest

from marketplace.accounts.enums import OPERATOR_ROLES, Role
from tests.browser.judging import judge_pages_of
from tests.browser.pages_consultations import PAGES
from tests.support.browsing import Visit

pytestmark = pytest.mark.browser
# Two files, so that two processes share the work: the others are in test_pages_of_members.
HERE = {"stranger", *OPERATOR_ROLES, Role.AUDITOR}


@pytest.mark.parametrize("role", [role for role in PAGES if role in HERE])
def test_pages_of(role: str, visit: Visit) -> None:
    judge_pages_of(role, visit)
