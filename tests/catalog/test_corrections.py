"""A curator corrects what is online: by page, by API, sourced, told, never undone by a reference file."""

from __future__ import annotations

import datetime as dt
import html
import json
from typing import Any

import pytest
from django.test import Client, override_settings
from django.utils import timezone

from catalog.actions.corrections import Ground, correct
from catalog.enums import OfferState
from catalog.models import Change, Offer
from catalog.reference.loader import _follow_file, answers_of
from marketplace.audit.models import AuditEvent
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.notifications.models import Notification
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import make_offer
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
READ = dt.date(2026, 11, 2)
GROUND = Ground("Le site a changé.", "Site du fournisseur", "https://site.example/", READ)
ROW = {
    "key": "essai",
    "name": "Nuage Essai",
    "service_models": ["iaas"],
    "category": None,
    "description": "Tel que dans le fichier.",
    "website": "https://ancien.example/",
    "open_source": None,
    "regions": ["FR"],
    "sources": {"website": "Fichier d’essai", "regions": "Fichier d’essai"},
    "public_prices": None,
    "is_internal_state": False,
}


@pytest.fixture(autouse=True)
def in_earnest(settings: Any) -> None:
    settings.DEMONSTRATION = False


@pytest.fixture
def sheet() -> Offer:
    """A public sheet, drawn from the row above."""
    return make_offer(
        state=OfferState.UNCLAIMED,
        answers={**dict.fromkeys(("category", "exit_formats")), **answers_of(ROW)},
        source_key="essai",
        sources=ROW["sources"],
        facts_read_on=READ,
    )


def page_of(offer: Offer, part: str = "") -> str:
    told = Client().get(f"{offer.get_absolute_url()}{part}").content.decode()
    return " ".join(html.unescape(told).replace("\u00a0", " ").split())


def typed(browser: Client, url: str, **values: Any) -> dict[str, Any]:
    form = browser.get(url).context["form"]
    said = {name: field.value() for name, field in ((f.html_name, f) for f in form)}
    plain = {name: value for name, value in said.items() if value not in (None, "", [])}
    return {
        **plain,
        "reason": "Le site a changé.",
        "source": "Site du fournisseur",
        "read_on": "2026-11-02",
    } | values


def test_a_public_sheet_is_corrected_by_page_and_says_where_it_was_read(sheet: Offer) -> None:
    browser = client_for(make_member("curator"))
    url = f"{sheet.get_absolute_url()}corriger/"
    assert url in browser.get(sheet.get_absolute_url()).content.decode()
    assert url not in page_of(sheet)
    assert f"{url}presentation/" in browser.get(url).content.decode()
    new = "https://nouveau.example/"
    wrong = browser.post(f"{url}presentation/", typed(browser, f"{url}presentation/", website=new, source=""))
    assert wrong.status_code == 400 and new in wrong.content.decode()
    sent = browser.post(f"{url}presentation/", typed(browser, f"{url}presentation/", website=new))
    assert sent.status_code == 302, (sent.context["form"].errors, sent.context["ground"].errors)
    sheet.refresh_from_db()
    assert sheet.live_version is not None
    assert (sheet.website, sheet.live_version.number, sheet.state) == (new, 2, "unclaimed")
    assert set(sheet.corrections) == {"website"}
    read = page_of(sheet)
    assert "Corrigé par l’opérateur : Site du fournisseur, 02/11/2026" in read
    assert "Version 2" in page_of(sheet, "historique/")
    row = AuditEvent.objects.get(what="answers_corrected")
    assert row.side.reason == "Le site a changé." and row.side.detail["questions"] == ["website"]
    assert Change.objects.filter(offer=sheet).latest("pk").kind == "changed"


def test_what_was_read_meanwhile_is_shown_beside_what_was_typed(sheet: Offer) -> None:
    browser = client_for(make_member("curator"))
    url = f"{sheet.get_absolute_url()}corriger/presentation/"
    mine = typed(browser, url, website="https://le-mien.example/")
    correct(sheet, actor=actor_for("curator"), answers={"website": "https://autre.example/"}, ground=GROUND)
    answer = browser.post(url, mine)
    told = html.unescape(answer.content.decode())
    assert answer.status_code == 412
    assert "https://autre.example/" in told and "https://le-mien.example/" in told


def test_a_new_edition_of_the_file_keeps_what_was_corrected(sheet: Offer) -> None:
    correct(sheet, actor=actor_for("curator"), answers={"website": "https://nouveau.example/"}, ground=GROUND)
    newer = {**ROW, "description": "Une nouvelle édition."}
    for _ in range(2):
        offer = Offer.objects.select_related("live_version").get(pk=sheet.pk)
        _follow_file(offer, newer, read_on="2026-11-20")
    offer.refresh_from_db()
    assert (offer.description, offer.website) == ("Une nouvelle édition.", "https://nouveau.example/")
    assert offer.versions.count() == 3 and set(offer.corrections) == {"website"}


def test_a_supplier_s_offer_is_corrected_for_its_words_and_it_is_told() -> None:
    manager = make_member("supplier_manager")
    offer = make_offer(organisation=manager.organisation, answers={"limits": "Aucune limitte."})
    curator = actor_for("curator")
    with pytest.raises(RuleBroken) as refused:
        correct(offer, actor=curator, answers={"storage_regions": ["US"]}, ground=Ground("Essai."))
    assert set(refused.value.fields) == {"storage_regions"}
    with pytest.raises(RuleBroken):
        correct(offer, actor=curator, answers={"limits": "Aucune limitte."}, ground=Ground("Essai."))
    correct(offer, actor=curator, answers={"limits": "Aucune limite."}, ground=Ground("Faute de frappe."))
    assert "Aucune limite." in page_of(offer)
    assert "Corrections de l’opérateur" in page_of(offer)
    told = Notification.objects.get(user=manager.user)
    assert "Faute de frappe." in told.body
    # What its supplier says next is its own again.
    with pytest.raises(MoveRefused, match="prépare une version"):
        offer.edit_version(by=manager.user)
        correct(offer, actor=curator, answers={"limits": "Autre."}, ground=Ground("Essai."))


def test_what_is_not_online_is_not_corrected() -> None:
    for state in (OfferState.DRAFT, OfferState.WITHDRAWN):
        with pytest.raises(MoveRefused, match="rien en ligne"):
            correct(
                make_offer(state=state), actor=actor_for("curator"), answers={"limits": "x"}, ground=GROUND
            )


def test_a_real_sheet_of_the_demonstration_is_left_alone(sheet: Offer) -> None:
    with override_settings(DEMONSTRATION=True), pytest.raises(RuleBroken, match="offre réelle"):
        correct(sheet, actor=actor_for("curator"), answers={"website": "https://x.example/"}, ground=GROUND)


def test_by_api(sheet: Offer) -> None:
    url = f"/api/v1/offers/{sheet.uuid}/correct/"
    curator = client_for_token(make_member("curator"))
    body = {
        "answers": {"website": "https://nouveau.example/"},
        "reason": "Le site a changé.",
        "source": "Site du fournisseur",
        "read_on": "2026-11-02",
    }
    assert client_for_token(make_member("supplier_manager")).post(url, body, format="json").status_code == 403
    tomorrow = (timezone.localdate() + dt.timedelta(days=1)).isoformat()
    for wrong, field in (
        ({**body, "source": ""}, "source"),
        ({**body, "read_on": tomorrow}, "read_on"),
        ({**body, "answers": {"couleur": "bleu"}}, "answers.couleur"),
        ({**body, "answers": {"website": "pas une adresse"}}, "website"),
    ):
        refused = curator.post(url, wrong, format="json")
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, field), refused.json()
    done = curator.post(url, body, format="json")
    assert done.status_code == 200, done.content
    assert done.json()["answers"]["website"] == "https://nouveau.example/"
    whole: Any = Client().get("/api/v1/open-data/catalogue.json")
    record = json.loads(whole.getvalue())["results"][0]
    assert record["sources"]["website"] == ["Corrigé par l’opérateur\u00a0: Site du fournisseur, 02/11/2026"]
    assert record["sources"]["regions"] == ["Fichier d’essai"]
