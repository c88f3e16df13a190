"""A counter-proposal: strangers first, then taken up, refused, withdrawn, and never under a vehicle."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from marketplace.errors import MoveRefused, RuleBroken
from procurement.actions import order_drafts, orders
from procurement.models import CounterProposal, Order
from procurement.negotiation import proposing
from tests.builders import client_for
from tests.procurement.negotiation.builders import line, make_proposal, sent_order
from tests.procurement.order_builders import END, Purchase, bring_to, make_order, make_purchase
from tests.rest.builders import client_for_token, faults, problem_of
from tests.support.racing import at_once

URL = "/api/v1/counter-proposals/"


@pytest.fixture
def purchase(db: None) -> Purchase:
    return make_purchase()


def text_of(response, status=200):
    assert response.status_code == status, response.content[:800]
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def test_strangers_find_nothing_and_each_side_does_its_own(purchase):
    proposal = make_proposal(purchase)
    page = proposal.get_absolute_url()
    assert client_for(None).get(page).status_code == 302
    other = make_purchase()
    for member in (other.requester, other.manager):
        assert client_for(member).get(page).status_code == 404
    assert client_for(purchase.manager).get(f"{page}accepter/").status_code == 403
    assert client_for(purchase.requester).get(f"{page}retirer/").status_code == 403
    assert client_for(purchase.finance).get(f"{page}accepter/").status_code == 403


def test_proposed_and_accepted_by_the_pages(purchase):
    order = sent_order(purchase)
    supplier, buyer = client_for(purchase.manager), client_for(purchase.requester)
    page = f"/commandes/{order.number}/contre-proposition/"
    assert page in text_of(supplier.get(f"/commandes/{order.number}/"))
    assert page not in text_of(buyer.get(f"/commandes/{order.number}/"))
    nothing = supplier.post(page, {"reason": "Rien", "qte-poste": "10", "prix-poste": "10"})
    assert "Rien ne change" in text_of(nothing, 400)
    typed = {"reason": "Tarif tenu", "qte-poste": "12", "prix-poste": "9,5", "terms": "Reprise sous 4 heures"}
    wrong = text_of(supplier.post(page, {**typed, "ends_on": "2020-01-01"}), 400)
    assert "précède le début" in wrong and "Reprise sous 4 heures" in wrong
    assert supplier.post(page, typed).status_code == 302
    proposal = CounterProposal.objects.get()
    here = proposal.get_absolute_url()
    shown = text_of(buyer.get(here))
    # 12 seats at 9.50 € for 12 months.
    assert "1 368,00 €" in shown and "1 200,00 €" in shown and "Tarif tenu" in shown
    assert "contre-proposition" in text_of(buyer.get("/bureau/"))
    assert page not in text_of(supplier.get(f"/commandes/{order.number}/"))
    assert supplier.get(page).status_code == 409
    assert supplier.post(page, typed).status_code == 409
    assert buyer.post(f"{here}accepter/", {}).status_code == 302
    made = Order.objects.get(counter_proposal=proposal)
    order.refresh_from_db()
    assert (order.state, made.state, made.total_eur_ht) == ("replaced", "draft", Decimal("1368.00"))
    assert made.agreed_terms == "Reprise sous 4 heures"
    assert "Remplacé" in text_of(supplier.get(f"/commandes/{order.number}/"))
    assert supplier.get(f"/commandes/{made.number}/").status_code == 404


def test_what_is_taken_up_goes_through_the_whole_chain_and_keeps_its_price(purchase):
    order = sent_order(purchase)
    assert order.commitments.living().count() == 1
    proposing.accept(make_proposal(purchase, order), actor=purchase.actor("requester"))
    assert not order.commitments.living().exists()
    made = Order.objects.get(counter_proposal__order=order)
    assert (made.approved_hash, made.sent_number, made.commitment_number) == ("", None, "")
    # Written again with another quantity, the agreed price stays; another offer's price it is not.
    order_drafts.edit_order(made, actor=purchase.actor("requester"), quantities={"poste": Decimal(20)})
    assert made.total_eur_ht == Decimal("2280.00")
    assert "prix convenu" in made.lines.get().label
    bring_to(made, "acknowledged", purchase)
    assert made.sent_number != order.sent_number
    assert made.contract.order == made
    order_drafts_hash = made.content_hash()
    assert made.approved_hash == order_drafts_hash


def test_repriced_on_todays_offer_it_is_negotiated_no_more(purchase):
    proposing.accept(make_proposal(purchase), actor=purchase.actor("requester"))
    made = Order.objects.get(counter_proposal__isnull=False)
    order_drafts.edit_order(made, actor=purchase.actor("requester"), reprice=True)
    assert made.counter_proposal is None and made.total_eur_ht == Decimal("1200.00")


def test_under_a_vehicle_the_holder_only_acknowledges(purchase):
    order = make_order(purchase, state="sent")
    page = f"/commandes/{order.number}/contre-proposition/"
    assert client_for(purchase.manager).get(page).status_code == 409
    with pytest.raises(MoveRefused, match="sans le refuser ni le négocier"):
        make_proposal(purchase, order)
    values = {"number": "CPR-X", "order": order, "reason": "x", "written_by": purchase.manager.user}
    with pytest.raises(IntegrityError, match="nothing is negotiated"), transaction.atomic():
        CounterProposal.objects.create(**values)
    other = make_proposal(purchase)
    proposing.accept(other, actor=purchase.actor("requester"))
    made = Order.objects.get(counter_proposal=other)
    with pytest.raises(RuleBroken) as refused:
        order_drafts.edit_order(made, actor=purchase.actor("requester"), vehicle=order.vehicle)
    assert set(refused.value.fields) == {"vehicle"}
    with pytest.raises(IntegrityError, match="order_negotiated_without_vehicle"), transaction.atomic():
        Order.objects.filter(pk=made.pk).update(vehicle=order.vehicle)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"lines": {"inconnu": line("1", "1")}}, "inconnu"),
        ({"lines": {"poste": line("1", "0.0000001")}}, "poste"),
        ({"lines": {"poste": line("-1", "1")}}, "poste"),
        ({"lines": {"poste": line("0", "10")}}, "quantities"),
        ({"lines": {}}, "reason"),
        ({"ends_on": dt.date(2020, 1, 1)}, "ends_on"),
    ],
)
def test_what_cannot_be_ordered_is_not_proposed(purchase, values, field):
    with pytest.raises(RuleBroken) as refused:
        make_proposal(purchase, **values)
    assert field in refused.value.fields
    assert not CounterProposal.objects.exists()


def test_refused_the_order_stands_and_answered_the_proposal_lapses(purchase):
    order = sent_order(purchase)
    proposal = make_proposal(purchase, order)
    proposing.refuse(proposal, actor=purchase.actor("requester"), reason="Le prix de l’offre vaut")
    order.refresh_from_db()
    assert (proposal.state, order.state) == ("refused", "sent")
    second = make_proposal(purchase, order, lines={}, ends_on=END - dt.timedelta(days=31))
    orders.acknowledge(order, actor=purchase.actor("manager"))
    second.refresh_from_db()
    assert (second.state, order.state) == ("lapsed", "acknowledged")
    with pytest.raises(MoveRefused):
        proposing.accept(second, actor=purchase.actor("requester"))


def test_the_same_by_the_api(purchase):
    order = sent_order(purchase)
    supplier, buyer = client_for_token(purchase.manager), client_for_token(purchase.requester)
    body = {
        "order": str(order.uuid),
        "lines": [{"price_line": "poste", "quantity": "10", "unit_price_eur_ht": "9.5"}],
        "reason": "Tarif tenu",
    }
    problem_of(client_for_token(make_purchase().manager).post(URL, body, format="json"), 404)
    problem_of(buyer.post(URL, body, format="json"), 403)
    assert faults(supplier.post(URL, {"order": str(order.uuid)}, format="json")) == {"reason"}
    made = supplier.post(URL, body, format="json")
    assert made.status_code == 201, made.content
    url = f"{URL}{made.json()['id']}/"
    assert buyer.get(url).json()["lines"][0]["unit_price_eur_ht"] == "9.500000"
    assert buyer.post(f"{url}accept/", {}, format="json").json()["state"] == "accepted"
    problem_of(supplier.post(f"{url}withdraw/", {"reason": "Trop tard"}, format="json"), 409)
    told = buyer.get("/api/v1/orders/").json()["results"]
    assert {each["state"] for each in told} == {"replaced", "draft"}
    assert made.json()["id"] in {each["counter_proposal"] for each in told}


@pytest.mark.django_db(transaction=True)
def test_accepted_while_withdrawn_one_of_both_is():
    purchase = make_purchase()
    order = sent_order(purchase)
    proposal = make_proposal(purchase, order)
    mine, theirs = (CounterProposal.objects.get(pk=proposal.pk) for _ in range(2))
    outcomes = at_once(
        lambda: proposing.accept(mine, actor=purchase.actor("requester")).state,
        lambda: proposing.withdraw(theirs, actor=purchase.actor("manager")).state,
    )
    order.refresh_from_db()
    made = Order.objects.filter(counter_proposal=proposal).count()
    assert (order.state, made) == (("replaced", 1) if outcomes[0] == "accepted" else ("sent", 0))
    assert sorted(outcomes) in (["accepted", "wrong_state"], ["withdrawn", "wrong_state"])


@pytest.mark.django_db(transaction=True)
def test_accepted_while_acknowledged_one_of_both_is():
    purchase = make_purchase()
    order = sent_order(purchase)
    proposal = make_proposal(purchase, order)
    outcomes = at_once(
        lambda: proposing.accept(proposal, actor=purchase.actor("requester")).state,
        lambda: orders.acknowledge(order, actor=purchase.actor("manager")).state,
    )
    row = Order.objects.get(pk=order.pk)
    taken = Order.objects.filter(counter_proposal=proposal).count()
    assert (row.state, taken) in (("replaced", 1), ("acknowledged", 0)), outcomes
