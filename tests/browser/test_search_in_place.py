"""The list of offers with JavaScript: a tick changes what may be ticked next, focus and folds stay, the
number found is announced; the usage is priced in place."""

from __future__ import annotations

from typing import Any

import pytest

from marketplace.ui import testing
from tests.catalog.builders import make_offer
from tests.catalog.test_usage_order import by_seat
from tests.support.browsing import Visit

pytestmark = pytest.mark.browser


@pytest.fixture
def page(visit: Visit) -> Any:
    make_offer(answers={"name": "Alpha", "service_models": ["iaas"], "category": "calcul"})
    make_offer(answers={"name": "Bêta", "service_models": ["saas"], "category": "bureau"})
    return visit("/offres/?category=calcul")


def said(page: Any, words: str) -> None:
    page.locator("#annonce", has_text=words).wait_for(state="attached")


def test_a_value_at_zero_becomes_possible_in_place_and_focus_and_folds_stay(page: Any) -> None:
    assert page.locator("#f-model-saas").count() == 0
    page.evaluate("document.body.dataset.loaded = 'once'")
    page.evaluate("document.getElementById('d-hds').open = true")
    page.evaluate("document.getElementById('d-model').open = true")
    box = page.locator("#f-category-bureau")
    page.evaluate("document.getElementById('d-category').open = true")
    box.focus()
    page.keyboard.press("Space")
    page.locator("#f-model-saas").wait_for(state="attached")
    said(page, "2 offres")
    assert page.locator("#titre").inner_text().endswith("2\u00a0résultats")
    assert page.evaluate("document.activeElement.id") == "f-category-bureau"
    assert page.evaluate("document.getElementById('d-hds').open") is True
    assert page.evaluate("document.body.dataset.loaded") == "once"
    assert "category=bureau" in page.url
    # The next tick starts from the values just shown, and the search bar carries them along.
    page.evaluate("document.getElementById('d-model').open = true")
    page.locator("label[for='f-model-saas']").click()
    said(page, "1 offre")
    assert page.locator("#recherche-gardes input[name='model']").input_value() == "saas"
    assert page.locator(".catalog-card").count() == 1
    assert testing.faults_of(page) == []


def test_results_follow_what_is_typed_and_the_field_keeps_the_focus(visit: Visit) -> None:
    make_offer(answers={"name": "Messagerie"})
    make_offer(answers={"name": "Stockage"})
    page = visit("/offres/")
    page.evaluate("document.body.dataset.loaded = 'once'")
    page.locator("#q").press_sequentially("mess")
    said(page, "1 offre")
    assert page.locator(".catalog-card h3").all_inner_texts() == ["Messagerie"]
    assert page.locator("#filtres-gardes input[name='q']").input_value() == "mess"
    assert page.url.endswith("?q=mess")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.press("Control+a")
    page.keyboard.type("stockage")
    page.keyboard.press("Enter")
    page.locator(".catalog-card h3", has_text="Stockage").wait_for()
    assert page.evaluate("document.body.dataset.loaded") == "once"
    assert testing.faults_of(page) == []


def test_a_usage_is_priced_in_place(visit: Visit) -> None:
    by_seat("Chère", "12.5", vat_regime="normal")
    by_seat("Modeste", "4")
    page = visit("/offres/?ordering=usage")
    page.evaluate("document.body.dataset.loaded = 'once'")
    page.locator("#id_seats").fill("10")
    page.locator("#id_months").fill("12")
    page.locator("#trier-usage").click()
    page.locator(".catalog-usage-price").first.wait_for()
    assert page.evaluate("document.body.dataset.loaded") == "once"
    assert page.locator(".catalog-card h3").all_inner_texts() == ["Modeste", "Chère"]
    assert "seats=10" in page.url
    said(page, "2 offres")
    assert page.evaluate("document.activeElement.textContent") == "Résultats"
    assert page.locator("#filtres-gardes input[name='seats']").input_value() == "10"
    assert testing.faults_of(page) == []


def test_a_usage_is_priced_without_script(visit: Visit) -> None:
    by_seat("Chère", "12.5")
    page = visit("/offres/?ordering=usage", javascript=False)
    page.locator("#id_seats").fill("10")
    page.locator("#id_months").fill("12")
    page.locator("#trier-usage").click()
    page.wait_for_load_state()
    assert "500,00" in page.locator(".catalog-usage-price").inner_text()
