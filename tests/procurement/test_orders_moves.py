"""Every (state, move) pair of an order, then what each move demands."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken, VersionStale
from marketplace.notifications.models import Notification
from procurement.actions import order_drafts, orders
from procurement.enums_orders import OrderState
from procurement.models import Contract, Order
from tests.builders import grant
from tests.procurement.order_builders import DIRECT, give_opinions, make_order, make_purchase, make_vehicle

pytestmark = pytest.mark.django_db

TABLE = {
    "request_opinions": ({"draft"}, "awaiting_opinions"),
    "request_approval": ({"awaiting_opinions"}, "awaiting_approval"),
    "approve": ({"awaiting_approval"}, "approved"),
    "reject": ({"awaiting_approval"}, "rejected"),
    "commit": ({"approved"}, "committed"),
    "send": ({"committed"}, "sent"),
    "acknowledge": ({"sent"}, "acknowledged"),
    "refuse": ({"sent"}, "refused"),
    "replace": ({"sent"}, "replaced"),
    "cancel": (
        {"draft", "awaiting_opinions", "awaiting_approval", "approved", "committed", "sent", "rejected"},
        "cancelled",
    ),
    "reopen": ({"awaiting_opinions", "awaiting_approval", "approved", "committed", "rejected"}, "draft"),
}


def make_move(order, move, purchase):
    actor = purchase.actor
    if move == "request_approval" and order.state == "awaiting_opinions":
        give_opinions(order, purchase)
    calls = {
        "request_opinions": lambda: orders.request_opinions(order, actor=actor("requester")),
        "request_approval": lambda: orders.request_approval(order, actor=actor("requester")),
        "approve": lambda: orders.approve(order, actor=actor("approver")),
        "reject": lambda: orders.reject(order, actor=actor("approver"), reason="Non"),
        "commit": lambda: orders.commit(order, actor=actor("finance"), commitment_number="1400001234"),
        "send": lambda: orders.send(order, actor=actor("requester")),
        "acknowledge": lambda: orders.acknowledge(order, actor=actor("manager")),
        "refuse": lambda: orders.refuse(order, actor=actor("manager"), reason="Non"),
        # Its door is the acceptance of a counter-proposal (tests/procurement/negotiation).
        "replace": lambda: order.perform("replace", actor=actor("requester")),
        "cancel": lambda: orders.cancel(order, actor=actor("requester"), reason="Non"),
        "reopen": lambda: orders.reopen(order, actor=actor("requester")),
    }
    return calls[move]()


def test_the_table_is_the_one_of_the_model():
    assert {name: (set(move.sources), move.target) for name, move in Order.MOVES.items()} == TABLE


@pytest.mark.parametrize("state", OrderState.values)
def test_every_move_from_every_state(state):
    purchase = make_purchase()
    order = make_order(purchase, state=state)
    version = order.version
    for move, (sources, _) in TABLE.items():
        if state in sources:
            continue
        with pytest.raises(MoveRefused):
            make_move(Order.objects.get(pk=order.pk), move, purchase)
    order.refresh_from_db()
    assert (order.state, order.version) == (state, version)


@pytest.mark.parametrize(
    ("move", "state"), [(m, s) for m, (sources, _) in TABLE.items() for s in sorted(sources)]
)
def test_every_allowed_move(move, state):
    purchase = make_purchase()
    order = make_order(purchase, state=state, **(DIRECT if move == "refuse" else {}))
    make_move(order, move, purchase)
    assert order.state == TABLE[move][1]


def test_under_a_vehicle_the_supplier_acknowledges_and_does_not_refuse():
    purchase = make_purchase()
    order = make_order(purchase, state="sent")
    with pytest.raises(MoveRefused, match="sans le refuser"):
        make_move(order, "refuse", purchase)
    make_move(order, "acknowledge", purchase)


def test_amounts_are_copied_and_right_to_the_cent():
    order = make_order(make_purchase(), seats="12")
    line = order.lines.get()
    assert (line.label, line.unit, line.periods, line.unit_price_eur_ht) == (
        "Poste",
        "poste",
        12,
        Decimal("10"),
    )
    assert (order.total_eur_ht, order.vat_eur, order.total_eur_ttc) == (
        Decimal("1440.00"),
        Decimal("288.00"),
        Decimal("1728.00"),
    )


def test_an_unknown_regime_shows_no_ttc():
    order = make_order(make_purchase(), supplier_vat_regime="")
    assert (order.vat_eur, order.total_eur_ttc, order.vat_lines) == (None, None, None)
    assert order.total_eur_ht == Decimal("1200.00")


def test_overseas_rate_follows_the_buyer():
    purchase = make_purchase()
    purchase.buyer.vat_territory = "reunion"
    purchase.buyer.save()
    purchase.project.refresh_from_db()
    order = make_order(purchase)
    assert order.vat_lines == [
        {
            "category": "S",
            "rate": "8.5",
            "base_eur_ht": "1200.00",
            "amount_eur": "102.00",
            "mention": "TVA 8,5 %",
        }
    ]


def test_without_a_route_it_stays_a_draft():
    purchase = make_purchase()
    order = make_order(purchase, vehicle=None)
    with pytest.raises(RuleBroken) as refusal:
        orders.request_opinions(order, actor=purchase.actor("requester"))
    assert list(refusal.value.fields) == ["below_threshold_reason"]
    assert "reste en brouillon" in refusal.value.message
    assert Order.objects.get(pk=order.pk).state == "draft"


@pytest.mark.parametrize(("seats", "passes"), [("499", True), ("500", False), ("501", False)])
def test_the_justification_holds_strictly_below_the_dated_threshold(seats, passes):
    purchase = make_purchase()
    order = make_order(purchase, seats=seats, vehicle=None, below_threshold_reason="Besoin ponctuel")
    if passes:
        assert orders.request_opinions(order, actor=purchase.actor("requester")).state == "awaiting_opinions"
        return
    with pytest.raises(RuleBroken, match="atteint le seuil"):
        orders.request_opinions(order, actor=purchase.actor("requester"))


def test_what_an_order_by_usage_may_cost_is_what_the_threshold_reads():
    purchase = make_purchase()
    terms = {"vehicle": None, "below_threshold_reason": "Besoin ponctuel"}
    order = make_order(purchase, maximum_eur_ht=Decimal("60000"), **terms)
    with pytest.raises(RuleBroken, match="atteint le seuil") as refusal:
        orders.request_opinions(order, actor=purchase.actor("requester"))
    assert list(refusal.value.fields) == ["below_threshold_reason"]


def test_every_missing_field_is_named_at_once():
    purchase = make_purchase()
    purchase.project.assessments.all().delete()
    order = make_order(purchase, starts_on=None, ends_on=None, vehicle=None)
    with pytest.raises(RuleBroken) as refusal:
        orders.request_opinions(order, actor=purchase.actor("requester"))
    assert set(refusal.value.fields) == {"project", "starts_on", "ends_on", "below_threshold_reason"}


def test_a_vehicle_of_another_administration_is_refused():
    purchase, other = make_purchase(), make_purchase()
    with pytest.raises(RuleBroken, match="pas ouvert à votre administration"):
        make_order(purchase, vehicle=make_vehicle(other.buyer))


def test_a_vehicle_held_by_another_firm_is_refused():
    purchase, other = make_purchase(), make_purchase()
    with pytest.raises(RuleBroken, match="titulaire"):
        make_order(purchase, vehicle=make_vehicle(purchase.buyer, holder=other.offer.supplier))


def test_a_closed_vehicle_does_not_carry_the_order():
    purchase = make_purchase()
    vehicle = make_vehicle(purchase.buyer, starts_on=dt.date(2020, 1, 1), ends_on=dt.date(2021, 1, 1))
    order = make_order(purchase, vehicle=vehicle)
    with pytest.raises(RuleBroken, match="doit commencer entre ces dates"):
        orders.request_opinions(order, actor=purchase.actor("requester"))


def test_the_vehicle_maximum_is_judged_again_at_approval():
    purchase = make_purchase()
    vehicle = make_vehicle(purchase.buyer, maximum_eur=Decimal("2000.00"))
    first = make_order(purchase, state="awaiting_approval", vehicle=vehicle)
    second = make_order(purchase, state="awaiting_approval", vehicle=vehicle)
    orders.approve(first, actor=purchase.actor("approver"))
    with pytest.raises(RuleBroken, match="Il reste 800,00"):
        orders.approve(second, actor=purchase.actor("approver"))


def test_opinions_of_both_kinds_open_the_approval_and_unfavourable_ones_do_not_block():
    purchase = make_purchase()
    order = make_order(purchase, state="awaiting_opinions")
    orders.advance_after_opinion(order, actor=purchase.actor("rssi"))
    assert order.state == "awaiting_opinions"
    with pytest.raises(MoveRefused, match="Il manque l’avis"):
        orders.request_approval(order, actor=purchase.actor("requester"))
    give_opinions(order, purchase, verdict="unfavourable")
    orders.advance_after_opinion(order, actor=purchase.actor("dpo"))
    assert order.state == "awaiting_approval"


def test_opinions_on_an_earlier_content_do_not_count():
    purchase = make_purchase()
    order = make_order(purchase, state="awaiting_approval")
    orders.reopen(order, actor=purchase.actor("requester"))
    order_drafts.edit_order(order, actor=purchase.actor("requester"), quantities={"poste": Decimal(11)})
    orders.request_opinions(order, actor=purchase.actor("requester"))
    with pytest.raises(MoveRefused):
        orders.request_approval(order, actor=purchase.actor("requester"))


def test_the_author_cannot_approve_even_through_a_second_membership():
    purchase = make_purchase()
    order = make_order(purchase, state="awaiting_approval")
    grant(purchase.requester, Role.APPROVER)
    with pytest.raises(NotAllowed, match="Vous avez rédigé ce bon de commande"):
        orders.approve(order, actor=purchase.actor("requester"))
    with pytest.raises(NotAllowed, match="Vous avez rédigé ce bon de commande"):
        orders.reject(order, actor=purchase.actor("requester"), reason="Non")


def test_a_second_person_who_edited_is_an_author_too():
    purchase = make_purchase()
    order = make_order(purchase)
    grant(purchase.approver, Role.REQUESTER)
    order_drafts.edit_order(order, actor=purchase.actor("approver"), budget_line="P-129")
    orders.request_opinions(order, actor=purchase.actor("requester"))
    give_opinions(order, purchase)
    orders.request_approval(order, actor=purchase.actor("requester"))
    with pytest.raises(NotAllowed, match="Vous avez rédigé"):
        orders.approve(order, actor=purchase.actor("approver"))


@pytest.mark.parametrize(
    ("ceiling", "passes"), [("1200.00", True), ("1199.99", False), ("0.00", False), (None, False)]
)
def test_the_ceiling_of_the_delegation(ceiling, passes):
    purchase = make_purchase()
    order = make_order(purchase, state="awaiting_approval")
    purchase.approver.grants.update(ceiling_eur=ceiling)
    if passes:
        orders.approve(order, actor=purchase.actor("approver"))
        assert (order.approved_by, order.approved_hash) == (purchase.approver.user, order.content_hash())
        return
    with pytest.raises(NotAllowed, match="plafond"):
        orders.approve(order, actor=purchase.actor("approver"))


def test_an_expired_approver_approves_nothing():
    purchase = make_purchase()
    order = make_order(purchase, state="awaiting_approval")
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    purchase.approver.grants.update(starts_on=yesterday, expires_on=yesterday)
    with pytest.raises(NotAllowed, match="valideur"):
        orders.approve(order, actor=Actor.of(Membership.objects.get(pk=purchase.approver.pk)))


@pytest.mark.parametrize(("state", "move"), [("approved", "commit"), ("committed", "send")])
def test_any_change_of_content_voids_the_approval(state, move):
    purchase = make_purchase()
    order = make_order(purchase, state=state)
    Order.objects.filter(pk=order.pk).update(budget_line="changée en douce")
    with pytest.raises(MoveRefused, match="a changé depuis l’approbation"):
        make_move(order, move, purchase)


def test_reopening_forgets_approval_and_commitment():
    purchase = make_purchase()
    order = make_order(purchase, state="committed")
    orders.reopen(order, actor=purchase.actor("requester"))
    assert (order.approved_by, order.approved_hash, order.commitment_number) == (None, "", "")


@pytest.mark.parametrize("number", ["", "12", "a b c", "1" * 31, "<script>", "1400\x00"])
def test_a_malformed_commitment_number_names_its_field(number):
    purchase = make_purchase()
    order = make_order(purchase, state="approved")
    with pytest.raises(RuleBroken) as refusal:
        orders.commit(order, actor=purchase.actor("finance"), commitment_number=number)
    assert list(refusal.value.fields) == ["commitment_number"]


def test_the_number_is_given_at_sending_by_buyer_and_year():
    purchase = make_purchase()
    first = make_order(purchase, state="committed")
    second = make_order(purchase, state="sent")
    orders.send(first, actor=purchase.actor("requester"))
    year = timezone.localdate().year
    assert second.sent_number == f"BC-{purchase.buyer.number}-{year}-0001"
    assert first.sent_number == f"BC-{purchase.buyer.number}-{year}-0002"


def test_a_stale_version_is_refused():
    purchase = make_purchase()
    order = make_order(purchase)
    with pytest.raises(VersionStale):
        order_drafts.edit_order(
            order, actor=purchase.actor("requester"), expected_version=99, budget_line="x"
        )


def test_acknowledging_opens_the_contract_in_the_same_breath():
    purchase = make_purchase(schemes=("secnumcloud",))
    order = make_order(purchase, state="acknowledged")
    contract = Contract.objects.get(order=order)
    assert (contract.state, contract.buyer, contract.offer) == ("active", purchase.buyer, purchase.offer)
    assert contract.notice_months == 2
    assert contract.notice_on == dt.date(2027, 10, 31)
    assert set(contract.owners.all()) == {purchase.requester.user, purchase.approver.user}
    assert [row["scheme"] for row in contract.signed_trust] == ["secnumcloud"]


def test_people_are_told_at_each_step():
    purchase = make_purchase()
    make_order(purchase, state="acknowledged")
    told = set(Notification.objects.values_list("user_id", flat=True))
    for who in ("rssi", "dpo", "approver", "finance", "manager", "requester"):
        assert getattr(purchase, who).user_id in told, who
