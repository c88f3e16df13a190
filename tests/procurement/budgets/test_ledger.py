"""What orders take of ceilings: compared in the ceiling's own basis, given back, told at 80 and 100 %."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import PriceLine
from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, RuleBroken
from marketplace.money import round_eur
from marketplace.notifications.models import Notification, OutgoingEmail
from procurement.actions import order_drafts, orders
from procurement.actions.order_checks import missing_before_opinions
from procurement.budgets.amounts import committed_amounts
from procurement.budgets.ledger import used_of
from procurement.budgets.lines import close_line, create_line, edit_line
from procurement.models import BudgetAlert, BudgetLine, Commitment, Order
from tests.builders import actor_for, make_member, make_organisation
from tests.procurement.budgets.builders import make_envelope, make_line
from tests.procurement.order_builders import (
    DIRECT,
    bring_to,
    make_order,
    make_project,
    make_purchase,
    make_vehicle,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase():
    return make_purchase()


def approve(order, purchase):
    return orders.approve(order, actor=purchase.actor("approver"))


def waiting(purchase, **terms):
    """1,200.00 € HT, 1,440.00 € TTC."""
    return make_order(purchase, state="awaiting_approval", **terms)


def test_an_approved_order_takes_its_amount_and_the_next_is_refused_by_name(purchase):
    line = make_line(purchase.buyer, ceiling="2000.00")
    approve(waiting(purchase, budget=line), purchase)
    taken = Commitment.objects.get()
    assert (taken.amount_eur_ht, taken.amount_eur_ttc) == (Decimal("1200.00"), Decimal("1440.00"))
    second = waiting(purchase, budget=line)
    with pytest.raises(RuleBroken) as refused:
        approve(second, purchase)
    assert (refused.value.code, set(refused.value.fields)) == ("budget_ceiling_reached", {"budget"})
    assert "Il reste 800,00\u00a0€\u00a0HT" in refused.value.message
    second.refresh_from_db()
    assert second.state == "awaiting_approval" and Commitment.objects.count() == 1


@pytest.mark.parametrize(("basis", "ceiling", "passes"), [
    ("HT", "1200.00", True), ("HT", "1199.99", False), ("TTC", "1440.00", True), ("TTC", "1439.99", False),
])  # fmt: skip
def test_a_ceiling_is_read_in_its_own_basis_to_the_cent(purchase, basis, ceiling, passes):
    line = make_line(purchase.buyer, ceiling=ceiling, basis=basis)
    order = waiting(purchase, budget=line)
    if passes:
        assert approve(order, purchase).state == "approved"
    else:
        with pytest.raises(RuleBroken):
            approve(order, purchase)


def test_an_unknown_tax_passes_no_ceiling_in_ttc(purchase):
    line = make_line(purchase.buyer, basis="TTC")
    order = waiting(purchase, budget=line, supplier_vat_regime="")
    with pytest.raises(RuleBroken) as refused:
        approve(order, purchase)
    assert refused.value.code == "budget_tax_unknown"


def test_an_envelope_in_ttc_counts_nothing_more_after_an_unknown_tax(purchase):
    approve(waiting(purchase, supplier_vat_regime=""), purchase)
    make_envelope(purchase.project, ceiling="90000.00", basis="TTC")
    with pytest.raises(RuleBroken) as refused:
        approve(waiting(purchase), purchase)
    assert refused.value.code == "budget_tax_unknown" and set(refused.value.fields) == {"project"}


def test_the_envelope_of_the_project_counts_without_being_named(purchase):
    approve(waiting(purchase), purchase)
    envelope = make_envelope(purchase.project, ceiling="2000.00")
    assert used_of(envelope) == (Decimal("1200.00"), 0)
    with pytest.raises(RuleBroken) as refused:
        approve(waiting(purchase), purchase)
    assert set(refused.value.fields) == {"project"}


def test_every_ceiling_holds_or_nothing_is_taken(purchase):
    line = make_line(purchase.buyer)
    vehicle = make_vehicle(purchase.buyer, maximum_eur=Decimal("1500"))
    first, second = (waiting(purchase, budget=line, vehicle=vehicle) for _ in range(2))
    approve(first, purchase)
    with pytest.raises(RuleBroken) as refused:
        approve(second, purchase)
    assert refused.value.code == "vehicle_maximum_reached"
    assert used_of(line) == (Decimal("1200.00"), 0)


@pytest.mark.parametrize("how", ["cancel", "refuse", "reopen"])
def test_what_does_not_happen_is_given_back(purchase, how):
    line = make_line(purchase.buyer, ceiling="1200.00")
    terms = {**DIRECT, "state": "sent"} if how == "refuse" else {"state": "approved"}
    order = make_order(purchase, budget=line, **terms)
    act = {
        "cancel": lambda: orders.cancel(order, actor=purchase.actor("requester"), reason="Abandon"),
        "refuse": lambda: orders.refuse(order, actor=purchase.actor("manager"), reason="Complet"),
        "reopen": lambda: orders.reopen(order, actor=purchase.actor("requester")),
    }
    act[how]()
    assert used_of(line) == (Decimal("0.00"), 0)
    released = Commitment.objects.get()
    assert released.release_reason == how and released.released_at is not None
    assert approve(waiting(purchase, budget=line), purchase).state == "approved"


def test_alerts_are_told_once_when_passed_and_again_after_falling_under(purchase):
    finance = make_member(Role.FINANCE, organisation=purchase.buyer).user
    line = make_line(purchase.buyer, ceiling="1500.00")
    subject = f"Budget {line.number} : 80 % du plafond"

    def told():
        return Notification.objects.filter(user=finance, subject=subject).count()

    order = approve(waiting(purchase, budget=line), purchase)
    assert told() == 1 and OutgoingEmail.objects.filter(subject__contains=subject).exists()
    assert BudgetAlert.objects.get(ended_at=None).threshold == 80
    orders.cancel(order, actor=purchase.actor("requester"), reason="Abandon")
    assert not BudgetAlert.objects.filter(ended_at=None).exists() and told() == 1
    approve(waiting(purchase, budget=line), purchase)
    assert told() == 2


def test_both_thresholds_are_told_when_one_order_passes_them(purchase):
    line = make_line(purchase.buyer, ceiling="1200.00")
    approve(waiting(purchase, budget=line), purchase)
    assert sorted(BudgetAlert.objects.values_list("threshold", flat=True)) == [80, 100]


def test_a_vehicle_is_watched_too(purchase):
    buyer = make_member(Role.PURCHASING, organisation=purchase.buyer).user
    vehicle = make_vehicle(purchase.buyer, maximum_eur=Decimal("1300"))
    approve(waiting(purchase, vehicle=vehicle), purchase)
    assert Notification.objects.filter(user=buyer, subject__contains="80 % du maximum").count() == 1


def usage_priced(purchase):
    """The seat is counted by the hour; the frozen version is changed past its trigger."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        PriceLine.objects.filter(plan__version__offer=purchase.offer, code="poste").update(period="hour")
        cursor.execute("SET LOCAL session_replication_role = origin")


def test_an_order_by_usage_states_its_maximum_and_engages_it(purchase):
    usage_priced(purchase)
    order = make_order(purchase)
    total = order.total_eur_ht
    assert set(missing_before_opinions(order)) == {"maximum_eur_ht"}
    order_drafts.edit_order(order, actor=purchase.actor("requester"), maximum_eur_ht=total - Decimal("0.01"))
    assert set(missing_before_opinions(order)) == {"maximum_eur_ht"}
    line = make_line(purchase.buyer, ceiling="1000.00")
    terms = {"maximum_eur_ht": Decimal("900.00"), "budget": line}
    order_drafts.edit_order(order, actor=purchase.actor("requester"), **terms)
    bring_to(order, "approved", purchase)
    taken = Commitment.objects.get()
    assert (taken.amount_eur_ht, taken.amount_eur_ttc) == (Decimal("900.00"), Decimal("1080.00"))


def test_the_maximum_and_the_line_are_bound_by_the_approval(purchase):
    order = make_order(purchase)
    before = order.content_hash()
    order.maximum_eur_ht = Decimal("2000.00")
    assert order.content_hash() != before
    order.maximum_eur_ht, order.budget = None, make_line(purchase.buyer)
    assert order.content_hash() != before


def test_lines_that_an_order_may_not_name(purchase):
    other = make_project(purchase.buyer, by=purchase.requester)
    closed = make_line(purchase.buyer)
    close_line(closed, actor=actor_for(Role.FINANCE, organisation=purchase.buyer))
    for line in (
        make_line(make_organisation()),
        make_line(purchase.buyer, project=other),
        make_envelope(other),
        closed,
    ):
        with pytest.raises(RuleBroken) as refused:
            make_order(purchase, budget=line)
        assert set(refused.value.fields) == {"budget"}
    assert make_order(purchase, budget=make_line(purchase.buyer, project=purchase.project)).budget


def test_a_line_closed_meanwhile_takes_nothing(purchase):
    line = make_line(purchase.buyer)
    order = waiting(purchase, budget=line)
    close_line(line, actor=actor_for(Role.FINANCE, organisation=purchase.buyer))
    with pytest.raises(RuleBroken) as refused:
        approve(order, purchase)
    assert refused.value.code == "budget_closed"


def test_a_ceiling_is_not_lowered_under_what_is_committed(purchase):
    line, actor = make_line(purchase.buyer), actor_for(Role.FINANCE, organisation=purchase.buyer)
    approve(waiting(purchase, budget=line), purchase)
    with pytest.raises(RuleBroken) as refused:
        edit_line(line, actor=actor, ceiling_eur=Decimal("1199.99"))
    assert set(refused.value.fields) == {"ceiling_eur"}
    with pytest.raises(RuleBroken):
        edit_line(line, actor=actor, ceiling_eur=Decimal("1439.99"), basis="TTC")
    assert edit_line(line, actor=actor, ceiling_eur=Decimal("1200.00")).ceiling_eur == Decimal("1200.00")
    close_line(line, actor=actor)
    with pytest.raises(MoveRefused):
        edit_line(line, actor=actor, ceiling_eur=Decimal("9000.00"))


@pytest.mark.parametrize(("values", "field"), [
    ({"ceiling_eur": Decimal("-1")}, "ceiling_eur"),
    ({"ceiling_eur": Decimal("0")}, "ceiling_eur"),
    ({"ceiling_eur": Decimal("123456789012345")}, "ceiling_eur"),
    ({"ceiling_eur": Decimal("NaN")}, "ceiling_eur"),
    ({"year": None}, "year"),
    ({"year": 1999}, "year"),
    ({"kind": "project", "year": None}, "project"),
])  # fmt: skip
def test_what_is_refused_names_its_field(purchase, values, field):
    terms = {
        "kind": "line", "label": "x", "ceiling_eur": Decimal(1), "basis": "HT", "source": "x", "year": 2027
    }  # fmt: skip
    with pytest.raises(RuleBroken) as refused:
        create_line(actor=actor_for(Role.FINANCE, organisation=purchase.buyer), **{**terms, **values})
    assert set(refused.value.fields) == {field}


def test_a_project_has_one_envelope(purchase):
    make_envelope(purchase.project)
    with pytest.raises(RuleBroken) as refused:
        make_envelope(purchase.project)
    assert set(refused.value.fields) == {"project"}


def test_the_database_keeps_commitments_as_they_were(purchase):
    approve(waiting(purchase), purchase)
    for change in ({"amount_eur_ht": Decimal("1.00")}, {"made_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Commitment.objects.update(**change)


def test_figures_of_many_lines_are_those_of_each(purchase):
    lines = [
        make_line(purchase.buyer),
        make_line(purchase.buyer, basis="TTC"),
        make_envelope(purchase.project),
        make_line(purchase.buyer),
    ]
    for line in lines[:2]:
        approve(waiting(purchase, budget=line), purchase)
    for line in BudgetLine.objects.for_pages():
        assert (line.committed_eur, line.unknown) == used_of(line)
    found = {line.pk: line.committed_eur for line in BudgetLine.objects.for_pages()}
    assert [found[line.pk] for line in lines] == [Decimal(n) for n in ("1200", "1440", "2400", "0")]


amounts = st.decimals(min_value="0.01", max_value="999999999.99", places=2)


@given(maximum=amounts, rate=st.sampled_from(["20.0", "8.5", "0"]))
def test_the_tax_of_a_maximum_is_rounded_once(maximum, rate):
    order = Order(
        total_eur_ht=Decimal(1),
        total_eur_ttc=Decimal("1.20"),
        maximum_eur_ht=maximum,
        vat_lines=[{"rate": rate}],
    )
    taken = committed_amounts(order)
    assert taken.ttc == maximum + round_eur(maximum * Decimal(rate) / 100)
    order.total_eur_ttc = None
    assert committed_amounts(order).ttc is None
