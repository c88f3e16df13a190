"""Typing saves: the status says when, a reload finds the text, two editors never overwrite one another."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.models import Offer
from marketplace.ui import testing
from tests.builders import make_member, make_organisation
from tests.catalog.builders import make_offer
from tests.support.browsing import Visit

pytestmark = pytest.mark.browser
FIELD, STATUS = "#id_exit_notice_months", "[data-autosave-status]"


@pytest.fixture
def editor() -> Any:
    return make_member("supplier_editor", organisation=make_organisation(kind="supplier"))


@pytest.fixture
def offer(editor: Any) -> Offer:
    return make_offer(organisation=editor.organisation, state="draft")


def place(offer: Offer) -> str:
    return f"{offer.get_absolute_url()}modifier/exit/"


def says(page: Any, words: str) -> None:
    page.locator(STATUS, has_text=words).wait_for(state="visible")


def test_typed_said_saved_and_found_again(visit: Visit, offer: Offer, editor: Any) -> None:
    page = visit(place(offer), member=editor, width=375)
    page.locator(FIELD).fill("5")
    says(page, "Enregistré à")
    # Announced politely, in the page's one status zone.
    page.locator("#annonce", has_text="Enregistré à").wait_for(state="attached")
    assert page.locator("[role=status]").count() == 1
    # Once more, with the lock that the first answer gave.
    page.locator("#id_exit_retrieval_days").fill("45")
    with page.expect_response(lambda answer: answer.request.headers.get("x-autosave") == "1") as second:
        page.locator("#id_exit_retrieval_days").press("Tab")
    assert second.value.status == 200
    page.reload()
    assert page.locator(FIELD).input_value() == "5"
    assert page.locator("#id_exit_retrieval_days").input_value() == "45"
    assert testing.axe_violations(page) == [] and testing.side_scroll(page) == ""
    # The button still leads to the next section, with no conflict of one's own.
    page.get_by_role("button", name="Enregistrer et continuer").click()
    page.wait_for_url(lambda url: "modifier/exit/" not in url)
    assert page.faults == []


def test_a_button_pressed_while_a_save_is_on_its_way_waits_for_it(
    visit: Visit, offer: Offer, editor: Any
) -> None:
    page = visit(place(offer), member=editor)
    held: list[Any] = []

    def hold(route: Any) -> None:
        if route.request.headers.get("x-autosave") == "1" and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/modifier/exit/", hold)
    with page.expect_request(lambda request: request.headers.get("x-autosave") == "1"):
        page.locator(FIELD).fill("3")
    page.get_by_role("button", name="Enregistrer et continuer").click()
    held[0].continue_()
    page.wait_for_url(lambda url: "modifier/exit/" not in url)
    draft = Offer.objects.get(pk=offer.pk).shown_for_edit
    assert draft is not None and draft.answers["exit_notice_months"] == "3"


def test_somebody_saved_meanwhile_the_text_stays_and_the_button_compares(
    visit: Visit, offer: Offer, editor: Any
) -> None:
    first = visit(place(offer), member=editor)
    second = visit(place(offer), member=make_member("supplier_editor", organisation=editor.organisation))
    first.locator(FIELD).fill("1")
    says(first, "Enregistré à")
    second.locator(FIELD).fill("3")
    says(second, "quelqu’un a enregistré cette page")
    assert second.locator(FIELD).input_value() == "3"
    draft = Offer.objects.get(pk=offer.pk).shown_for_edit
    assert draft is not None and draft.answers["exit_notice_months"] == "1"
    second.get_by_role("button", name="Enregistrer et continuer").click()
    second.get_by_text("3", exact=False).first.wait_for()
    assert second.locator(FIELD).input_value() == "3"


def test_what_the_service_cannot_take_is_said_and_kept(visit: Visit, offer: Offer, editor: Any) -> None:
    page = visit(place(offer), member=editor)
    saved = page.locator(FIELD).input_value()
    page.locator(FIELD).fill("beaucoup")
    says(page, "Pas encore enregistré")
    # Back to what is saved: nothing is left to say.
    page.locator(FIELD).fill(saved)
    page.locator(STATUS).wait_for(state="hidden")
    page.route("**/modifier/exit/", lambda route: route.abort())
    page.locator(FIELD).fill("6")
    says(page, "le service n’a pas répondu")
    assert page.locator(FIELD).input_value() == "6"
    page.unroute("**/modifier/exit/")
    page.locator(FIELD).fill("4")
    says(page, "Enregistré à")
