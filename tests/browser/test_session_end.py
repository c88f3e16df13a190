"""The end of the session announced: by keyboard alone, the focus given back, the typed text left alone."""

from typing import Any

import pytest

from marketplace.ui import testing
from tests.builders import make_member
from tests.support.browsing import Visit

pytestmark = pytest.mark.browser
MINUTE = 60_000


@pytest.fixture
def page(visit: Visit, settings: Any) -> Any:
    """A form being filled, with the clock of the browser in our hands."""
    settings.SESSION_IDLE_MINUTES = 7
    opened = visit("/projets/nouveau/", member=make_member("requester"), width=375)
    opened.clock.install()
    opened.reload()
    opened.locator("#id_title").fill("Messagerie")
    return opened


def dialog(page: Any) -> Any:
    return page.get_by_role("alertdialog")


def focused(page: Any) -> str:
    return str(page.evaluate("document.activeElement.id || document.activeElement.textContent"))


def test_announced_five_minutes_before_and_put_off_by_keyboard(page: Any) -> None:
    page.clock.fast_forward(MINUTE)
    assert not dialog(page).is_visible()
    page.clock.fast_forward(MINUTE + 1000)
    dialog(page).wait_for(state="visible")
    assert "Sans action de votre part, elle se termine à" in dialog(page).inner_text()
    assert focused(page) == "Rester connecté"
    assert testing.axe_violations(page) == []
    assert testing.side_scroll(page) == ""
    with page.expect_response("**/compte/session/prolonger/") as answer:
        page.keyboard.press("Enter")
    assert answer.value.json()["extendable"] is True
    dialog(page).wait_for(state="hidden")
    assert focused(page) == "id_title"
    assert page.locator("#id_title").input_value() == "Messagerie"
    page.clock.fast_forward(MINUTE)
    assert not dialog(page).is_visible()
    page.clock.fast_forward(2 * MINUTE)
    dialog(page).wait_for(state="visible")
    assert page.faults == []


def test_the_focus_stays_inside_and_escape_closes(page: Any) -> None:
    page.clock.fast_forward(3 * MINUTE)
    dialog(page).wait_for(state="visible")
    for _ in range(4):
        page.keyboard.press("Tab")
        assert focused(page) in ("Rester connecté", "Fermer cet avis", "") or page.evaluate(
            "document.activeElement === document.body"
        )
    page.keyboard.press("Escape")
    dialog(page).wait_for(state="hidden")
    assert focused(page) == "id_title"


def test_the_end_is_said_when_it_came(page: Any) -> None:
    page.clock.fast_forward(3 * MINUTE)
    page.clock.fast_forward(5 * MINUTE)
    dialog(page).wait_for(state="visible")
    assert "Elle est terminée. Reconnectez-vous" in dialog(page).inner_text()
    assert not page.get_by_role("button", name="Rester connecté").is_visible()
    assert testing.axe_violations(page) == []


def test_the_longest_length_cannot_be_put_off(visit: Visit, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES, settings.SESSION_MAX_HOURS = 120, 1
    page = visit("/bureau/", member=make_member("requester"))
    page.clock.install()
    page.reload()
    page.clock.fast_forward(56 * MINUTE)
    dialog(page).wait_for(state="visible")
    assert "sa durée la plus longue" in dialog(page).inner_text()
    assert not page.get_by_role("button", name="Rester connecté").is_visible()
