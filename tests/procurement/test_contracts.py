"""Contracts (S16): the page, what the clock decides, moves and decisions."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from marketplace.errors import MoveRefused
from procurement.actions.contracts import close_due_contracts, decide_review, end_contract, terminate_contract
from procurement.models import Contract, ContractReview
from tests.builders import client_for
from tests.procurement.order_builders import make_offer, make_order, make_purchase
from tests.procurement.test_orders_pages import text_of
from tests.procurement.test_status_loss import lose
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db

MOVES = {
    "start_ending": ({"active"}, "ending"),
    "end": ({"active", "ending"}, "ended"),
    "terminate": ({"active", "ending"}, "terminated"),
}


@pytest.fixture
def purchase():
    return make_purchase(schemes=("secnumcloud",))


@pytest.fixture
def contract(purchase):
    return make_order(purchase, state="acknowledged").contract


def page(contract):
    return f"/contrats/{contract.number}/"


def test_the_table_is_the_one_of_the_model():
    assert {name: (set(move.sources), move.target) for name, move in Contract.MOVES.items()} == MOVES


@pytest.mark.parametrize("state", ["ended", "terminated"])
def test_a_closed_contract_moves_no_more(purchase, contract, state):
    actor = purchase.actor("requester")
    if state == "ended":
        contract.end(actor=actor, on=timezone.localdate())
    else:
        terminate_contract(contract, actor=actor, reason="Perte")
    for act in (contract.start_ending, contract.end, contract.terminate):
        extra = {} if act == contract.start_ending else {"on": timezone.localdate(), "reason": "x"}
        with pytest.raises(MoveRefused):
            act(actor=actor, **extra)


def test_a_stranger_finds_nothing_and_both_sides_read(purchase, contract):
    assert client_for(None).get(page(contract)).status_code == 302
    assert client_for(make_purchase().requester).get(page(contract)).status_code == 404
    assert client_for(make_purchase().manager).get(page(contract)).status_code == 404
    for who in (purchase.requester, purchase.manager):
        html = text_of(client_for(who).get(page(contract)))
        assert "Date limite pour dénoncer" in html and "31 octobre 2027" in html
        assert "Récupération des données" in html and "30 jours" in html


def test_the_status_of_today_stands_beside_that_of_the_signature(purchase, contract):
    purchase.offer.effective_trust.update(status="suspended")
    html = text_of(client_for(purchase.requester).get(page(contract)))
    row = html.rsplit("Statuts à la signature et aujourd’hui", 1)[1].split("</tbody>")[0]
    assert "SecNumCloud en vigueur" in row and "suspendue" in row.lower()


def test_a_loss_is_told_on_the_page_with_replacements(purchase, contract):
    good = make_offer(trust={"secnumcloud": "in_force"})
    lose(purchase.offer, status="withdrawn")
    html = text_of(client_for(purchase.requester).get(page(contract)))
    assert "Clause de sortie ouverte" in html and "1 offre peut la remplacer" in html and good.name in html
    assert "Clause de sortie" not in text_of(client_for(purchase.manager).get(page(contract)))
    desk = text_of(client_for(purchase.requester).get("/bureau/"))
    assert "Décider de la suite : clause de sortie" in desk


def test_a_suspension_speaks_of_review_not_of_exit(purchase, contract):
    lose(purchase.offer)
    html = text_of(client_for(purchase.requester).get(page(contract)))
    assert "Réexamen ouvert" in html and "Suspendue n’est pas retirée" in html
    assert "Clause de sortie ouverte" not in html


def test_the_decision_is_recorded_once(purchase, contract):
    lose(purchase.offer)
    review = ContractReview.objects.get()
    client = client_for(purchase.requester)
    address = f"{page(contract)}reexamens/{review.uuid}/"
    assert client_for(purchase.approver).get(address).status_code == 403
    assert client.post(address, {"decision": "keep"}).status_code == 400
    assert client.post(address, {"decision": "keep", "reason": "Suspension courte"}).status_code == 302
    review.refresh_from_db()
    assert (review.decision, review.decided_by) == ("keep", purchase.requester.user)
    assert client.post(address, {"decision": "leave", "reason": "Autre"}).status_code == 409
    with pytest.raises(MoveRefused):
        decide_review(review, actor=purchase.actor("requester"), decision="leave", reason="x")


def test_a_review_of_another_contract_is_not_found(purchase, contract):
    other = make_order(make_purchase(), state="acknowledged").contract
    review = ContractReview.objects.create(
        contract=other,
        event_uuid="00000000-0000-4000-8000-000000000001",
        kind="review",
        scheme="hds",
        status="suspended",
        opened_on=timezone.localdate(),
    )
    assert client_for(purchase.requester).get(f"{page(contract)}reexamens/{review.uuid}/").status_code == 404


def test_it_ends_by_the_clock_before_anybody_journals_it(purchase, contract):
    after = dt.datetime(2028, 1, 1, 9, tzinfo=dt.UTC)
    with time_machine.travel(after, tick=False):
        assert contract.state_today == "ended" and contract.state == "active"
        assert "Terminé" in text_of(client_for(purchase.requester).get(page(contract)))
        assert close_due_contracts(on=dt.date(2028, 1, 1)) == 1
        assert close_due_contracts(on=dt.date(2028, 1, 1)) == 0
    contract.refresh_from_db()
    assert (contract.state, contract.closed_on) == ("ended", dt.date(2027, 12, 31))


def test_its_last_day_is_still_its_own(contract):
    assert contract.state_on(contract.ends_on) == "active"
    assert contract.state_on(contract.ends_on + dt.timedelta(days=1)) == "ended"


def test_before_its_first_day_it_is_to_come_everywhere(purchase, contract):
    """By the model, by the rows it is filtered in, by the API and its filter."""
    states = {"2026-12-10": "upcoming", "2027-06-01": "active", "2028-06-01": "ended"}
    for day, state in states.items():
        with time_machine.travel(dt.datetime.fromisoformat(f"{day}T09:00:00+00:00"), tick=False):
            assert contract.state_today == state
            for other in states.values():
                found = Contract.objects.in_phase(other, day=timezone.localdate())
                assert list(found) == ([contract] if other == state else []), (day, other)
            api = client_for_token(purchase.requester)
            told = api.get(f"/api/v1/contracts/?state={state}").json()["results"]
            assert [one["state"] for one in told] == [state]
            assert api.get("/api/v1/contracts/?state=terminated").json()["count"] == 0
    contract.state = "ending"
    assert contract.state_on(dt.date(2026, 12, 10)) == "ending"


def test_what_is_to_come_is_told_on_pages_and_on_the_desk(purchase, contract):
    with time_machine.travel(dt.datetime(2026, 12, 10, 9, tzinfo=dt.UTC), tick=False):
        client = client_for(purchase.requester)
        shown = text_of(client.get(page(contract)))
        assert "À venir" in shown and "commence le 1er janvier 2027" in shown
        assert contract.number in text_of(client.get("/contrats/?etat=upcoming"))
        assert "Aucun contrat dans cet état" in text_of(client.get("/contrats/?etat=active"))
        assert client.get("/contrats/?etat=jamais").status_code == 400
        assert "Préparer le début du contrat, à venir" in text_of(client.get("/bureau/"))


def test_before_its_term_one_terminates(purchase, contract):
    with pytest.raises(MoveRefused, match="résiliez-le"):
        end_contract(contract, actor=purchase.actor("requester"), reason="Fini")
    client = client_for(purchase.requester)
    assert client.post(page(contract) + "resilier/", {"reason": ""}).status_code == 400
    assert client.post(page(contract) + "resilier/", {"reason": "Qualification perdue"}).status_code == 302
    assert "Qualification perdue" in text_of(client.get(page(contract)))
    assert (
        client_for(purchase.manager).post(page(contract) + "annoncer-la-fin/", {"reason": "x"}).status_code
        == 403
    )


def test_the_list_shows_each_side_its_own(purchase, contract):
    for who in (purchase.requester, purchase.manager):
        assert contract.number in text_of(client_for(who).get("/contrats/"))
    assert contract.number not in text_of(client_for(make_purchase().requester).get("/contrats/"))
