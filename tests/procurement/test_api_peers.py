"""/api/v1/peer-consents/ and /api/v1/peer-messages/: the same rule as the pages, whole JSON compared."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from marketplace.accounts.models import Membership
from procurement.models import PeerConsent
from tests.builders import make_member
from tests.procurement.order_builders import Purchase
from tests.procurement.peer_builders import agreed
from tests.procurement.voice_builders import used
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db
CONSENTS, MESSAGES = "/api/v1/peer-consents/", "/api/v1/peer-messages/"


@pytest.fixture
def purchase() -> Purchase:
    return used()


def post(member: Membership, url: str, body: dict[str, Any] | None = None) -> Any:
    return client_for_token(member).post(url, body or {}, format="json")


def test_agreeing_reading_withdrawing(purchase: Purchase) -> None:
    body = {"offer": str(purchase.offer.uuid)}
    assert post(purchase.finance, CONSENTS, body).status_code == 403
    made = post(purchase.requester, CONSENTS, body)
    assert made.status_code == 201
    told = made.json()
    given = PeerConsent.objects.get()
    assert told == {
        "id": str(given.uuid),
        "state": "open",
        "state_since": told["state_since"],
        "version": 1,
        "offer": str(purchase.offer.uuid),
        "administration": purchase.buyer.name,
        "person": str(purchase.requester.user),
        "consented_at": told["consented_at"],
        "withdrawn_at": None,
    }
    again = post(purchase.requester, CONSENTS, body)
    assert (again.status_code, again.json()["code"]) == (400, "consented_already")
    peer = client_for_token(make_member("requester"))
    seen = peer.get(f"{CONSENTS}?offer={purchase.offer.uuid}").json()["results"]
    assert [(row["administration"], row["person"]) for row in seen] == [(purchase.buyer.name, None)]
    usage = peer.get(f"{CONSENTS}usage/?offer={purchase.offer.uuid}").json()
    assert usage == {"offer": str(purchase.offer.uuid), "administrations": 1, "yours": False, "named": 1}
    assert post(purchase.requester, f"{CONSENTS}{given.uuid}/withdraw/").json()["state"] == "withdrawn"
    assert peer.get(CONSENTS).json()["results"] == []


def test_suppliers_and_visitors_learn_nothing(purchase: Purchase) -> None:
    agreed(purchase)
    usage = f"{CONSENTS}usage/?offer={purchase.offer.uuid}"
    assert client_for_token(None).get(usage).status_code == 401
    for member in (purchase.manager, make_member("curator")):
        client = client_for_token(member)
        assert client.get(usage).status_code == 403
        assert client.get(CONSENTS).json()["results"] == []


def test_bad_input_is_named(purchase: Purchase) -> None:
    client = client_for_token(purchase.requester)
    for given in ("", "x", "'"):
        answer = client.get(f"{CONSENTS}usage/?offer={given}")
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, "offer")
    assert client.get(f"{CONSENTS}usage/?offer={uuid.uuid4()}").status_code == 404
    unknown = post(purchase.requester, CONSENTS, {"offer": str(uuid.uuid4())})
    assert (unknown.status_code, unknown.json()["code"]) == (400, "offer_unknown")
    nobody = post(purchase.requester, MESSAGES, {"consent": str(uuid.uuid4()), "text": "Essai"})
    assert (nobody.status_code, nobody.json()["code"]) == (400, "consent_unknown")


def test_a_message_and_its_answer(purchase: Purchase, settings: Any) -> None:
    given, author = agreed(purchase), make_member("requester")
    made = post(author, MESSAGES, {"consent": str(given.uuid), "text": "Combien de temps ?"})
    assert made.status_code == 201
    told = made.json()
    assert told == {
        "id": told["id"],
        "state": "sent",
        "state_since": told["state_since"],
        "version": 1,
        "consent": str(given.uuid),
        "offer": str(purchase.offer.uuid),
        "from_administration": author.organisation.name,
        "from_person": str(author.user),
        "from_email": None,
        "to_administration": purchase.buyer.name,
        "to_person": None,
        "to_email": None,
        "text": "Combien de temps ?",
        "sent_at": told["sent_at"],
        "answer_text": "",
        "answered_at": None,
        "page": f"/pairs/messages/{told['id']}/",
    }
    settings.PEER_MESSAGES_A_DAY = 1
    many = post(author, MESSAGES, {"consent": str(given.uuid), "text": "Encore"})
    assert (many.status_code, many.json()["code"]) == (429, "too_many_messages")
    url = f"{MESSAGES}{told['id']}/"
    assert post(author, f"{url}answer/", {"text": "Essai"}).status_code == 403
    answered = post(purchase.requester, f"{url}answer/", {"text": "Trois semaines."}).json()
    assert (answered["state"], answered["answer_text"]) == ("answered", "Trois semaines.")
    read = client_for_token(author).get(url).json()
    assert (read["to_email"], read["from_email"]) == (purchase.requester.user.email, author.user.email)
    assert post(purchase.requester, f"{url}decline/").status_code == 409
