"""The frame of every page: skip links, menu at 375 px with and without script, focus, components."""

import pytest

from marketplace.ui import testing
from tests.builders import make_member
from tests.support.browsing import Visit

pytestmark = pytest.mark.browser


def test_first_tab_reaches_the_skip_links_and_they_work(visit: Visit) -> None:
    page = visit("/aide/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_menu_opens_at_375(visit: Visit) -> None:
    page = visit("/aide/", width=375)
    link = page.locator("#navigation a", has_text="Doctrine")
    assert not link.is_visible()
    page.locator("#bouton-menu").click()
    link.wait_for(state="visible")
    assert testing.axe_violations(page) == []


def test_menu_search_and_breadcrumb_are_there_without_script(visit: Visit) -> None:
    page = visit("/aide/", width=375, javascript=False)
    assert page.locator("#navigation a", has_text="Doctrine").is_visible()
    assert page.locator("#recherche-entete").is_visible()
    assert page.locator(".fr-breadcrumb a", has_text="Accueil").is_visible()
    assert page.locator(".fr-header__tools-links").is_visible()


@pytest.mark.urls("tests.ui.urls")
def test_every_component(visit: Visit) -> None:
    found = []
    for width in (1280, 375, 320):
        page = visit("/essai/galerie/", width=width)
        found += [f"[{width}] {fault}" for fault in testing.faults_of(page)]
    assert not found


@pytest.mark.urls("tests.ui.urls")
def test_refused_form_puts_the_focus_on_its_summary(visit: Visit) -> None:
    page = visit("/essai/formulaire/", member=make_member("requester"), width=375)
    page.locator("main button").click()
    page.wait_for_load_state()
    assert page.title().startswith("Erreur")
    assert page.evaluate("document.activeElement.textContent").strip().endswith("réponses à corriger")
    assert [fault for fault in testing.faults_of(page) if "400" not in fault] == []
    page.get_by_role("link", name="Répondez à « Nom de l’offre ».").click()
    assert page.evaluate("document.activeElement.id") == "id_name"


@pytest.mark.urls("tests.ui.urls")
@pytest.mark.parametrize("code", ["403", "404", "409", "410", "429"])
def test_state_pages(code: str, visit: Visit) -> None:
    page = visit(f"/essai/refus/{code}/", member=make_member("requester"), width=375)
    assert page.answer.status == int(code)
    assert testing.faults_of(page) == []


@pytest.mark.urls("tests.ui.urls")
def test_dark_theme_and_forced_colours_keep_the_pictures(visit: Visit) -> None:
    page = visit("/essai/galerie/")
    page.emulate_media(color_scheme="dark", forced_colors="none")
    page.evaluate("document.documentElement.setAttribute('data-fr-theme', 'dark')")
    assert testing.axe_violations(page) == []
    page.emulate_media(forced_colors="active")
    stroke = page.evaluate("getComputedStyle(document.querySelector('.market-stack__box')).strokeWidth")
    assert stroke == "2px"
