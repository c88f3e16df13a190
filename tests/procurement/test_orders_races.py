"""Two connections at once: what the locks promise."""

import threading
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from catalog.models import TrustMark
from catalog.trust import record_status
from marketplace.accounts.actors import system_actor
from marketplace.accounts.enums import Role
from marketplace.errors import DomainError
from procurement.actions import orders
from procurement.models import Contract, Order
from tests.builders import make_member
from tests.procurement.order_builders import make_order, make_purchase, make_vehicle

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts):
    """Run each act in its own connection, started together; the outcome of each, an error being one."""
    start, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def run(index, act):
        try:
            start.wait(timeout=10)
            outcomes[index] = act()
        except DomainError as error:
            outcomes[index] = error.code
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(i, act)) for i, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads), "a deadlock"
    return outcomes


def again(order):
    return Order.objects.select_related("buyer", "supplier", "offer").get(pk=order.pk)


def test_two_approvals_at_once_one_passes():
    purchase = make_purchase()
    order = make_order(purchase, state="awaiting_approval")
    other = make_member(Role.APPROVER, organisation=purchase.buyer, ceiling_eur=Decimal("100000"))
    from marketplace.accounts.actors import Actor

    outcomes = at_once(
        lambda: orders.approve(again(order), actor=purchase.actor("approver")).state,
        lambda: orders.approve(again(order), actor=Actor.of(other)).state,
    )
    assert sorted(outcomes) == ["approved", "wrong_state"]
    assert again(order).version == order.version + 1


def test_two_orders_at_once_on_the_rest_of_a_vehicle_one_passes():
    purchase = make_purchase()
    vehicle = make_vehicle(purchase.buyer, maximum_eur=Decimal("2000"))
    first = make_order(purchase, state="awaiting_approval", vehicle=vehicle)
    second = make_order(purchase, state="awaiting_approval", vehicle=vehicle)
    outcomes = at_once(
        lambda: orders.approve(again(first), actor=purchase.actor("approver")).state,
        lambda: orders.approve(again(second), actor=purchase.actor("approver")).state,
    )
    assert sorted(outcomes) == ["approved", "vehicle_maximum_reached"]


def test_two_acknowledgements_at_once_make_one_contract():
    purchase = make_purchase()
    order = make_order(purchase, state="sent")
    outcomes = at_once(
        lambda: orders.acknowledge(again(order), actor=purchase.actor("manager")).state,
        lambda: orders.acknowledge(again(order), actor=purchase.actor("manager")).state,
    )
    assert sorted(outcomes) == ["acknowledged", "wrong_state"]
    assert Contract.objects.filter(order=order).count() == 1


def test_sending_waits_for_a_suspension_already_begun_then_refuses():
    purchase = make_purchase(schemes=("secnumcloud",))
    order = make_order(purchase, state="committed")
    mark = TrustMark.objects.get(offer=purchase.offer)
    recorded, release = threading.Event(), threading.Event()

    def suspend():
        with transaction.atomic():
            suspend_mark(mark)
            recorded.set()
            assert release.wait(timeout=20)
        return "suspended"

    def send():
        assert recorded.wait(timeout=20)
        threading.Timer(0.5, release.set).start()
        return orders.send(again(order), actor=purchase.actor("requester")).state

    assert at_once(suspend, send) == ["suspended", "trust_lost"]
    assert again(order).state == "committed"


def test_a_suspension_waits_for_a_sending_already_begun():
    purchase = make_purchase(schemes=("secnumcloud",))
    order = make_order(purchase, state="committed")
    mark = TrustMark.objects.get(offer=purchase.offer)
    sent, done = threading.Event(), []

    def send():
        with transaction.atomic():
            orders.send(again(order), actor=purchase.actor("requester"))
            sent.set()
            threading.Event().wait(0.5)
            done.append("sent")
        return "sent"

    def suspend():
        assert sent.wait(timeout=20)
        suspend_mark(mark)
        done.append("suspended")
        return "suspended"

    assert at_once(send, suspend) == ["sent", "suspended"]
    assert done == ["sent", "suspended"]


def test_an_offer_suspended_meanwhile_is_not_sent():
    purchase = make_purchase()
    order = make_order(purchase, state="committed")
    held, release = threading.Event(), threading.Event()

    def suspend():
        with transaction.atomic():
            purchase.offer.suspend(actor=system_actor("essai"), reason="Mesure conservatoire")
            held.set()
            assert release.wait(timeout=20)
        return "suspended"

    def send():
        assert held.wait(timeout=20)
        threading.Timer(0.5, release.set).start()
        return orders.send(again(order), actor=purchase.actor("requester")).state

    assert at_once(suspend, send) == ["suspended", "offer_suspended"]


def suspend_mark(mark):
    record_status(
        TrustMark.objects.get(pk=mark.pk),
        status="suspended",
        actor=system_actor("essai"),
        effective_at=timezone.now(),
        issuer="ANSSI",
        act_reference="ACTE-ESSAI",
        act_date=timezone.localdate(),
    )
