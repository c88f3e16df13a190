"""Lists, tables, certificates and documents in a section's form, without script; nothing typed is lost."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.actions.authoring import save_answers
from catalog.models import Offer, OfferVersion
from marketplace.accounts.actors import Actor
from marketplace.errors import RuleBroken
from marketplace.files.models import StoredFile
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import make_offer

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


@pytest.fixture
def member() -> Any:
    return make_member("supplier_manager")


@pytest.fixture
def browser(member: Any) -> Client:
    return client_for(member)


@pytest.fixture
def offer(member: Any) -> Offer:
    return make_offer(state="draft", organisation=member.organisation)


def url_of(offer: Offer, section: str) -> str:
    return f"{offer.get_absolute_url()}modifier/{section}/"


def base_of(answer: Any) -> str:
    return str(answer.context["form"]["base"].value())


def pdf(name: str = "plan.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/pdf")


def test_a_table_grows_by_a_button_and_keeps_what_is_typed(browser: Client, offer: Offer) -> None:
    url = url_of(offer, "partners")
    page = browser.get(url)
    typed = {"base": base_of(page), "integrators--rows": "1", "integrators--0--name": "Intégrateur",
             "integrators--0--country": "FR", "sme_share_percent": "pas un nombre"}  # fmt: skip
    more = browser.post(url, {**typed, "add": "integrators"})
    text = more.content.decode()
    assert more.status_code == 200
    assert 'value="Intégrateur"' in text
    assert 'value="pas un nombre"' in text
    assert 'name="integrators--1--name"' in text
    assert offer.draft_version.answers.get("integrators") is None
    rows = {**typed, "integrators--rows": "2", "integrators--1--name": "", "sme_share_percent": "12"}
    assert browser.post(url, rows).status_code == 302
    assert offer.draft_version.answers["integrators"] == [{"name": "Intégrateur", "country": "FR"}]


def test_a_wrong_cell_is_named_on_its_field(browser: Client, offer: Offer) -> None:
    url = url_of(offer, "partners")
    rows = {"base": base_of(browser.get(url)), "integrators--rows": "2", "integrators--0--name": "A",
            "integrators--1--website": "ftp://x"}  # fmt: skip
    refused = browser.post(url, rows)
    assert refused.status_code == 400
    assert list(refused.context["form"].errors) == ["integrators--1--website"]
    assert 'href="#id_integrators--1--website"' in refused.content.decode()


@pytest.mark.parametrize("count", ["99999", "-1", "abc", "", "10²"])
def test_a_strange_number_of_rows_is_no_trap(browser: Client, offer: Offer, count: str) -> None:
    url = url_of(offer, "partners")
    answer = browser.post(url, {"base": base_of(browser.get(url)), "integrators--rows": count})
    assert answer.status_code == 302


def test_a_document_is_joined_replaced_and_taken_away(browser: Client, offer: Offer) -> None:
    url = url_of(offer, "switching")
    page = browser.get(url)
    assert 'enctype="multipart/form-data"' in page.content.decode()
    base = base_of(page)
    assert browser.post(url, {"base": base, "exit_plan_document": pdf()}).status_code == 302
    kept = offer.draft_version.answers["exit_plan_document"]
    assert (kept["name"], kept["size"]) == ("plan.pdf", len(PDF))
    link = f"{offer.get_absolute_url()}versions/1/documents/exit_plan_document/"
    assert browser.get(link).content == PDF
    assert Client().get(link).status_code == 404
    again = browser.get(url)
    assert "Fichier joint\u00a0: plan.pdf" in again.content.decode().replace(" :", "\u00a0:")
    browser.post(url, {"base": base_of(again), "erasure_days": "21"})
    assert offer.draft_version.answers["exit_plan_document"] == kept
    last = {"base": base_of(browser.get(url)), "exit_plan_document--remove": "on"}
    assert browser.post(url, last).status_code == 302
    assert offer.draft_version.answers["exit_plan_document"] is None


def test_an_executable_named_pdf_is_refused(browser: Client, offer: Offer) -> None:
    url = url_of(offer, "switching")
    wrong = {"base": base_of(browser.get(url)), "exit_plan_document": pdf(content=b"MZ\x90\x00" * 20)}
    refused = browser.post(url, wrong)
    assert refused.status_code == 400
    assert "exit_plan_document" in refused.context["form"].errors
    assert not StoredFile.objects.exists()


def test_a_certificate_keeps_its_file_and_is_public_with_the_offer(browser: Client, offer: Offer) -> None:
    url = url_of(offer, "certifications")
    given = {"base": base_of(browser.get(url)), "iso27017_held": "true",
             "iso27017_held_certificate--issuer": "Certificateur",
             "iso27017_held_certificate--valid_until": "2029-01-14",
             "iso27017_held_certificate--file": pdf("certificat.pdf")}  # fmt: skip
    assert browser.post(url, given).status_code == 302
    said = offer.draft_version.answers["iso27017_held_certificate"]
    assert (said["issuer"], said["file"]["name"]) == ("Certificateur", "certificat.pdf")
    online = make_offer(answers={
        "iso27017_held": True, "iso27017_held_certificate": said})  # fmt: skip
    link = f"{online.get_absolute_url()}versions/1/documents/iso27017_held_certificate/"
    assert link in Client().get(online.get_absolute_url()).content.decode()
    assert Client().get(link).content == PDF
    hidden = make_offer(answers={"iso27017_held": False, "iso27017_held_certificate": said})
    assert Client().get(f"{hidden.get_absolute_url()}versions/1/documents/iso27017_held_certificate/"
                        ).status_code == 404  # fmt: skip


def test_a_file_of_somebody_else_cannot_be_named(browser: Client, offer: Offer) -> None:
    url = url_of(offer, "switching")
    browser.post(url, {"base": base_of(browser.get(url)), "exit_plan_document": pdf()})
    stolen = offer.draft_version.answers["exit_plan_document"]
    other: Actor = actor_for("supplier_manager")
    mine = make_offer(state="draft", organisation=other.organisation)
    with pytest.raises(RuleBroken) as refused:
        save_answers(mine, actor=other, answers={"exit_plan_document": stolen})
    assert set(refused.value.fields) == {"exit_plan_document"}


def test_hidden_answers_stay_and_come_back(browser: Client, offer: Offer) -> None:
    url = url_of(offer, "ai")
    first = {"base": base_of(browser.get(url)), "ai_included": "true", "ai_energy_wh": "0,3"}
    assert browser.post(url, first).status_code == 302
    second = {"base": base_of(browser.get(url)), "ai_included": "false", "ai_energy_wh": "0,3"}
    assert browser.post(url, second).status_code == 302
    version = OfferVersion.objects.get(offer=offer)
    assert version.answers["ai_energy_wh"] == "0.3"
    assert "Énergie par requête" not in browser.get(offer.get_absolute_url()).content.decode()


def test_a_section_of_another_model_asks_nothing(browser: Client, offer: Offer) -> None:
    page = browser.get(url_of(offer, "accompaniment"))
    assert page.status_code == 200
    assert "Prestations" not in page.content.decode()
    assert "Accompagnement" not in browser.get(f"{offer.get_absolute_url()}modifier/").content.decode()
