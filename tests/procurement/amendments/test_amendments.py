"""Amendments, renewals, partial terminations: the same ceilings, on the whole."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from procurement.actions import contracts
from procurement.amendments import actions
from procurement.amendments.totals import total_with
from procurement.budgets.ledger import used_of
from procurement.models import Amendment, Commitment
from tests.builders import client_for, make_member
from tests.procurement.amendments.builders import LATER, make_amendment, make_contract
from tests.procurement.approval.builders import make_delegation
from tests.procurement.budgets.builders import make_line
from tests.procurement.order_builders import END, make_purchase, make_vehicle
from tests.rest.builders import client_for_token, faults, problem_of
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db
URL = "/api/v1/amendments/"


@pytest.fixture
def purchase():
    return make_purchase()


def written(purchase, contract, **values):
    return make_amendment(contract, actor=purchase.actor("requester"), **values)


def approved(purchase, contract, **values):
    return actions.approve(written(purchase, contract, **values), actor=purchase.actor("approver"))


def test_ceilings_hold_the_order_and_everything_added_since(purchase):
    line = make_line(purchase.buyer, ceiling="2000.00")
    contract = make_contract(purchase, budget=line)
    approved(purchase, contract, delta="600.00")
    assert used_of(line) == (Decimal("1800.00"), 0)
    assert total_with(contract) == Decimal("1800.00")
    with pytest.raises(RuleBroken) as refused:
        approved(purchase, contract, kind="renewal", delta="200.01", new_ends_on=LATER)
    assert refused.value.code == "budget_ceiling_reached"
    assert approved(purchase, contract, kind="renewal", delta="200.00", new_ends_on=LATER).state == "approved"


def test_a_ceiling_in_ttc_takes_the_tax_of_the_change(purchase):
    line = make_line(purchase.buyer, ceiling="2160.00", basis="TTC")
    contract = make_contract(purchase, budget=line)
    approved(purchase, contract, delta="600.00")
    assert used_of(line) == (Decimal("2160.00"), 0)


def test_a_partial_termination_gives_back_even_on_a_closed_line(purchase):
    from procurement.budgets.lines import close_line

    line = make_line(purchase.buyer, ceiling="1200.00")
    contract = make_contract(purchase, budget=line)
    close_line(line, actor=purchase.actor("finance"))
    approved(purchase, contract, kind="partial_termination", delta="-400.00")
    assert used_of(line) == (Decimal("800.00"), 0)


def test_the_maximum_of_the_vehicle_holds_renewals(purchase):
    vehicle = make_vehicle(purchase.buyer, maximum_eur=Decimal("1700"))
    contract = make_contract(purchase, vehicle=vehicle)
    with pytest.raises(RuleBroken) as refused:
        approved(purchase, contract, delta="600.00")
    assert refused.value.code == "vehicle_maximum_reached"
    assert not Amendment.objects.approved().exists() and Commitment.objects.count() == 1


def test_without_a_vehicle_the_whole_stays_under_the_threshold(purchase):
    contract = make_contract(purchase, vehicle=None, below_threshold_reason="Isolé")
    with pytest.raises(RuleBroken) as refused:
        written(purchase, contract, delta="58800.00")
    assert set(refused.value.fields) == {"delta_eur_ht"}
    assert written(purchase, contract, delta="58799.99").state == "proposed"


def test_the_delegation_covers_the_whole_not_the_change(purchase):
    contract = make_contract(purchase)
    made = written(purchase, contract, delta="600.00")
    purchase.approver.grants.update(ceiling_eur=Decimal("1799.99"))
    with pytest.raises(NotAllowed, match="plafond"):
        actions.approve(made, actor=purchase.actor("approver"))
    purchase.approver.grants.update(ceiling_eur=Decimal("1800.00"))
    assert actions.approve(made, actor=purchase.actor("approver")).state == "approved"


def test_nobody_approves_what_they_wrote_nor_for_who_wrote_it(purchase):
    from tests.builders import grant

    contract = make_contract(purchase)
    grant(purchase.approver, Role.REQUESTER)
    made = make_amendment(contract, actor=purchase.actor("approver"))
    with pytest.raises(NotAllowed, match="Vous avez écrit"):
        actions.approve(made, actor=purchase.actor("approver"))
    deputy = make_member(Role.FINANCE, organisation=purchase.buyer)
    make_delegation(purchase.approver, deputy)
    with pytest.raises(NotAllowed):
        actions.approve(made, actor=Actor.of(deputy))
    other = written(purchase, contract)
    assert actions.approve(other, actor=Actor.of(deputy)).decided_by == deputy.user


def test_a_renewal_moves_the_last_day_and_binds_its_content(purchase):
    contract = make_contract(purchase)
    made = approved(purchase, contract, kind="renewal", delta="1200.00", new_ends_on=LATER)
    contract.refresh_from_db()
    assert contract.ends_on == LATER and made.content_sha256 == made.content_hash()
    with pytest.raises(MoveRefused):
        actions.refuse(made, actor=purchase.actor("approver"), reason="Trop tard")


@pytest.mark.parametrize(("values", "field"), [
    ({"kind": "renewal", "delta": "100.00"}, "new_ends_on"),
    ({"kind": "renewal", "delta": "100.00", "new_ends_on": END}, "new_ends_on"),
    ({"kind": "renewal", "delta": "-1.00", "new_ends_on": LATER}, "delta_eur_ht"),
    ({"kind": "partial_termination", "delta": "1.00"}, "delta_eur_ht"),
    ({"kind": "partial_termination", "delta": "-1200.01"}, "delta_eur_ht"),
    ({"kind": "partial_termination", "delta": "-1.00", "new_ends_on": LATER}, "new_ends_on"),
    ({"delta": "0.00"}, "delta_eur_ht"),
    ({"delta": "123456789012345.00"}, "delta_eur_ht"),
    ({"delta": "1.001"}, "delta_eur_ht"),
    ({"delta": "NaN"}, "delta_eur_ht"),
    ({"delta": "0.00", "new_ends_on": dt.date(2020, 2, 29)}, "new_ends_on"),
])  # fmt: skip
def test_what_is_refused_names_its_field(purchase, values, field):
    with pytest.raises(RuleBroken) as refused:
        written(purchase, make_contract(purchase), **values)
    assert set(refused.value.fields) == {field}


def test_a_contract_that_is_over_changes_no_more(purchase):
    contract = make_contract(purchase)
    made = written(purchase, contract)
    contracts.terminate_contract(contract, actor=purchase.actor("requester"), reason="Perte")
    with pytest.raises(MoveRefused):
        actions.approve(made, actor=purchase.actor("approver"))
    with pytest.raises(MoveRefused):
        written(purchase, contract)


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deltas=st.lists(st.integers(min_value=-150_000, max_value=300_000), max_size=5))
def test_what_is_committed_is_always_the_order_and_what_was_approved(purchase, deltas):
    line = make_line(purchase.buyer, ceiling="4000.00")
    contract = make_contract(purchase, budget=line)
    expected = Decimal("1200.00")
    for cents in deltas:
        delta = Decimal(cents) / 100
        kind = "partial_termination" if delta < 0 else "amendment"
        try:
            approved(purchase, contract, kind=kind, delta=str(delta))
        except RuleBroken:
            assert not delta or expected + delta < 0 or expected + delta > 4000
        else:
            expected += delta
        assert used_of(line)[0] == expected == total_with(contract)


@pytest.mark.django_db(transaction=True)
def test_two_amendments_at_once_on_the_rest_one_passes():
    purchase = make_purchase()
    line = make_line(purchase.buyer, ceiling="2000.00")
    contract = make_contract(purchase, budget=line)
    first, second = written(purchase, contract), written(purchase, contract)
    outcomes = at_once(
        lambda: actions.approve(Amendment.objects.get(pk=first.pk), actor=purchase.actor("approver")).state,
        lambda: actions.approve(Amendment.objects.get(pk=second.pk), actor=purchase.actor("approver")).state,
    )
    assert sorted(outcomes) == ["approved", "budget_ceiling_reached"]
    assert used_of(line)[0] == Decimal("1800.00")


def text_of(response, status=200):
    assert response.status_code == status, response.content[:800]
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def test_written_approved_and_read_by_the_pages(purchase):
    contract = make_contract(purchase)
    writer, approver = client_for(purchase.requester), client_for(purchase.approver)
    address = f"/contrats/{contract.number}/avenants/ecrire/"
    typed = {"kind": "amendment", "delta_eur_ht": "600,50", "reason": "Postes en plus"}
    refused = writer.post(address, {**typed, "delta_eur_ht": "12345678901234567"})
    assert "Postes en plus" in text_of(refused, 400) and "delta_eur_ht" in refused.context["form"].errors
    assert approver.get(address).status_code == 403
    assert writer.post(address, typed).status_code == 302
    made = Amendment.objects.get()
    page = made.get_absolute_url()
    assert "1 800,50 € HT" in text_of(writer.get(page))
    assert client_for(purchase.manager).get(page).status_code == 404
    assert writer.get(f"{page}approuver/").status_code == 403
    assert approver.post(f"{page}approuver/", {"version": "1"}).status_code == 302
    assert approver.get(f"{page}approuver/").status_code == 409
    read = text_of(client_for(purchase.manager).get(page))
    assert "600,50 € HT" in read and str(purchase.requester.user) not in read
    assert "1 800,50 € HT" in text_of(writer.get(f"/contrats/{contract.number}/"))
    assert client_for(make_purchase().requester).get(page).status_code == 404


def test_the_same_by_the_api(purchase):
    contract = make_contract(purchase)
    api = client_for_token(purchase.requester)
    body = {
        "contract": str(contract.uuid), "kind": "renewal", "delta_eur_ht": "1200.00", "reason": "Un an",
        "new_ends_on": LATER.isoformat(),
    }  # fmt: skip
    problem_of(client_for_token(purchase.approver).post(URL, body, format="json"), 403)
    problem_of(client_for_token(make_purchase().requester).post(URL, body, format="json"), 404)
    assert faults(api.post(URL, {**body, "new_ends_on": None}, format="json")) == {"new_ends_on"}
    assert faults(api.post(URL, {**body, "delta_eur_ht": "1e15"}, format="json")) == {"delta_eur_ht"}
    made = api.post(URL, body, format="json")
    assert made.status_code == 201, made.content
    url = f"{URL}{made.json()['id']}/"
    assert client_for_token(purchase.manager).get(URL).json()["count"] == 0
    problem_of(api.post(f"{url}approve/", {}, format="json"), 403)
    said = client_for_token(purchase.approver).post(f"{url}approve/", {}, format="json")
    assert said.json()["state"] == "approved", said.content
    assert client_for_token(purchase.manager).get(url).json()["delta_eur_ht"] == "1200.00"
    problem_of(api.post(f"{url}withdraw/", {"reason": "Non"}, format="json"), 409)
