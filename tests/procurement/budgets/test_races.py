"""Approvals at once on one ceiling: exactly as many pass as fit, on real connections."""

import threading
from collections import Counter
from decimal import Decimal

import pytest
from django.db import connection

from marketplace.errors import DomainError
from procurement.actions import orders
from procurement.budgets.ledger import used_of
from procurement.budgets.lines import edit_line
from procurement.models import BudgetAlert, Commitment, Order
from tests.builders import actor_for
from tests.procurement.budgets.builders import copies_of, make_envelope, make_line
from tests.procurement.order_builders import make_order, make_purchase, make_vehicle
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS, FITTING = 200, 137
# As many connections as the server leaves to a run with two workers.
CONNECTIONS = threading.Semaphore(40)


def all_at_once(rows, actor):
    """Every thread starts together; a connection of its own each, as many as the server gives."""
    start, outcomes = threading.Barrier(len(rows)), [""] * len(rows)

    def run(rank):
        start.wait(timeout=60)
        with CONNECTIONS:
            try:
                order = Order.objects.select_related("buyer", "supplier", "offer").get(pk=rows[rank].pk)
                outcomes[rank] = orders.approve(order, actor=actor()).state
            except DomainError as refused:
                outcomes[rank] = refused.code
            finally:
                connection.close()

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(len(rows))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert not any(thread.is_alive() for thread in threads), "a deadlock"
    return Counter(outcomes)


def test_two_hundred_approvals_at_once_on_one_ceiling():
    purchase = make_purchase()
    line = make_line(purchase.buyer, ceiling=str(1200 * FITTING + 1199))
    order = make_order(purchase, state="awaiting_approval", budget=line)
    rows = [order, *copies_of(order, ORDERS - 1)]
    found = all_at_once(rows, lambda: purchase.actor("approver"))
    assert found == {"approved": FITTING, "budget_ceiling_reached": ORDERS - FITTING}
    assert used_of(line) == (Decimal(1200 * FITTING), 0)
    assert Commitment.objects.living().count() == FITTING
    assert Order.objects.filter(state="approved").count() == FITTING
    # Told once, whoever passed it.
    assert list(BudgetAlert.objects.values_list("threshold", flat=True)) == [80]


def test_orders_that_share_ceilings_two_by_two_never_lock_each_other():
    """Lines are locked by key and the vehicle last, whichever the order names."""
    purchase = make_purchase()
    make_envelope(purchase.project, ceiling="90000")
    first, second = make_line(purchase.buyer, ceiling="90000"), make_line(purchase.buyer, ceiling="90000")
    vehicles = [make_vehicle(purchase.buyer, maximum_eur=Decimal(90000)) for _ in range(2)]
    rows = []
    for line, vehicle in ((first, vehicles[0]), (second, vehicles[1]), (first, vehicles[1])):
        order = make_order(purchase, state="awaiting_approval", budget=line, vehicle=vehicle)
        rows += [order, *copies_of(order, 7)]
    assert all_at_once(rows, lambda: purchase.actor("approver")) == {"approved": len(rows)}


def test_a_ceiling_lowered_while_an_order_is_approved_never_ends_under_what_is_committed():
    purchase = make_purchase()
    line = make_line(purchase.buyer, ceiling="1200.00")
    order = make_order(purchase, state="awaiting_approval", budget=line)
    finance = actor_for("finance", organisation=purchase.buyer)
    outcomes = at_once(
        lambda: orders.approve(Order.objects.get(pk=order.pk), actor=purchase.actor("approver")).state,
        lambda: edit_line(line, actor=finance, ceiling_eur=Decimal("1000.00")).number,
    )
    assert outcomes in (["approved", "budget_under_committed"], ["budget_ceiling_reached", line.number])
    line.refresh_from_db()
    assert used_of(line)[0] <= line.ceiling_eur
