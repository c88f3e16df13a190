"""The same by the pages and by the API: stranger first, then each act, refusals beside their field."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from procurement.evaluation.sheet import judged_criteria, responses_of
from procurement.models import ClarificationRequest, Evaluation
from tests.builders import client_for
from tests.procurement.consultation_builders import make_supplier
from tests.procurement.evaluation_builders import opened, whole
from tests.rest.builders import client_for_token

PRICES = {"Nuage Exemple A": "5.00", "Nuage Exemple B": "12.50"}
pytestmark = pytest.mark.django_db


def browser(actor):
    return client_for(actor.membership)


def text_of(answer, status=200):
    assert answer.status_code == status, answer.content.decode()[-3000:]
    return answer.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ").replace("\u202f", " ")


def sent(answer):
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    return answer.headers["Location"]


def manager_of(name, consultation):
    deposit = consultation.deposits.get(supplier__name=name)
    return make_supplier(deposit.supplier.organisation)[1]


def marks_form(made, value):
    rows = [one.response.uuid.hex for one in responses_of(made) if one.set_aside is None]
    return {
        f"{name}_{key}": said for key in rows for name, said in (("value", value), ("reason", "Parce que."))
    }


def mark_by_pages(made, client, url):
    declared = client.post(f"{url}evaluation/liens/", {"has_interest": "yes", "statement": ""})
    assert "Dites quel est ce lien" in text_of(declared, 400)
    sent(client.post(f"{url}evaluation/liens/", {"has_interest": "no"}))
    for one in judged_criteria(made):
        address = f"{url}evaluation/notes/{one.position}/"
        assert "visibles que de vous" in text_of(client.get(address))
        wrong = text_of(client.post(address, marks_form(made, "21")), 400)
        assert "Donnez une note de 0 à 20" in wrong and 'value="21"' in wrong
        sent(client.post(address, marks_form(made, "14,5")))
    sent(client.post(f"{url}evaluation/donner/", {}))


def test_from_the_opening_to_the_ranking_by_the_pages(room):
    found = opened(room, PRICES)
    url, buyer = found.get_absolute_url(), browser(room.purchasing)
    assert client_for(None).get(f"{url}evaluation/").status_code == 302
    assert browser(manager_of("Nuage Exemple A", found)).get(f"{url}evaluation/").status_code == 404
    assert "Évaluer les réponses" in text_of(buyer.get(url))
    people = {"people": [room.requester.user.pk, room.purchasing.user.pk]}
    assert "Répondez à" in text_of(buyer.post(f"{url}evaluation/commencer/", {}), 400)
    assert sent(buyer.post(f"{url}evaluation/commencer/", people)) == f"{url}evaluation/"
    made = whole(Evaluation.objects.get())
    assert "Déclarer ses liens, puis noter" in text_of(browser(room.requester).get("/bureau/"))
    low = text_of(buyer.get(f"{url}evaluation/"))
    assert "Prix inférieur de 60 % à la moyenne des autres." in low and "Évaluation" in low
    for actor in (room.requester, room.purchasing):
        mark_by_pages(made, browser(actor), url)
    sent(buyer.post(f"{url}evaluation/mise-en-commun/", {"reason": ""}))
    assert "14,5" in text_of(browser(room.requester).get(f"{url}evaluation/comparaison/"))
    _question(made, url, buyer)
    for one in judged_criteria(made):
        sent(buyer.post(f"{url}evaluation/notes-retenues/{one.position}/", marks_form(made, "12")))
    sent(buyer.post(f"{url}evaluation/classement/", {}))
    shown = text_of(buyer.get(f"{url}evaluation/comparaison/"))
    assert "rang 1" in shown and "20 × (500,00 € ÷ 1 250,00 €) = 8" in shown
    assert "Évaluée" in text_of(buyer.get(f"{url}evaluation/"))
    assert buyer.post(f"{url}evaluation/classement/", {}).status_code == 409


def _question(made, url, buyer):
    one = next(each for each in responses_of(made) if each.supplier == "Nuage Exemple A")
    here = f"{url}evaluation/reponses/{one.response.uuid}/"
    aside = {"ground": "abnormally_low", "reason": "Prix sous-évalué."}
    assert "articles L. 2152-6" in text_of(buyer.post(f"{here}ecarter/", aside), 400)
    day = timezone.localdate() + dt.timedelta(days=3)
    asked = {"kind": "low_price", "text": "Justifiez.", "answer_by": day.isoformat()}
    assert "÷" in text_of(buyer.get(f"{here}preciser/"))
    sent(buyer.post(f"{here}preciser/", asked))
    request = ClarificationRequest.objects.get()
    manager = browser(manager_of("Nuage Exemple A", made.consultation))
    assert "Précisions demandées" in text_of(manager.get(url))
    assert "Répondre à une demande de précision" in text_of(manager.get("/bureau/"))
    other = browser(manager_of("Nuage Exemple B", made.consultation))
    assert other.get(request.get_absolute_url()).status_code == 404
    assert buyer.post(request.get_absolute_url(), {"answer": "x"}).status_code == 403
    sent(manager.post(request.get_absolute_url(), {"answer": "Machines amorties."}))
    assert manager.post(request.get_absolute_url(), {"answer": "Encore."}).status_code == 409
    assert "Machines amorties." in text_of(buyer.get(request.get_absolute_url()))


def test_from_the_opening_to_the_ranking_by_the_api(room):
    found = opened(room, PRICES)
    buyer, requester = (client_for_token(one.membership) for one in (room.purchasing, room.requester))
    assert client_for_token(None).get("/api/v1/evaluations/").status_code == 401
    body = {"consultation": str(found.uuid), "people": [room.requester.user.email]}
    assert requester.post("/api/v1/evaluations/", body, format="json").status_code == 403
    bad = buyer.post("/api/v1/evaluations/", {**body, "people": ["x@y.example"]}, format="json")
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (400, "people")
    made = buyer.post("/api/v1/evaluations/", body, format="json")
    assert made.status_code == 201, made.content
    here, told = f"/api/v1/evaluations/{made.json()['id']}/", made.json()
    assert [one["missing"] for one in told["responses"]] == [[], []]
    assert [one["low_price"] is not None for one in told["responses"]] == [True, False]
    criteria = [one["id"] for one in told["criteria"] if one["kind"] != "price"]
    given = [{"response": one["response"], "value": "12.50", "reason": "Bien."} for one in told["responses"]]
    early = requester.post(f"{here}mark/", {"criterion": criteria[0], "marks": given}, format="json")
    assert (early.status_code, early.json()["code"]) == (409, "declaration_missing")
    assert (
        requester.post(f"{here}declare-interest/", {"has_interest": False}, format="json").status_code == 200
    )
    for criterion in criteria:
        done = requester.post(f"{here}mark/", {"criterion": criterion, "marks": given}, format="json")
        assert done.status_code == 200, done.content
    assert len(done.json()["marks"]) == 4
    assert buyer.get(here).json()["marks"] == []
    assert requester.post(f"{here}give/", {}, format="json").status_code == 200
    assert buyer.post(f"{here}open_consensus/", {}, format="json").status_code == 200
    assert len(buyer.get(here).json()["marks"]) == 4
    refused = buyer.post(f"{here}conclude/", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (400, "agreed_missing")
    for criterion in criteria:
        assert (
            buyer.post(f"{here}agree/", {"criterion": criterion, "marks": given}, format="json").status_code
            == 200
        )
    last = buyer.post(f"{here}conclude/", {}, format="json").json()
    assert (last["state"], [one["rank"] for one in last["responses"]]) == ("evaluated", [1, 2])
    assert last["responses"][1]["scores"][0]["arithmetic"].endswith("= 8")
