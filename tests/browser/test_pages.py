"""Every main page, for each role: axe finds nothing, the console is silent, nothing scrolls sideways at
375 px nor at 320 px (400 %), and the page says the same without JavaScript."""

from typing import Any

import pytest
from django.urls import Resolver404, resolve

from marketplace.accounts.models import Membership
from marketplace.ui import testing
from tests.browser.conftest import Visit
from tests.browser.pages import PAGES, VISITOR, Address
from tests.builders import make_member

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("role", PAGES)
def test_pages_of(role: str, visit: Visit) -> None:
    member = None if role == VISITOR else make_member(role)
    faults: list[str] = []
    for address in PAGES[role]:
        path = _path(address, member=member)
        faults += [f"{path} {fault}" for fault in _faults(path, member=member, visit=visit)]
    assert not faults


def _path(address: Address, *, member: Membership | None) -> str:
    if isinstance(address, str):
        return address
    assert member is not None, "a page of a visitor is a plain address"
    return address(member)


def _faults(path: str, *, member: Membership | None, visit: Visit) -> list[str]:
    try:
        resolve(path.split("?")[0])
    except Resolver404:
        return ["no such address"]
    found: list[str] = []
    headings: set[str] = set()
    for width, javascript in ((1280, True), (375, True), (320, True), (375, False)):
        page = visit(path, member=member, width=width, javascript=javascript)
        found += [f"[{width}] {fault}" for fault in _judge(page, axe=width != 320)]
        headings.add(page.locator("h1").first.inner_text())
        page.context.close()
    if len(headings) != 1:
        found.append(f"titles differ: {headings}")
    return found


def _judge(page: Any, *, axe: bool) -> list[str]:
    found = testing.faults_of(page, axe=axe)
    if page.answer.status != 200:
        found.append(f"answered {page.answer.status}")
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} h1")
    if page.locator('[role="status"]').count() != 1:
        found.append("not one status zone")
    return found
