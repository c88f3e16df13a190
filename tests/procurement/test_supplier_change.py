"""Orders and contracts on an offer that changed hands: sent ones stay, unsent ones are written again."""

from __future__ import annotations

import datetime as dt

import pytest

from catalog.handovers import actions as handovers
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership
from marketplace.errors import MoveRefused
from marketplace.notifications.models import Notification
from procurement.actions import orders
from procurement.models import Contract, Order
from tests.builders import actor_for, client_for, make_member
from tests.procurement.order_builders import Purchase, make_order, make_purchase
from tests.rest.builders import client_for_token

pytestmark = pytest.mark.django_db


def hand_over(purchase: Purchase) -> Membership:
    receiver = make_member("supplier_manager")
    made = handovers.propose(
        purchase.offer,
        actor=actor_for("curator"),
        identifier=receiver.organisation.identifier,
        reason="Cession d’activité.",
        source="Annonce",
        source_date=dt.date(2026, 1, 5),
    )
    handovers.accept(made, actor=Actor.of(Membership.objects.get(pk=receiver.pk)))
    return receiver


def test_an_order_not_sent_yet_is_refused_with_its_remedy() -> None:
    purchase = make_purchase()
    order = make_order(purchase, state="committed")
    hand_over(purchase)
    with pytest.raises(MoveRefused) as refused:
        orders.send(Order.objects.get(pk=order.pk), actor=purchase.actor("requester"))
    assert refused.value.code == "supplier_changed" and "refaites-le" in refused.value.message
    page = client_for(purchase.requester).get(f"/commandes/{order.number}/").content.decode()
    assert "L’offre a changé de fournisseur" in page and "refaites-le" in page


def test_a_sent_order_and_its_contract_keep_their_supplier() -> None:
    purchase = make_purchase()
    order = make_order(purchase, state="sent")
    receiver = hand_over(purchase)
    assert Notification.objects.filter(
        user=purchase.requester.user, subject__startswith="Une offre change de fournisseur"
    ).exists()
    done = orders.acknowledge(Order.objects.get(pk=order.pk), actor=purchase.actor("manager"))
    contract = Contract.objects.get(order=done)
    assert contract.supplier == order.supplier and contract.supplier.organisation != receiver.organisation
    shown = client_for(purchase.requester).get(f"/contrats/{contract.number}/").content.decode()
    assert f"Ce contrat reste conclu avec {order.supplier.name}" in shown
    told = client_for_token(purchase.requester).get(f"/api/v1/contracts/{contract.uuid}/").json()
    contract.offer.refresh_from_db()
    assert told["supplier"] == str(order.supplier.uuid)
    assert told["offer_supplier"] == str(contract.offer.supplier.uuid) != told["supplier"]
    assert client_for(purchase.manager).get(f"/contrats/{contract.number}/").status_code == 200
    assert client_for(receiver).get(f"/contrats/{contract.number}/").status_code == 404


def test_nothing_is_said_of_an_offer_that_stayed() -> None:
    purchase = make_purchase()
    order = make_order(purchase, state="sent")
    page = client_for(purchase.requester).get(f"/commandes/{order.number}/").content.decode()
    assert "L’offre a changé de fournisseur" not in page
