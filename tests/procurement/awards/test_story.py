"""The award by the pages and by the API; then an order is made under it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from procurement.actions.order_drafts import create_order
from procurement.models import Award, RejectionLetter
from tests.builders import client_for
from tests.procurement.consultation_builders import make_supplier
from tests.procurement.evaluation.test_story import browser, sent, text_of
from tests.procurement.evaluation_builders import certificate, concluded, found_award
from tests.procurement.order_builders import make_offer
from tests.rest.builders import client_for_token

PRICES = {"Nuage Exemple A": "1000.00", "Nuage Exemple B": "1250.00"}
pytestmark = pytest.mark.django_db


def managers(made):
    found = {}
    for deposit in made.consultation.deposits.select_related("supplier"):
        found[deposit.supplier.name] = make_supplier(deposit.supplier.organisation)[1]
    return found["Nuage Exemple A"], found["Nuage Exemple B"]


def test_from_the_ranking_to_an_order_by_the_pages(room):
    made = concluded(room, PRICES)
    url, buyer = made.consultation.get_absolute_url(), browser(room.purchasing)
    winner, loser = managers(made)
    assert client_for(None).get(f"{url}attribution/").status_code == 302
    assert browser(winner).get(f"{url}attribution/").status_code == 404
    assert "Attribuer à…" in text_of(buyer.get(f"{url}attribution/"))
    here = f"{url}attribution/lots/1/"
    page = text_of(buyer.get(here))
    assert "checked" not in page.split("Motif")[0] and "R. 2143-7" in page
    first, second = (row["response"] for row in made.standings[0]["responses"])
    wrong = text_of(buyer.post(here, {"response": second, "reason": "Préférée."}), 400)
    assert "Nuage Exemple A est mieux classé" in wrong and "Préférée." in wrong
    award = sent(buyer.post(here, {"response": first, "reason": "La mieux classée."}))
    assert browser(loser).get(award).status_code == 404
    assert "Joindre les certificats" in text_of(browser(winner).get("/bureau/"))
    for kind in ("tax", "social"):
        body = {"kind": kind, "file": certificate(kind)}
        sent(browser(winner).post(f"{award}certificats/", body))
    assert "dites que vous les avez vérifiés" in text_of(buyer.post(f"{award}decider/", {}), 400)
    sent(buyer.post(f"{award}decider/", {"checked": "on"}))
    assert buyer.post(f"{award}signer/", {}).status_code == 409
    assert "Procédure adaptée : aucun délai" in text_of(buyer.get(f"{award}lettres/"))
    sent(buyer.post(f"{award}lettres/", {}))
    letter = RejectionLetter.objects.get().get_absolute_url()
    assert "Votre réponse n’est pas retenue" in text_of(browser(loser).get(url))
    assert browser(loser).get(letter).content.startswith(b"%PDF-")
    assert browser(winner).get(letter).status_code == 404
    sent(buyer.post(f"{award}signer/", {}))
    today = timezone.localdate()
    dates = {"starts_on": (today - dt.timedelta(1)).isoformat(), "ends_on": today.isoformat()}
    assert "avant sa notification" in text_of(buyer.post(f"{award}notifier/", dates), 400)
    dates = {"starts_on": today.isoformat(), "ends_on": (today + dt.timedelta(400)).isoformat()}
    sent(buyer.post(f"{award}notifier/", dates))
    assert "Attribuée" in text_of(client_for(None).get(url))
    _ordered(room, found_award(Award.objects.get()))


def _ordered(room, award):
    """By the requester of the project, an offer of the holder; another supplier's is refused."""
    offer = make_offer(organisation=award.supplier.organisation)
    start = timezone.localdate() + dt.timedelta(days=1)
    order = create_order(
        award.consultation.project,
        actor=room.requester,
        offer=offer,
        plan="standard",
        quantities={"poste": Decimal(1)},
        starts_on=start,
        ends_on=start + dt.timedelta(days=300),
        vehicle=award.vehicle,
        supplier_vat_regime="normal",
    )
    assert order.vehicle == award.vehicle and order.supplier == award.supplier


def test_from_the_ranking_to_the_notification_by_the_api(room):
    made = concluded(room, PRICES)
    buyer, requester = (client_for_token(one.membership) for one in (room.purchasing, room.requester))
    winner, loser = (client_for_token(one.membership) for one in managers(made))
    first = made.standings[0]["responses"][0]["response"]
    body = {
        "consultation": str(made.consultation.uuid),
        "lot": 1,
        "response": first,
        "reason": "x",
    }
    assert client_for_token(None).get("/api/v1/awards/").status_code == 401
    assert requester.post("/api/v1/awards/", body, format="json").status_code == 403
    told = buyer.post("/api/v1/awards/", body, format="json")
    assert told.status_code == 201, told.content
    here = f"/api/v1/awards/{told.json()['id']}/"
    assert loser.get(here).status_code == 404 and winner.get(here).status_code == 200
    early = buyer.post(f"{here}decide/", {"checked": True}, format="json")
    assert (early.status_code, early.json()["code"]) == (400, "certificates_missing")
    for kind in ("tax", "social"):
        given = winner.post(
            f"{here}certificates/", {"kind": kind, "file": certificate(kind)}, format="multipart"
        )
        assert given.status_code == 201, given.content
    assert buyer.post(f"{here}decide/", {"checked": True}, format="json").status_code == 200
    letters = buyer.post(f"{here}send_letters/", {"voluntary": True}, format="json").json()
    assert letters["standstill_days"] == 11
    refused = buyer.post(f"{here}sign/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "standstill")
    (mine,) = loser.get("/api/v1/rejection-letters/").json()["results"]
    assert (
        mine["content"]["winner"] == "Nuage Exemple A"
        and mine["content"]["scores"][1]["reason"] == "Vaut 12."
    )
    assert winner.get("/api/v1/rejection-letters/").json()["results"] == []
    pdf = loser.get(f"/api/v1/rejection-letters/{mine['id']}/pdf/")
    assert pdf.content.startswith(b"%PDF-")
