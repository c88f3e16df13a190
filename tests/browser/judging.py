"""How a page is judged: axe finds nothing at 1280 px nor at 375 px, the console is silent, nothing scrolls
sideways at 1280, 375 and 320 px (400 %), and it has the same title without JavaScript.

Two loads a page: one with JavaScript whose window is narrowed (what the frame does when it is loaded narrow
is in test_shell.py), one without. An address judged already, for somebody else or about something else, is
opened with JavaScript alone, and read by axe at 1280 px alone: a narrow window and the lack of script change
what they changed the first time. The first page of each role is judged whole, for its frame.
"""

import traceback
from typing import Any

from django.urls import resolve

from catalog.models import Offer, OfferSearchRow
from marketplace.accounts.models import Membership
from marketplace.ui import testing
from tests.browser.pages_need import PAGES
from tests.habits.matrix.world import World
from tests.support.browsing import Visit

# Names of the addresses judged whole, each with a question asked or none.
SEEN: set[tuple[str, bool]] = set()


def judge_pages_of(role: str, visit: Visit) -> None:
    """Every main page of a role, in one world; the faults of all of them are told together."""
    world = World()
    faults: list[str] = []
    paths: list[str] = []
    for address in PAGES[role]:
        try:
            paths.append(address if isinstance(address, str) else address(world))
        except Exception:
            faults.append(f"cannot be made: {traceback.format_exc(limit=-3)}")
    OfferSearchRow.objects.refresh(Offer.objects.values_list("pk", flat=True))
    member = world.member(role)
    pages: dict[str, Any] = {"scripted": None, "plain": None}
    for path in paths:
        faults += [f"{path} {fault}" for fault in _faults(path, member=member, visit=visit, pages=pages)]
    assert not faults, "\n".join(faults)


def _faults(path: str, *, member: Membership | None, visit: Visit, pages: dict[str, Any]) -> list[str]:
    """``pages`` keeps the two browser pages from one path to the next."""
    is_whole = _is_first(path) or pages["plain"] is None
    scripted = pages["scripted"] = visit(path, member=member, page=pages["scripted"])
    found = [f"[1280] {fault}" for fault in _judge(scripted)]
    scripted.faults.clear()
    scripted.set_viewport_size({"width": 375, "height": 800})
    found += [f"[375] {fault}" for fault in testing.faults_of(scripted, axe=is_whole)]
    scripted.set_viewport_size({"width": 320, "height": 640})
    overflow = testing.side_scroll(scripted)
    found += [f"[320] side scroll: {overflow}"] if overflow else []
    if not is_whole:
        return found
    plain = pages["plain"] = visit(path, member=member, width=375, javascript=False, page=pages["plain"])
    found += [f"[375, no script] {fault}" for fault in _judge(plain)]
    titles = {title for page in (scripted, plain) for title in page.locator("h1").all_inner_texts()}
    if len(titles) != 1:
        found.append(f"titles differ: {titles}")
    return found


def _is_first(path: str) -> bool:
    """Whether this address is judged for the first time in this process."""
    address, _, question = path.partition("?")
    kind = (resolve(address).view_name, bool(question))
    is_new = kind not in SEEN
    SEEN.add(kind)
    return is_new


def _judge(page: Any) -> list[str]:
    found = testing.faults_of(page)
    if page.answer.status != 200:
        return [*found, f"answered {page.answer.status}: {page.title()}"]
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} h1")
    if page.locator('[role="status"]').count() != 1:
        found.append("not one status zone")
    return found
