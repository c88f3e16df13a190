"""Ceilings stated HT or TTC: each is judged in its own basis, on the whole, and never on what is unknown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.readings import read, together
from marketplace.tax_basis import Amounts, TaxBasis
from procurement.actions import orders, vehicles
from procurement.actions.order_checks import missing_before_opinions, route_refusal
from procurement.amendments import desk
from procurement.amendments.actions import approve as approve_amendment
from procurement.approval.people import signers_for
from procurement.approval.steps import OrderFacts, applies, is_unjudged
from procurement.budgets.ledger import maximum_refusal
from procurement.desk_orders import purchase_rows
from procurement.models import ApprovalStep, BudgetAlert, PurchasingVehicle
from tests.builders import client_for, make_member
from tests.procurement.amendments.builders import make_amendment, make_contract
from tests.procurement.approval.builders import make_chain, step
from tests.procurement.order_builders import (
    START,
    bring_to,
    make_order,
    make_purchase,
    make_vehicle,
)
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase():
    return make_purchase()


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def spaced(answer):
    return plain(answer.content.decode())


def in_basis(purchase, maximum, basis):
    return make_vehicle(purchase.buyer, maximum_eur=Decimal(maximum), maximum_basis=basis)


# An order is worth 1,200.00 € HT, 1,440.00 € TTC.
@pytest.mark.parametrize(("maximum", "basis", "passes"), [
    ("1200.00", "HT", True), ("1199.99", "HT", False), ("1440.00", "TTC", True), ("1439.99", "TTC", False),
])  # fmt: skip
@pytest.mark.parametrize("of", ["vehicle", "lot"])
def test_a_maximum_is_compared_in_its_own_basis(purchase, maximum, basis, passes, of):
    if of == "vehicle":
        vehicle = in_basis(purchase, maximum, basis)
    else:
        vehicle = make_vehicle(purchase.buyer, kind="framework", holder=purchase.offer.supplier)
        vehicle.lots.update(maximum_eur=Decimal(maximum), maximum_basis=basis)
    order = make_order(purchase, vehicle=vehicle)
    refusal = route_refusal(order, on=START)
    assert (refusal == "") is passes
    if not passes:
        assert f"€ {basis}" in plain(refusal)
        return
    bring_to(order, "approved", purchase)
    row = vehicle if of == "vehicle" else vehicle.lots.get()
    assert row.consumed().eur == Decimal(maximum) and row.consumed().unknown == 0
    seen = type(row).objects.with_consumption().get(pk=row.pk)
    assert (seen.ordered, seen.awarded, seen.without_ttc) == (Decimal(maximum), 0, 0)


def test_a_maximum_with_tax_holds_the_changes_of_contracts_too(purchase):
    vehicle = in_basis(purchase, "2159.99", "TTC")
    contract = make_contract(purchase, vehicle=vehicle)
    made = make_amendment(contract, actor=purchase.actor("requester"), delta="600.00")
    with pytest.raises(RuleBroken, match="TTC") as refused:
        approve_amendment(made, actor=purchase.actor("approver"))
    assert refused.value.code == "vehicle_maximum_reached"
    PurchasingVehicle.objects.update(maximum_eur=Decimal("2160.00"))
    assert approve_amendment(made, actor=purchase.actor("approver")).state == "approved"
    assert BudgetAlert.objects.filter(
        vehicle=vehicle, threshold=100, committed_eur=Decimal("2160.00")
    ).exists()


def test_an_unknown_tax_is_never_under_a_maximum_with_tax(purchase):
    order = make_order(purchase, vehicle=in_basis(purchase, "999999.00", "TTC"), supplier_vat_regime="")
    assert order.total_eur_ttc is None
    refusal = missing_before_opinions(order)["vehicle"][0]
    assert "TTC" in refusal and "Complétez" in refusal
    with pytest.raises(RuleBroken, match="Complétez les renseignements de TVA"):
        bring_to(order, "awaiting_opinions", purchase)
    without = make_order(purchase, vehicle=in_basis(purchase, "1200.00", "HT"), supplier_vat_regime="")
    assert not missing_before_opinions(without)


def test_a_commitment_without_a_known_tax_makes_the_rest_unknown(purchase):
    vehicle = in_basis(purchase, "999999.00", "HT")
    make_order(purchase, vehicle=vehicle, supplier_vat_regime="", state="approved")
    PurchasingVehicle.objects.update(maximum_basis="TTC")
    vehicle.refresh_from_db()
    refusal = maximum_refusal(vehicle, None, Amounts(Decimal(1), Decimal(1)))
    assert refusal.code == "vehicle_tax_unknown" and "hors taxes" in refusal.message
    assert PurchasingVehicle.objects.with_consumption().get(pk=vehicle.pk).without_ttc == 1
    page = client_for(make_member(Role.PURCHASING, organisation=purchase.buyer)).get(
        vehicle.get_absolute_url()
    )
    assert "TTC n’est pas connu" in page.content.decode()


@pytest.mark.parametrize(("terms", "code"), [
    ({"maximum_eur": Decimal("1199.99")}, "maximum_under_committed"),
    ({"maximum_eur": Decimal("1439.99"), "maximum_basis": "TTC"}, "maximum_under_committed"),
    ({"maximum_eur": Decimal("1440.00"), "maximum_basis": "TTC"}, ""),
    ({"maximum_eur": Decimal("1200.00")}, ""),
    ({"maximum_eur": None}, ""),
])  # fmt: skip
def test_the_maximum_of_a_lot_is_not_lowered_under_what_is_committed(purchase, terms, code):
    vehicle = make_vehicle(
        purchase.buyer, kind="framework", holder=purchase.offer.supplier, maximum_eur=Decimal(5000)
    )
    make_order(purchase, vehicle=vehicle, state="approved")
    buying = make_member(Role.PURCHASING, organisation=purchase.buyer)

    def edit():
        return vehicles.edit_lot(vehicle.lots.get(), actor=Actor.of(buying), **terms)

    if not code:
        assert edit().maximum_eur == terms["maximum_eur"]
        return
    with pytest.raises(RuleBroken) as refused:
        edit()
    assert refused.value.code == code


@pytest.mark.parametrize(("least", "basis", "asked"), [
    ("1200.00", "HT", True), ("1200.01", "HT", False), ("1440.00", "TTC", True), ("1440.01", "TTC", False),
])  # fmt: skip
def test_a_step_applies_from_its_amount_in_its_basis(purchase, least, basis, asked):
    make_chain(purchase.buyer, step(Role.DNUM, least, from_basis=basis), step(Role.APPROVER))
    order = make_order(purchase, state="awaiting_approval")
    assert order.approvals.filter(role=Role.DNUM).exists() is asked


def test_a_step_with_tax_counts_the_whole_of_a_contract(purchase):
    contract = make_contract(purchase)
    chain = make_chain(purchase.buyer, step(Role.DNUM, "2160.00", from_basis="TTC"), step(Role.APPROVER))
    made = make_amendment(contract, actor=purchase.actor("requester"), delta="600.00")
    assert made.approvals.filter(role=Role.DNUM).exists()
    assert "2 160,00 € TTC" in spaced(client_for(purchase.requester).get(chain.get_absolute_url()))


def test_a_step_that_cannot_be_judged_is_said_with_what_to_give(purchase):
    make_chain(purchase.buyer, step(Role.DNUM, "999999.00", from_basis="TTC"), step(Role.APPROVER))
    order = make_order(purchase, supplier_vat_regime="")
    missing = missing_before_opinions(order)
    assert "999 999,00 € TTC" in plain(missing["supplier_vat_regime"][0])


def test_a_chain_with_tax_that_comes_after_the_draft_left_asks_its_steps(purchase):
    order = make_order(purchase, supplier_vat_regime="", state="awaiting_opinions")
    make_chain(purchase.buyer, step(Role.DNUM, "999999.00", from_basis="TTC"), step(Role.APPROVER))
    bring_to(order, "awaiting_approval", purchase)
    assert order.approvals.filter(role=Role.DNUM).exists()


def test_a_change_whose_tax_is_unknown_is_refused_by_a_chain_with_tax(purchase):
    contract = make_contract(purchase, supplier_vat_regime="")
    make_chain(purchase.buyer, step(Role.DNUM, "999999.00", from_basis="TTC"), step(Role.APPROVER))
    with pytest.raises(RuleBroken, match="hors taxes") as refused:
        make_amendment(contract, actor=purchase.actor("requester"))
    assert refused.value.code == "chain_tax_unknown"


def ceiling(purchase, amount, basis):
    purchase.approver.grants.update(ceiling_eur=Decimal(amount), ceiling_basis=basis)


@pytest.mark.parametrize(("amount", "basis", "signs"), [
    ("1200.00", "HT", True), ("1199.99", "HT", False), ("1440.00", "TTC", True), ("1439.99", "TTC", False),
])  # fmt: skip
def test_an_approver_signs_up_to_a_ceiling_in_its_basis(purchase, amount, basis, signs):
    order = make_order(purchase, state="awaiting_approval")
    ceiling(purchase, amount, basis)
    rows = read(together(purchase_rows(purchase.actor("approver"))))
    assert any(row.object_label.startswith(order.number) for part in rows for row in part) is signs
    assert (purchase.approver.user in signers_for(order)) is signs
    if signs:
        assert orders.approve(order, actor=purchase.actor("approver")).state == "approved"
        return
    with pytest.raises(NotAllowed, match=basis):
        orders.approve(order, actor=purchase.actor("approver"))


def test_an_approver_whose_ceiling_has_tax_does_not_sign_an_unknown_total(purchase):
    order = make_order(purchase, state="awaiting_approval", supplier_vat_regime="")
    ceiling(purchase, "999999.00", "TTC")
    assert signers_for(order) == []
    assert not any(read(together(purchase_rows(purchase.actor("approver")))))
    with pytest.raises(NotAllowed, match="Complétez"):
        orders.approve(order, actor=purchase.actor("approver"))


@pytest.mark.parametrize(("amount", "signs"), [("2160.00", True), ("2159.99", False)])
def test_a_ceiling_with_tax_covers_the_whole_of_a_contract(purchase, amount, signs):
    contract = make_contract(purchase)
    made = make_amendment(contract, actor=purchase.actor("requester"), delta="600.00")
    ceiling(purchase, amount, "TTC")
    assert bool(read(together(desk.rows(purchase.actor("approver"))))[0]) is signs
    if signs:
        assert approve_amendment(made, actor=purchase.actor("approver")).state == "approved"
    else:
        with pytest.raises(NotAllowed, match="TTC"):
            approve_amendment(made, actor=purchase.actor("approver"))


def test_vehicles_and_lots_say_their_basis_by_api(purchase):
    buyer = client_for_token(make_member(Role.PURCHASING, organisation=purchase.buyer))
    body = {
        "kind": "framework", "title": "Nuage", "reference": "AC-9", "holder_name": "Titulaire d’essai",
        "starts_on": "2026-01-01", "ends_on": "2027-12-31", "maximum_eur": "1440.00", "maximum_basis": "TTC",
    }  # fmt: skip
    made = buyer.post("/api/v1/purchasing-vehicles/", body, format="json").json()
    assert (made["maximum_eur"], made["maximum_basis"], made["unknown"]) == ("1440.00", "TTC", 0)
    (lot,) = buyer.get(f"/api/v1/vehicle-lots/?vehicle={made['id']}").json()["results"]
    assert lot["maximum_basis"] == "TTC"
    # What is not given stays.
    kept = buyer.patch(f"/api/v1/vehicle-lots/{lot['id']}/", {"title": "Autre"}, format="json").json()
    assert (kept["title"], kept["maximum_basis"]) == ("Autre", "TTC")
    wrong = {**body, "maximum_basis": "TVA"}
    assert buyer.post("/api/v1/purchasing-vehicles/", wrong, format="json").status_code == 400


amounts = st.decimals(min_value="0.01", max_value="999999999.99", places=2)


@given(least=amounts, ht=amounts, tax=st.one_of(st.none(), amounts), basis=st.sampled_from(TaxBasis.values))
def test_a_step_is_judged_in_one_basis_only(least, ht, tax, basis):
    row = ApprovalStep(role=Role.DNUM, from_eur=least, from_basis=basis, service_models=[])
    facts = OrderFacts(Amounts(ht, None if tax is None else ht + tax), frozenset(), False)
    compared = facts.amounts.stated(basis)
    assert applies(row, facts) is (compared is None or compared >= least)
    assert is_unjudged(row, facts) is (basis == "TTC" and tax is None)
