"""Pages of reviews: strangers first, then writing, answering, hiding, contesting, and the sheet."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest

from catalog.models import OfferSearchRow
from marketplace.accounts.models import Membership
from procurement.models import UserReview
from procurement.voices import actions as voices
from tests.builders import client_for, make_member
from tests.catalog.builders import make_offer as make_sheet
from tests.procurement.order_builders import Purchase, make_purchase
from tests.procurement.voice_builders import said, used

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).replace("\u00a0", " ").split())


@pytest.fixture
def purchase() -> Purchase:
    return used()


def sheet(purchase: Purchase, part: str = "") -> str:
    return f"{purchase.offer.get_absolute_url()}{part}"


def test_strangers_read_and_do_not_write(purchase: Purchase) -> None:
    review = said(purchase)
    stranger, url = client_for(None), review.get_absolute_url()
    for address in (sheet(purchase), sheet(purchase, "avis/"), url):
        page = text_of(stranger.get(address))
        assert "Mise en service en trois jours" in page and "Sans avis" in page
        assert "Donner l’avis" not in page and "Masquer" not in page
    for part in ("modifier/", "repondre/", "masquer/", "contester/"):
        assert "/connexion/" in stranger.get(f"{url}{part}")["Location"]
    assert "/connexion/" in stranger.get(sheet(purchase, "avis/donner/"))["Location"]
    elsewhere = client_for(make_member("requester"))
    assert elsewhere.get(sheet(purchase, "avis/donner/")).status_code == 403
    for part in ("modifier/", "repondre/", "masquer/", "contester/"):
        assert elsewhere.post(f"{url}{part}", {"reason": "x", "text": "x"}).status_code == 403
    assert elsewhere.get(f"{url}inconnu/").status_code == 404


def test_no_panel_on_an_unclaimed_sheet_and_no_average_anywhere(purchase: Purchase) -> None:
    unclaimed = make_sheet(state="unclaimed")
    assert "Avis d’utilisateurs" not in text_of(client_for(None).get(unclaimed.get_absolute_url()))
    assert "Aucun avis à ce jour" in text_of(client_for(None).get(sheet(purchase)))
    said(purchase)
    page = text_of(client_for(None).get(sheet(purchase)))
    assert "moyenne" not in page.lower()
    assert not re.search(r"\d\s*/\s*5(?!\d)", page)


def test_writing_then_revising(purchase: Purchase) -> None:
    client = client_for(purchase.requester)
    assert "Donner l’avis de mon administration" in text_of(client.get(sheet(purchase)))
    empty = client.post(sheet(purchase, "avis/donner/"), {"onboarding": "good", "text": ""})
    assert empty.status_code == 400 and "Répondez à « Votre avis »" in text_of(empty)
    assert empty.content.decode().count('class="fr-select"') == 5
    assert 'value="good" selected' in empty.content.decode()
    wrong = client.post(sheet(purchase, "avis/donner/"), {"onboarding": "10", "text": "Essai"})
    assert wrong.status_code == 400
    answer = client.post(sheet(purchase, "avis/donner/"), {"onboarding": "good", "text": "<b>Bien</b>"})
    review = UserReview.objects.get()
    assert answer["Location"] == review.get_absolute_url()
    assert b"<b>Bien" not in client.get(review.get_absolute_url()).content
    again = client.get(sheet(purchase, "avis/donner/"))
    assert again["Location"] == f"{review.get_absolute_url()}modifier/"
    assert "Modifier l’avis de mon administration" in text_of(client.get(sheet(purchase)))
    stale = {"text": "Mieux", "support": "fair", "version": "9"}
    assert client.post(f"{review.get_absolute_url()}modifier/", stale).status_code == 412
    assert client.post(f"{review.get_absolute_url()}modifier/", stale | {"version": "1"}).status_code == 302
    page = text_of(client.get(review.get_absolute_url()))
    assert "Mieux" in page and "Ce que l’avis a dit avant" in page
    assert "Ce que l’avis a dit avant" not in text_of(client_for(None).get(review.get_absolute_url()))


def test_the_supplier_answers_and_edits(purchase: Purchase) -> None:
    review, client = said(purchase), client_for(purchase.manager)
    assert f"Avis de {purchase.buyer}" in text_of(client.get("/bureau/"))
    client.post(f"{review.get_absolute_url()}repondre/", {"text": "Merci de ce retour."})
    assert "Réponse de" in text_of(client_for(None).get(sheet(purchase)))
    form = client.get(f"{review.get_absolute_url()}repondre/")
    assert "Modifier la réponse" in text_of(form) and "Merci de ce retour." in text_of(form)


def test_moderation_from_hiding_to_the_answer(purchase: Purchase) -> None:
    review = said(purchase)
    url = review.get_absolute_url()
    curator, decider = client_for(make_member("curator")), client_for(make_member("decision_maker"))
    author = client_for(purchase.requester)
    assert curator.post(f"{url}masquer/", {"ground": "severe", "reason": "x"}).status_code == 400
    assert curator.post(f"{url}masquer/", {"ground": "defamation", "reason": "Passage."}).status_code == 302
    assert client_for(None).get(url).status_code == client_for(purchase.manager).get(url).status_code == 404
    assert "trois jours" not in text_of(client_for(None).get(sheet(purchase)))
    page = text_of(author.get(url))
    assert "Diffamation ou injure" in page and "Contester" in page
    assert curator.post(f"{url}masquer/", {"ground": "hatred", "reason": "x"}).status_code == 409
    author.post(f"{url}contester/", {"reason": "C’est exact."})
    assert "Contester</a>" not in author.get(url).content.decode()
    assert "Répondre à une contestation d’avis" in text_of(decider.get("/bureau/"))
    assert curator.get(f"{url}maintenir/").status_code == 403
    assert "C’est exact." in text_of(decider.get(f"{url}maintenir/"))
    assert decider.post(f"{url}maintenir/", {"reason": "Maintenu."}).status_code == 302
    assert "contestation rejetée" in text_of(author.get(url))
    assert "Avis d’utilisateurs" in text_of(curator.get("/pilotage/avis/"))


def test_the_moderation_list_is_the_operator_s(purchase: Purchase) -> None:
    said(purchase)
    assert client_for(None).get("/pilotage/avis/").status_code == 302
    for role in ("requester", "supplier_manager", "support"):
        assert client_for(make_member(role)).get("/pilotage/avis/").status_code == 403
    for role in ("curator", "decision_maker", "auditor"):
        assert purchase.buyer.name in text_of(client_for(make_member(role)).get("/pilotage/avis/"))


def test_reviews_change_no_order_of_the_catalogue(purchase: Purchase) -> None:
    other = make_purchase()
    OfferSearchRow.objects.refresh([purchase.offer.pk, other.offer.pk])
    before = [card["number"] for card in client_for(None).get("/api/v1/offers/").json()["results"]]
    voices.write(
        purchase.offer, actor=purchase.actor("requester"), text="Mauvais", ratings={"support": "very_poor"}
    )
    OfferSearchRow.objects.refresh([purchase.offer.pk, other.offer.pk])
    after = [card["number"] for card in client_for(None).get("/api/v1/offers/").json()["results"]]
    assert before == after and set(after) == {purchase.offer.number, other.offer.number}


def test_a_member_who_left_is_not_told(purchase: Purchase) -> None:
    from marketplace.notifications.models import Notification

    review = said(purchase)
    Membership.objects.filter(pk=purchase.requester.pk).update(ended_at=review.written_at)
    voices.reply(review, actor=purchase.actor("manager"), text="Merci.")
    assert not Notification.objects.filter(
        user=purchase.requester.user, subject__startswith="Réponse"
    ).exists()
