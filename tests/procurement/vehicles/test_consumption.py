"""The maximum of a vehicle holds orders, what changed them and what was awarded under it, as its lots do."""

from decimal import Decimal

import pytest

from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused
from marketplace.notifications.models import Notification
from procurement.actions import orders
from procurement.amendments.actions import approve as approve_amendment
from procurement.awards import deciding
from procurement.models import Award, BudgetAlert, Order, PurchasingVehicle, VehicleLot
from tests.builders import client_for, make_member
from tests.procurement.amendments.builders import make_amendment
from tests.procurement.consultation_builders import make_deposit, make_supplier
from tests.procurement.evaluation.test_story import text_of
from tests.procurement.evaluation_builders import Room, decided, found_award
from tests.procurement.order_builders import bring_to, make_lot, make_order, make_purchase, make_vehicle
from tests.rest.builders import client_for_token
from tests.support.racing import at_once


def agreement_of(room, purchase):
    """60,000.00 € HT at most: lot 1 consulted, its award of 50,000.00 ready to be signed; lot 2 ordered."""
    bidder, user = make_supplier(name="Nuage Exemple A")
    made = make_vehicle(
        room.organisation, kind="framework", holder=bidder, title="Nuage", maximum_eur=Decimal("60000.00")
    )
    made.lots.update(maximum_eur=None)
    make_lot(made, purchase.offer.supplier, title="Secours", maximum_eur=None)
    made.buyers.add(purchase.buyer)
    consultation = room.published(route=f"vehicle:{made.number}:1")
    make_deposit(consultation, user, price="500.00")
    award = decided(room, {}, consultation=room.open(room.closed(consultation)))
    deciding.send_letters(award, actor=room.purchasing)
    return made, award


@pytest.mark.django_db
def test_what_was_awarded_counts_against_the_vehicle_and_raises_its_alerts():
    room, purchase = Room(), make_purchase()
    agreement, award = agreement_of(room, purchase)
    buyer = make_member(Role.PURCHASING, organisation=room.organisation)
    deciding.sign(found_award(award), actor=room.purchasing)
    alert = BudgetAlert.objects.get(vehicle=agreement)
    assert (alert.threshold, alert.committed_eur) == (80, Decimal("50000.00"))
    assert Notification.objects.filter(user=buyer.user, subject__contains="80").exists()
    order = make_order(purchase, vehicle=agreement, state="acknowledged", seats="50")
    change = make_amendment(order.contract, actor=purchase.actor("requester"), delta="4000.00")
    approve_amendment(change, actor=purchase.actor("approver"))
    assert agreement.consumed().eur == Decimal("60000.00")
    assert set(BudgetAlert.objects.values_list("threshold", flat=True)) == {80, 100}
    seen = PurchasingVehicle.objects.with_consumption().get(pk=agreement.pk)
    assert (seen.ordered, seen.awarded) == (Decimal("10000.00"), Decimal("50000.00"))
    lots = VehicleLot.objects.with_consumption().order_by("number")
    assert [(lot.ordered, lot.awarded) for lot in lots] == [(0, 50_000), (10_000, 0)]
    page = text_of(client_for(buyer).get(agreement.get_absolute_url()))
    assert "60 000,00 € HT" in page and "Marchés signés" in page
    told = client_for_token(buyer).get(f"/api/v1/purchasing-vehicles/{agreement.uuid}/").json()
    assert (told["ordered_eur"], told["awarded_eur"]) == ("10000.00", "50000.00")


@pytest.mark.django_db
def test_a_maximum_with_tax_asks_the_amount_with_tax_at_the_signature():
    """Without it the marché would count for less than it is: refused, with what to give."""
    room, purchase = Room(), make_purchase()
    agreement, award = agreement_of(room, purchase)
    PurchasingVehicle.objects.update(maximum_eur=Decimal("60000.00"), maximum_basis="TTC")
    client = client_for(room.purchasing.membership)
    address = f"/attributions/{award.number}/signer/"
    for told, words in (
        ("", "indiquez le montant TTC"),
        ("49999,99", "pas inférieur au montant HT"),
        ("-1", "supérieur"),
    ):
        answer = client.post(address, {"amount_eur_ttc": told})
        assert answer.status_code == 400 and words in answer.content.decode()
        assert "amount_eur_ttc" in answer.context["form"].errors
    with pytest.raises(MoveRefused, match="TTC"):
        deciding.sign(found_award(award), actor=room.purchasing, amount_eur_ttc=Decimal("60000.01"))
    by_api = client_for_token(room.purchasing.membership)
    url = f"/api/v1/awards/{award.uuid}/sign/"
    assert by_api.post(url, {}, format="json").status_code == 400
    signed = by_api.post(url, {"amount_eur_ttc": "60000.00"}, format="json").json()
    assert (signed["state"], signed["amount_eur_ttc"]) == ("signed", "60000.00")
    agreement.refresh_from_db()
    assert agreement.consumed().eur == Decimal("60000.00")


@pytest.mark.parametrize(("basis", "maximum", "left"), [
    ("HT", "60000.00", ("50000.00", "12000.00")), ("TTC", "72000.00", ("60000.00", "14400.00")),
])  # fmt: skip
@pytest.mark.django_db(transaction=True)
def test_a_signature_and_an_order_at_once_on_the_rest_one_passes(basis, maximum, left):
    room, purchase = Room(), make_purchase()
    agreement, award = agreement_of(room, purchase)
    PurchasingVehicle.objects.update(maximum_eur=Decimal(maximum), maximum_basis=basis)
    order = make_order(purchase, vehicle=agreement, seats="100")
    bring_to(order, "awaiting_approval", purchase)
    outcomes = at_once(
        lambda: (
            deciding.sign(
                Award.objects.get(pk=award.pk), actor=room.purchasing, amount_eur_ttc=Decimal(60000)
            ).state
        ),
        lambda: orders.approve(Order.objects.get(pk=order.pk), actor=purchase.actor("approver")).state,
    )
    assert "vehicle_maximum_reached" in outcomes and len({"signed", "approved"} & set(outcomes)) == 1
    agreement.refresh_from_db()
    assert agreement.consumed().eur in [Decimal(one) for one in left]
