"""Leaving: dates, exports with their hash, certificate, cost of moving, checklist; strangers first."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from marketplace.calendar_months import months_after
from marketplace.errors import MoveRefused
from marketplace.working_days import working_days_between
from procurement.exit import actions
from procurement.exit.checklist import answer, checklist_of, items
from procurement.exit.moving import moving_of
from procurement.exit.rules import OwnTerms, schedule
from procurement.models import Contract, ContractReview, ExitPlan
from tests.builders import client_for
from tests.procurement.exit.builders import HASH, make_exit, make_running_contract
from tests.procurement.order_builders import make_offer, make_purchase
from tests.procurement.test_status_loss import lose
from tests.rest.builders import client_for_token, faults, problem_of
from tests.support.racing import at_once

URL = "/api/v1/exit-plans/"


@pytest.fixture
def purchase(db):
    return make_purchase()


def text_of(response, status=200):
    assert response.status_code == status, response.content[:800]
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


@given(
    st.dates(dt.date(2025, 9, 12), dt.date(2035, 1, 1)),
    st.one_of(st.none(), st.decimals(0, 60, places=1)),
    st.one_of(st.none(), st.integers(0, 3650)),
    st.one_of(st.none(), st.integers(0, 3650)),
)
def test_dates_stay_within_what_the_law_gives(given_on, notice, transition, retrieval):
    found = schedule(given_on, OwnTerms(notice, transition, retrieval))
    assert given_on - dt.timedelta(days=1) <= found.notice_ends_on <= given_on + dt.timedelta(days=62)
    assert found.transition_ends_on <= found.notice_ends_on + dt.timedelta(days=215)
    if transition is None or transition <= 30:
        assert found.transition_ends_on <= found.notice_ends_on + dt.timedelta(days=30)
    assert found.retrieval_ends_on >= found.transition_ends_on + dt.timedelta(days=30)


def test_before_the_law_only_the_offers_own_terms_are_known():
    day = dt.date(2025, 9, 11)
    assert schedule(day, OwnTerms()).notice_ends_on is None
    assert schedule(day, OwnTerms(Decimal(3))).notice_ends_on == dt.date(2025, 12, 10)


def test_a_stranger_finds_nothing_and_the_supplier_reads_from_the_notice_on(purchase):
    plan = make_exit(purchase, make_running_contract(purchase), state="preparing")
    page = plan.get_absolute_url()
    assert client_for(None).get(page).status_code == 302
    for member in (make_purchase().requester, purchase.manager):
        assert client_for(member).get(page).status_code == 404
    actions.give_notice(plan, actor=purchase.actor("requester"), given_on=timezone.localdate())
    assert client_for(purchase.manager).get(page).status_code == 200
    assert client_for(purchase.manager).get(f"{page}clore/").status_code == 403


def test_prepared_rehearsed_exported_erased_and_closed_by_the_pages(purchase):
    contract = make_running_contract(purchase)
    client, today = client_for(purchase.requester), timezone.localdate().isoformat()
    base = f"/contrats/{contract.number}/reversibilite/"
    assert client_for(purchase.finance).get(f"{base}ouvrir/").status_code == 403
    assert client.post(f"{base}ouvrir/", {"reason": "Fin du contrat"}).status_code == 302
    assert client.get(f"{base}ouvrir/").status_code == 409
    page = ExitPlan.objects.get().get_absolute_url()
    late = client.post(f"{page}preavis/", {"given_on": "2999-01-01"})
    assert late.status_code == 400 and "given_on" in late.context["form"].errors
    assert client.post(f"{page}preavis/", {"given_on": today}).status_code == 302
    tried = {"done_on": today, "result": "partial", "note": "Deux boîtes sur trois"}
    assert client.post(f"{page}essayer/", tried).status_code == 302
    assert client.post(f"{page}exporter/", {"label": "Boîtes", "format": "MBOX"}).status_code == 302
    assert "enregistrez la réception de « Boîtes »" in text_of(client.get(page))
    assert client.post(f"{page}clore/", {}).status_code == 409
    receive = f"{page}exports/{ExitPlan.objects.get().exports.get().uuid}/"
    empty = client.post(receive, {"received_on": today})
    assert empty.status_code == 400 and "sha256" in empty.context["form"].errors
    file = SimpleUploadedFile("boites.csv", b"a;b\n1;2\n")
    wrong = client.post(receive, {"received_on": today, "sha256": HASH, "file": file})
    assert wrong.status_code == 400 and "sha256" in wrong.context["form"].errors
    file.seek(0)
    assert client.post(receive, {"received_on": today, "file": file}).status_code == 302
    assert client.get(receive).status_code == 409
    assert client.post(f"{page}effacement/", {"erased_on": today, "reference": "ATT-1"}).status_code == 302
    assert client.post(f"{page}clore/", {}).status_code == 302
    shown = text_of(client.get(page))
    assert "Sortie close" in shown and "Deux boîtes sur trois" in shown
    made = client.get(f"{page}certificat/")
    assert made["Content-Type"] == "application/pdf" and made.content.startswith(b"%PDF")
    assert client.get(f"{page}exporter/").status_code == 409


def test_the_same_by_the_api(purchase):
    contract = make_running_contract(purchase)
    api, today = client_for_token(purchase.requester), timezone.localdate().isoformat()
    body = {"contract": str(contract.uuid), "reason": "Fin"}
    problem_of(client_for_token(make_purchase().requester).post(URL, body, format="json"), 404)
    problem_of(client_for_token(purchase.finance).post(URL, body, format="json"), 403)
    made = api.post(URL, body, format="json")
    assert made.status_code == 201, made.content
    problem_of(api.post(URL, body, format="json"), 409)
    url = f"{URL}{made.json()['id']}/"
    problem_of(client_for_token(purchase.manager).get(url), 404)
    problem_of(api.get(f"{url}certificate/"), 404)
    assert api.post(f"{url}give_notice/", {"given_on": today}, format="json").json()["state"] == "running"
    asked = api.post(f"{url}request-export/", {"label": "Boîtes", "format": "MBOX"}, format="json").json()
    receipt = {"export": asked["exports"][0]["id"], "received_on": today, "sha256": "xyz"}
    assert faults(api.post(f"{url}receive-export/", receipt, format="json")) == {"sha256"}
    receipt["sha256"] = HASH
    assert api.post(f"{url}receive-export/", receipt, format="json").json()["exports"][0]["sha256"] == HASH
    problem_of(api.post(f"{url}receive-export/", receipt, format="json"), 409)
    erased = {"erased_on": today, "reference": "ATT-1"}
    assert api.post(f"{url}record-erasure/", erased, format="json").json()["erased_on"] == today
    closed = api.post(f"{url}close/", {}, format="json").json()
    assert closed["state"] == "closed" and closed["certificate_sha256"]
    assert client_for_token(purchase.manager).get(f"{url}certificate/").status_code == 200
    assert api.post(URL, body, format="json").status_code == 201


@pytest.mark.django_db(transaction=True)
def test_two_plans_opened_at_once_one_is():
    purchase = make_purchase()
    contract = make_running_contract(purchase)

    def open_one():
        return actions.open_plan(contract, actor=purchase.actor("requester"), reason="Fin").state

    assert sorted(at_once(open_one, open_one)) == ["exit_plan_open", "preparing"]


@pytest.mark.django_db
def test_a_loss_shows_each_replacement_with_the_cost_of_moving_and_leads_to_a_plan():
    purchase = make_purchase(schemes=("secnumcloud",))
    other = make_offer(trust={"secnumcloud": "in_force"})
    contract = make_running_contract(purchase, ends_on=dt.date(2027, 12, 31))
    lose(purchase.offer, status="withdrawn")
    review = ContractReview.objects.get(contract=contract)
    found = moving_of(review)
    # 10 seats at 10 € a month, two months of notice.
    assert [(line.label, line.total_eur_ht) for line in found.leaving.lines] == [("Préavis", Decimal(200))]
    assert [row.offer for row in found.replacements] == [other]
    page = f"/contrats/{contract.number}/reexamens/{review.uuid}/remplacer/"
    assert client_for(purchase.manager).get(page).status_code == 404
    shown = text_of(client_for(purchase.requester).get(page))
    assert "200,00 € HT pour quitter" in shown and other.name in shown
    said = client_for_token(purchase.requester).get(f"/api/v1/contract-reviews/{review.uuid}/moving/").json()
    assert said["leaving"][0]["total_eur_ht"] == "200.00"
    assert said["replacements"][0]["offer"] == str(other.uuid)
    contract_page = text_of(client_for(purchase.requester).get(f"/contrats/{contract.number}/"))
    assert page in contract_page and f"reversibilite/ouvrir/?reexamen={review.uuid}" in contract_page
    opened = client_for(purchase.requester).post(
        f"/contrats/{contract.number}/reversibilite/ouvrir/?reexamen={review.uuid}", {"reason": "Perte"}
    )
    assert opened.status_code == 302 and ExitPlan.objects.get().review == review


@pytest.mark.django_db
def test_a_suspension_shows_replacements_their_cost_the_notice_and_what_was_decided():
    purchase = make_purchase(schemes=("secnumcloud",))
    other = make_offer(trust={"secnumcloud": "in_force"})
    contract = make_running_contract(purchase, ends_on=dt.date(2027, 12, 31))
    lose(purchase.offer)
    review = ContractReview.objects.get(contract=contract)
    # Two months of notice from the day it was opened, as the offer says.
    assert review.leaves_on == months_after(review.opened_on, contract.notice_months) + dt.timedelta(days=1)
    assert [row.offer for row in moving_of(review).replacements] == [other]
    client, page = client_for(purchase.requester), f"/contrats/{contract.number}/"
    shown = text_of(client.get(page))
    moving = f"{page}reexamens/{review.uuid}/remplacer/"
    assert other.name in shown and moving in shown and contract.notice_on.isoformat() in shown
    assert f"reversibilite/ouvrir/?reexamen={review.uuid}" in shown
    decided = {"decision": "keep", "reason": "Suspension courte"}
    assert client.post(f"{page}reexamens/{review.uuid}/", decided).status_code == 302
    assert "Suspension courte" in text_of(client.get(moving))
    told = client_for_token(purchase.requester).get(f"/api/v1/contract-reviews/{review.uuid}/moving/").json()
    assert told["leaves_on"] == review.leaves_on.isoformat()


@pytest.mark.parametrize(
    ("ends_on", "months", "expected"),
    [
        (dt.date(2027, 12, 31), Decimal(2), months_after(dt.date(2026, 12, 31), 2) + dt.timedelta(days=1)),
        (dt.date(2027, 1, 15), Decimal(2), dt.date(2027, 1, 16)),
        (dt.date(2027, 1, 15), None, dt.date(2027, 1, 16)),
    ],
)
def test_nobody_leaves_after_the_contract_nor_before_the_notice(ends_on, months, expected):
    contract = Contract(ends_on=ends_on, notice_months=months)
    review = ContractReview(contract=contract, kind="review", opened_on=dt.date(2026, 12, 31))
    assert review.leaves_on == expected


def test_the_checklist_has_thirty_working_days(purchase):
    contract = make_running_contract(purchase)
    signed = timezone.localdate(contract.signed_at)
    found = checklist_of(contract)
    assert working_days_between(signed, found.due_on) == 30
    assert found.left == len(items(signed)) >= 8
    rssi, address = client_for(purchase.rssi), f"/contrats/{contract.number}/securite/"
    assert client_for(purchase.manager).get(address).status_code == 404
    assert client_for(purchase.finance).get(f"{address}comptes/").status_code == 403
    assert rssi.get(f"{address}inconnu/").status_code == 404
    assert "Sécuriser le service" in text_of(rssi.get("/bureau/"))
    kept = rssi.post(f"{address}comptes/", {"note": "Console, page 3"})
    assert "Console, page 3" in text_of(kept, 400)
    for outcome in ("not_applicable", "done"):
        assert rssi.post(f"{address}comptes/", {"outcome": outcome, "note": "Console"}).status_code == 302
    assert "1 point traité sur" in text_of(rssi.get(address))
    url = f"/api/v1/contracts/{contract.uuid}/security/"
    problem_of(client_for_token(purchase.manager).get(url), 404)
    api = client_for_token(purchase.rssi)
    acts = f"/api/v1/contracts/{contract.uuid}/answer-security/"
    unknown = api.post(acts, {"code": "inconnu", "outcome": "done", "note": "x"}, format="json")
    problem_of(unknown, 404)
    said = api.post(acts, {"code": "roles", "outcome": "done", "note": "Console"}, format="json").json()
    assert said["left"] == found.left - 2
    contract.terminate(actor=purchase.actor("requester"), on=signed, reason="Fin")
    with pytest.raises(MoveRefused):
        answer(contract, actor=purchase.actor("rssi"), code="roles", outcome="done", note="x")
