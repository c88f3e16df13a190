"""/besoins/: strangers first, then reporting, joining, and what a curator answers."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from catalog.models import MissingNeed
from catalog.needs import actions as needs
from tests.builders import actor_for, client_for, make_member
from tests.catalog.builders import make_offer

pytestmark = pytest.mark.django_db
NEW = "/besoins/signaler/"


@pytest.fixture
def need() -> MissingNeed:
    return needs.report(
        actor=actor_for("requester"), title="Signature de gros fichiers", searched="q=signature&model=saas"
    )


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).replace("\u00a0", " ").split())


def requester() -> Client:
    return client_for(make_member("requester"))


def curator() -> Client:
    return client_for(make_member("curator"))


def test_strangers_sign_in_and_suppliers_are_told_why(need: MissingNeed) -> None:
    for url in ("/besoins/", NEW, need.get_absolute_url()):
        assert client_for(None).get(url).status_code == 302
    supplier = client_for(make_member("supplier_manager"))
    assert "se lisent entre administrations" in text_of(supplier.get("/besoins/"))
    assert supplier.get("/besoins/").status_code == supplier.get(NEW).status_code == 403
    assert supplier.get(need.get_absolute_url()).status_code == 404
    assert supplier.post(f"{need.get_absolute_url()}rejoindre/").status_code == 404


def test_readers_who_do_not_speak_for_it(need: MissingNeed) -> None:
    reader = client_for(make_member("approver"))
    assert "Moi aussi" not in text_of(reader.get(need.get_absolute_url()))
    assert reader.post(f"{need.get_absolute_url()}rejoindre/").status_code == 403
    assert reader.get(f"{need.get_absolute_url()}repondre/").status_code == 403
    assert requester().post(f"{need.get_absolute_url()}ecarter/", {"reason": "Non"}).status_code == 403


def test_a_search_without_result_leads_here_with_what_was_searched() -> None:
    query = "q=introuvable&model=saas&hds=in_force"
    link = f'href="/besoins/signaler/?{query.replace("&", "&amp;")}"'
    for client in (requester(), client_for(None)):
        assert link in client.get(f"/offres/?{query}").content.decode()
    assert link not in client_for(make_member("supplier_manager")).get(f"/offres/?{query}").content.decode()
    page = requester().get(f"{NEW}?{query}").content.decode()
    assert 'value="introuvable"' in page and f'value="{query.replace("&", "&amp;")}"' in page
    assert 'value="saas" checked' in " ".join(page.replace('class="', "").split()) or "checked" in page


def test_what_looks_alike_is_read_before_a_new_one(need: MissingNeed) -> None:
    client = requester()
    typed = {"title": "Signer de gros fichiers", "description": "Plans de 4 Go", "searched": "q=signer"}
    first = client.post(NEW, typed)
    assert first.status_code == 200 and MissingNeed.objects.count() == 1
    said = text_of(first)
    assert "1 besoin proche" in said and need.number in said and "Signaler quand même" in said
    assert "Plans de 4 Go" in said
    again = client.post(NEW, {**typed, "vu": [need.number]})
    made = MissingNeed.objects.exclude(pk=need.pk).get()
    assert again.status_code == 302 and again["Location"] == made.get_absolute_url()
    assert (made.description, made.searched) == ("Plans de 4 Go", "q=signer")


def test_moi_aussi_joins_in_place_of_a_new_one(need: MissingNeed) -> None:
    member = make_member("requester")
    client = client_for(member)
    answer = client.post(NEW, {"rejoindre": need.number})
    assert answer.status_code == 302 and MissingNeed.objects.count() == 1
    page = text_of(client.get(need.get_absolute_url()))
    assert "2 administrations ont ce besoin" in page and member.organisation.name in page
    assert "Votre administration a ce besoin" in page and "Moi aussi" not in page
    assert (
        '<a href="/offres/?q=signature&amp;model=saas">'
        in client.get(need.get_absolute_url()).content.decode()
    )


def test_a_refused_form_keeps_what_was_typed() -> None:
    answer = requester().post(NEW, {"title": "", "description": "Tout ce que j’ai écrit"})
    assert answer.status_code == 400
    assert "Répondez à « Ce qui manque »" in text_of(answer) and "Tout ce que j’ai écrit" in text_of(answer)
    odd = requester().post(NEW, {"title": "a\x00b", "searched": "q=\x00\n" + "x" * 5000})
    assert odd.status_code == 400 and not MissingNeed.objects.exists()


def test_odd_addresses(need: MissingNeed) -> None:
    client = requester()
    assert client.get("/besoins/BES-1999-0001/").status_code == 404
    assert client.get("/besoins/?q=%00&etat=oups&page=99").status_code == 200
    assert client.get(f"{NEW}?q={'x' * 9000}&model=oups&category=%00").status_code == 200
    assert curator().get(f"{need.get_absolute_url()}oups/").status_code == 404


def test_the_list_finds_and_filters(need: MissingNeed) -> None:
    client = requester()
    assert "Signature de gros fichiers" in text_of(client.get("/besoins/"))
    assert "Signature" in text_of(client.get("/besoins/?q=signatures&etat=open"))
    assert "Aucun besoin ne correspond" in text_of(client.get("/besoins/?etat=covered"))


def test_a_curator_answers_covers_and_reopens(need: MissingNeed) -> None:
    client, url = curator(), need.get_absolute_url()
    offer = make_offer(answers={"name": "Coffre"})
    assert client.post(f"{url}repondre/", {"reason": "Nous cherchons."}).status_code == 302
    wrong = client.post(f"{url}couvrir/", {"offer": "999999", "reason": "Jusqu’à 2 Go"})
    assert wrong.status_code == 400 and "Jusqu’à 2 Go" in text_of(wrong)
    assert client.post(f"{url}couvrir/", {"offer": offer.number, "reason": ""}).status_code == 302
    said = text_of(requester().get(url))
    assert "Couvert par l’offre" in said and "Coffre" in said
    assert client.post(f"{url}ecarter/", {"reason": "Trop tard"}).status_code == 409
    assert client.post(f"{url}rouvrir/", {"reason": "Plafond trop bas"}).status_code == 302
    stale = client.post(f"{url}ecarter/", {"reason": "Doublon", "version": "1"})
    assert stale.status_code == 412


def test_a_merged_need_leads_to_the_one_that_stays(need: MissingNeed) -> None:
    kept = needs.report(actor=actor_for("requester"), title="Envoi de gros fichiers")
    client, url = curator(), need.get_absolute_url()
    page = client.get(f"{url}fusionner/")
    assert kept.number in text_of(page)
    itself = client.post(f"{url}fusionner/", {"into": need.number})
    assert itself.status_code == 400
    assert client.post(f"{url}fusionner/", {"into": kept.number, "reason": "Idem"}).status_code == 302
    moved = requester().get(url)
    assert (moved.status_code, moved["Location"]) == (301, kept.get_absolute_url())
    said = text_of(requester().get(kept.get_absolute_url()))
    assert "2 administrations ont ce besoin" in said and need.number in said


def test_the_desks(need: MissingNeed) -> None:
    assert need.number in text_of(curator().get("/bureau/"))
    assert 'href="/besoins/"' in requester().get("/bureau/").content.decode()
