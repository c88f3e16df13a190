"""A lost status reaches orders, contracts, projects and people, once."""

import datetime as dt

import pytest
from django.utils import timezone

from catalog.enums import HELD_STATUSES
from catalog.models import StackEdge, TrustMark
from catalog.trust import effective_status, record_status
from marketplace.accounts.actors import system_actor
from marketplace.errors import MoveRefused
from marketplace.events.bus import consume
from marketplace.events.models import DomainEvent, EventDelivery
from marketplace.notifications.models import Notification
from procurement.actions import orders
from procurement.actions.status_loss import effects_of, losses_of
from procurement.consumers import on_status_changed
from procurement.models import ContractReview, OrderFlag
from tests.procurement.order_builders import hold, make_offer, make_order, make_purchase

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


def lose(offer, *, status="suspended", scheme="secnumcloud"):
    """Record the loss, then deliver the event as a worker does; the event."""
    record_status(
        TrustMark.objects.get(offer=offer, scheme=scheme),
        status=status,
        actor=system_actor("essai"),
        effective_at=timezone.now(),
        issuer="ANSSI",
        act_reference="ACTE-ESSAI",
        act_date=TODAY(),
    )
    event = DomainEvent.objects.filter(kind="trust_mark.status_changed").latest("pk")
    for delivery in EventDelivery.objects.filter(event=event, consumer="procurement.status_loss"):
        assert consume(delivery.pk)
    return event


@pytest.fixture
def signed():
    purchase = make_purchase(schemes=("secnumcloud",))
    order = make_order(purchase, state="acknowledged")
    return purchase, order, order.contract


def test_a_suspension_opens_a_review_with_replacements_and_no_notice_of_its_own(signed):
    purchase, _, contract = signed
    good, other = make_offer(trust={"secnumcloud": "in_force"}), make_offer()
    lose(purchase.offer)
    review = ContractReview.objects.get(contract=contract)
    assert (review.kind, review.status, review.notice_on) == ("review", "suspended", None)
    assert review.opened_on == TODAY()
    assert list(review.replacements.all()) == [good]
    assert other not in review.replacements.all()
    contract.refresh_from_db()
    assert contract.state == "active"


def test_a_withdrawal_opens_the_exit_clause_with_notice_and_replacements(signed):
    purchase, _, contract = signed
    good, other = make_offer(trust={"secnumcloud": "in_force"}), make_offer()
    lose(purchase.offer, status="withdrawn")
    review = ContractReview.objects.get(contract=contract)
    assert review.kind == "exit_clause"
    assert TODAY() + dt.timedelta(days=57) <= review.notice_on <= TODAY() + dt.timedelta(days=62)
    assert list(review.replacements.all()) == [good]
    assert other not in review.replacements.all()


def test_an_unknown_notice_stays_unknown():
    purchase = make_purchase(schemes=("secnumcloud",), answers={"exit_retrieval_days": 30})
    contract = make_order(purchase, state="acknowledged").contract
    lose(purchase.offer, status="withdrawn")
    assert (contract.notice_months, contract.notice_on) == (None, None)
    assert ContractReview.objects.get(contract=contract).notice_on is None


@pytest.mark.parametrize(
    "state", ["draft", "awaiting_opinions", "awaiting_approval", "approved", "committed", "sent"]
)
def test_orders_on_their_way_are_flagged_and_keep_their_state(state):
    purchase = make_purchase(schemes=("secnumcloud",))
    order = make_order(purchase, state=state)
    event = lose(purchase.offer)
    flag = OrderFlag.objects.get(order=order)
    assert (flag.event_uuid, flag.scheme, flag.status, flag.order_state) == (
        event.uuid,
        "secnumcloud",
        "suspended",
        state,
    )
    order.refresh_from_db()
    assert order.state == state


@pytest.mark.parametrize("state", ["cancelled", "refused", "acknowledged"])
def test_orders_that_are_over_are_left_alone(state):
    purchase = make_purchase(schemes=("secnumcloud",))
    make_order(purchase, state=state)
    lose(purchase.offer)
    assert not OrderFlag.objects.exists()


def test_the_event_taken_twice_changes_nothing(signed):
    purchase, _, _ = signed
    event = lose(purchase.offer)
    counts = (ContractReview.objects.count(), Notification.objects.count())
    on_status_changed(event)
    on_status_changed(event)
    assert (ContractReview.objects.count(), Notification.objects.count()) == counts == (1, counts[1])


def test_each_person_is_told_once(signed):
    purchase, _, contract = signed
    make_order(purchase, state="sent")
    event = lose(purchase.offer)
    told = Notification.objects.filter(key=f"status_loss:{event.uuid}")
    expected = {purchase.requester.user_id, purchase.approver.user_id, purchase.manager.user_id}
    assert sorted(told.values_list("user_id", flat=True)) == sorted(expected)
    body = told.get(user=purchase.requester.user).body
    assert contract.number in body and purchase.project.number in body


def test_a_stranger_to_the_offer_is_not_told(signed):
    purchase, _, _ = signed
    other = make_purchase(schemes=("secnumcloud",))
    make_order(other, state="acknowledged")
    event = lose(purchase.offer)
    told = Notification.objects.filter(key=f"status_loss:{event.uuid}", user=other.requester.user)
    assert not told.exists()


def test_a_loss_of_the_base_reaches_what_relies_on_it():
    purchase = make_purchase(schemes=("secnumcloud",))
    contract = make_order(purchase, state="acknowledged").contract
    base = make_offer(trust={"secnumcloud": "in_force"})
    StackEdge.objects.create(offer=purchase.offer, base=base, layer="infrastructure", inherits=True)
    lose(base, status="withdrawn")
    assert effective_status(purchase.offer, "secnumcloud") not in HELD_STATUSES
    assert ContractReview.objects.get(contract=contract).kind == "exit_clause"


def test_a_second_mark_still_standing_loses_nothing(signed):
    purchase, _, _ = signed
    mark = TrustMark.objects.get(offer=purchase.offer)
    TrustMark.objects.create(
        offer=purchase.offer,
        scheme="secnumcloud",
        status="in_force",
        origin="register",
        scope="Autre périmètre",
    )
    record_status(
        mark,
        status="withdrawn",
        actor=system_actor("essai"),
        issuer="ANSSI",
        act_reference="ACTE",
        act_date=TODAY(),
    )
    event = DomainEvent.objects.filter(kind="trust_mark.status_changed").latest("pk")
    assert losses_of(event) == []


@pytest.mark.parametrize(
    "payload",
    [
        {"status": "in_force", "from": "suspended"},
        {"status": "abandoned", "from": "announced"},
        {"status": "suspended", "from": ""},
    ],
)
def test_what_was_never_held_is_no_loss(payload):
    offer = make_offer()
    hold(offer, "secnumcloud", "suspended")
    event = DomainEvent(
        kind="trust_mark.status_changed", payload={"scheme": "secnumcloud", "offers": [offer.pk], **payload}
    )
    assert losses_of(event) == []


@pytest.mark.parametrize(("state", "act"), [("committed", "send"), ("sent", "acknowledge")])
def test_sending_and_acknowledging_judge_the_status_again(state, act):
    purchase = make_purchase(schemes=("secnumcloud",))
    order = make_order(purchase, state=state)
    lose(purchase.offer)
    who = "requester" if act == "send" else "manager"
    with pytest.raises(MoveRefused, match="SecNumCloud exigée par le projet"):
        getattr(orders, act)(order, actor=purchase.actor(who))
    order.refresh_from_db()
    assert order.state == state


def test_an_expiry_needs_no_event():
    purchase = make_purchase(schemes=("secnumcloud",))
    order = make_order(purchase, state="committed")
    purchase.offer.effective_trust.update(valid_until=TODAY() - dt.timedelta(days=1))
    with pytest.raises(MoveRefused, match="expirée"):
        orders.send(order, actor=purchase.actor("requester"))


def test_a_status_the_project_does_not_need_stops_nothing():
    purchase = make_purchase()
    hold(purchase.offer, "secnumcloud")
    order = make_order(purchase, state="committed")
    lose(purchase.offer)
    assert orders.send(order, actor=purchase.actor("requester")).state == "sent"


def test_the_preview_counts_what_will_be_touched(signed):
    purchase, _, contract = signed
    sent = make_order(purchase, state="sent")
    effects = {effect.one: effect for effect in effects_of([purchase.offer])}
    assert [item[0] for item in effects["bon de commande"].items] == [sent.number]
    assert [item[0] for item in effects["contrat"].items] == [contract.number]
    assert effects["projet"].count == 1
    people = frozenset().union(*(effect.people for effect in effects.values()))
    assert people == {purchase.requester.user_id, purchase.approver.user_id, purchase.manager.user_id}


@pytest.mark.parametrize("state", ["awaiting_approval", "awaiting_opinions"])
def test_who_may_approve_is_told_while_the_order_waits_for_them(state):
    purchase = make_purchase(schemes=("secnumcloud",))
    order = make_order(purchase, state=state)
    effects = {effect.one: effect for effect in effects_of([purchase.offer])}
    event = lose(purchase.offer)
    told = Notification.objects.filter(key=f"status_loss:{event.uuid}", user=purchase.approver.user)
    waited_for = state == "awaiting_approval"
    assert told.exists() is waited_for
    assert (purchase.approver.user_id in effects["bon de commande"].people) is waited_for
    if waited_for:
        assert order.number in told.get().body
