"""Pages of « Un pair l’utilise »: strangers first, then agreeing, writing, answering, withdrawing."""

from __future__ import annotations

import html
from typing import Any

import pytest

from catalog.models import OfferSearchRow
from procurement.models import PeerConsent, PeerMessage
from tests.builders import client_for, make_member
from tests.catalog.builders import make_offer as make_sheet
from tests.procurement.order_builders import Purchase
from tests.procurement.peer_builders import agreed, asked
from tests.procurement.voice_builders import used

pytestmark = pytest.mark.django_db
PANEL = "Un pair l’utilise"


def text_of(answer: Any) -> str:
    return " ".join(html.unescape(answer.content.decode()).replace("\u00a0", " ").split())


@pytest.fixture
def purchase() -> Purchase:
    return used()


def test_the_panel_is_for_administrations_alone(purchase: Purchase) -> None:
    agreed(purchase)
    url = purchase.offer.get_absolute_url()
    for member in (None, purchase.manager, make_member("supplier_manager"), make_member("curator")):
        page = text_of(client_for(member).get(url))
        assert PANEL not in page and purchase.buyer.name not in page
    assert PANEL not in text_of(client_for(make_member()).get(url)), "a member without a role"
    peer = text_of(client_for(make_member("finance")).get(url))
    assert "1 administration a commandé cette offre" in peer and "dont la vôtre" not in peer
    assert "Lui écrire" in peer and purchase.buyer.name in peer
    assert "Accepter d’être contacté" not in peer
    assert purchase.requester.user.full_name not in peer
    unclaimed = make_sheet(state="unclaimed")
    assert PANEL not in text_of(client_for(make_member("requester")).get(unclaimed.get_absolute_url()))


def test_a_count_names_nobody_who_did_not_agree(purchase: Purchase) -> None:
    page = text_of(client_for(make_member("requester")).get(purchase.offer.get_absolute_url()))
    assert "1 administration a commandé" in page and "Aucune n’a accepté d’être nommée" in page
    assert purchase.buyer.name not in page


def test_agreeing_then_withdrawing(purchase: Purchase) -> None:
    client, url = client_for(purchase.requester), purchase.offer.get_absolute_url()
    assert "dont la vôtre" in text_of(client.get(url))
    assert "Accepter d’être contacté" in text_of(client.get(url))
    read = text_of(client.get(f"{url}pairs/accepter/"))
    assert "Ni les fournisseurs ni les visiteurs ne le lisent" in read
    assert not PeerConsent.objects.exists(), "reading does nothing"
    assert client.post(f"{url}pairs/accepter/")["Location"] == f"{url}#pairs"
    assert "répond pour votre administration" in text_of(client.get(url))
    given = PeerConsent.objects.get()
    away = f"/pairs/{given.uuid}/retirer/"
    assert client.post(away, {"version": "9"}).status_code == 412
    assert client.post(away, {"version": given.version}).status_code == 302
    assert "Retiré le" in text_of(client.get("/pairs/"))
    assert client.post(away, {"version": given.version}).status_code == 409
    assert "Accepter d’être contacté" in text_of(client.get(url))


def test_writing_keeps_what_was_typed_when_refused(purchase: Purchase, settings: Any) -> None:
    given, author = agreed(purchase), make_member("requester")
    client, url = client_for(author), f"/pairs/{given.uuid}/ecrire/"
    empty = client.post(url, {"text": " "})
    assert empty.status_code == 400 and "Répondez à « Votre message »" in text_of(empty)
    long = client.post(url, {"text": "m" * 2001})
    assert long.status_code == 400 and "m" * 2001 in long.content.decode()
    sent = client.post(url, {"text": "Combien de temps ?"})
    message = PeerMessage.objects.get()
    assert sent["Location"] == message.get_absolute_url()
    twice = client.post(url, {"text": "Et le support ?"})
    assert twice.status_code == 400 and "attend déjà la réponse" in text_of(twice)
    assert "Et le support ?" in text_of(twice)
    settings.PEER_MESSAGES_A_DAY = 1
    many = client.post(url, {"text": "Et le support ?"})
    assert many.status_code == 429 and "1 message au plus en 24 heures" in text_of(many)
    assert "Et le support ?" in text_of(many)


def test_withdrawn_while_one_writes(purchase: Purchase) -> None:
    given, author = agreed(purchase), make_member("requester")
    owner = client_for(purchase.requester)
    owner.post(f"/pairs/{given.uuid}/retirer/", {"version": given.version})
    assert client_for(author).post(f"/pairs/{given.uuid}/ecrire/", {"text": "Essai"}).status_code == 404


def test_answering_shows_both_addresses_and_not_before(purchase: Purchase) -> None:
    message = asked(purchase)
    author = message.organisation.memberships.get(user=message.user)
    asker, peer, url = client_for(author), client_for(purchase.requester), message.get_absolute_url()
    assert "Répondre à un pair, ou décliner" in text_of(peer.get("/bureau/"))
    for client in (asker, peer):
        page = text_of(client.get(url))
        assert "Combien de temps pour la reprise" in page
        assert "@essai.example" not in page.split("<main", 1)[1]
    assert asker.get(f"{url}repondre/").status_code == 403
    assert peer.post(f"{url}repondre/", {"text": "", "version": "1"}).status_code == 400
    assert peer.post(f"{url}repondre/", {"text": "Trois semaines.", "version": "1"}).status_code == 302
    for client in (asker, peer):
        page = text_of(client.get(url))
        assert message.user.email in page and purchase.requester.user.email in page
        assert "Trois semaines." in page
    assert "Répondre à un pair, ou décliner" not in text_of(peer.get("/bureau/"))
    assert peer.post(f"{url}decliner/", {"version": "2"}).status_code == 409


def test_declining_shows_nothing(purchase: Purchase) -> None:
    message = asked(purchase)
    peer, url = client_for(purchase.requester), message.get_absolute_url()
    assert "Aucune adresse n’est montrée" in text_of(peer.get(f"{url}decliner/"))
    assert peer.post(f"{url}decliner/", {"version": "1"}).status_code == 302
    page = text_of(peer.get(url))
    assert "Décliné" in page and message.user.email not in page
    assert peer.get(f"{url}autre/").status_code == 404


def test_strangers_see_no_message(purchase: Purchase) -> None:
    message = asked(purchase)
    for member in (make_member("requester"), purchase.manager, make_member("curator"), purchase.finance):
        assert client_for(member).get(message.get_absolute_url()).status_code == 404
    assert "/connexion/" in client_for(None).get(message.get_absolute_url())["Location"]
    assert "/connexion/" in client_for(None).get("/pairs/")["Location"]


def test_agreements_change_no_order_of_the_catalogue(purchase: Purchase) -> None:
    other = used()
    OfferSearchRow.objects.refresh([purchase.offer.pk, other.offer.pk])
    before = [card["number"] for card in client_for(None).get("/api/v1/offers/").json()["results"]]
    agreed(purchase)
    OfferSearchRow.objects.refresh([purchase.offer.pk, other.offer.pk])
    after = [card["number"] for card in client_for(None).get("/api/v1/offers/").json()["results"]]
    assert before == after and set(after) == {purchase.offer.number, other.offer.number}
