"""How a page is judged: axe finds nothing, the console is silent, nothing scrolls sideways at 375 px nor
at 320 px (400 %), and it has the same title without JavaScript."""

import traceback
from typing import Any

from catalog.models import Offer, OfferSearchRow
from marketplace.accounts.models import Membership
from marketplace.ui import testing
from tests.browser.pages import PAGES
from tests.habits.matrix.world import World
from tests.support.browsing import Visit


def judge_pages_of(role: str, visit: Visit) -> None:
    """Every main page of a role, in one world; the faults of all of them are told together."""
    world = World()
    faults: list[str] = []
    paths: list[str] = []
    for address in PAGES[role]:
        try:
            paths.append(address if isinstance(address, str) else address(world))
        except Exception:  # noqa: BLE001 -- one page that cannot be made must not hide the others
            faults.append(f"cannot be made: {traceback.format_exc(limit=-3)}")
    OfferSearchRow.objects.refresh(Offer.objects.values_list("pk", flat=True))
    member = world.member(role)
    for path in paths:
        faults += [f"{path} {fault}" for fault in _faults(path, member=member, visit=visit)]
    assert not faults, "\n".join(faults)


def _faults(path: str, *, member: Membership | None, visit: Visit) -> list[str]:
    found: list[str] = []
    titles: set[str] = set()
    for width, javascript in ((1280, True), (375, True), (375, False)):
        page = visit(path, member=member, width=width, javascript=javascript)
        found += [f"[{width}{'' if javascript else ', no script'}] {fault}" for fault in _judge(page)]
        titles |= set(page.locator("h1").all_inner_texts())
        if width == 375 and javascript:
            page.set_viewport_size({"width": 320, "height": 640})
            overflow = testing.side_scroll(page)
            found += [f"[320] side scroll: {overflow}"] if overflow else []
        page.context.close()
    if len(titles) != 1:
        found.append(f"titles differ: {titles}")
    return found


def _judge(page: Any) -> list[str]:
    found = testing.faults_of(page)
    if page.answer.status != 200:
        return [*found, f"answered {page.answer.status}: {page.title()}"]
    if page.locator("h1").count() != 1:
        found.append(f"{page.locator('h1').count()} h1")
    if page.locator('[role="status"]').count() != 1:
        found.append("not one status zone")
    return found
