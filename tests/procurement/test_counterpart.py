"""Through a central purchasing body, the order binds that body or its holder: papers, answer and invoice."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from catalog.models import Supplier
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OrganisationKind, Role
from marketplace.errors import MoveRefused, RuleBroken
from procurement.actions import order_drafts, orders
from procurement.actions.vehicles import create_vehicle
from procurement.electronic.facts import document_of
from procurement.electronic.order_x import order_x
from procurement.electronic.ubl import ubl_order
from procurement.invoicing.abilities import send_ability
from procurement.models import PurchasingVehicle
from procurement.pdf.purchase_order import document_data
from procurement.supplier_change import order_sentence
from tests.builders import client_for, make_member, make_organisation
from tests.procurement.order_builders import (
    END,
    START,
    Purchase,
    bring_to,
    make_order,
    make_purchase,
    make_vehicle,
)
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase() -> Purchase:
    return make_purchase()


@pytest.fixture
def body(purchase):
    """The central body, with the person who answers for it."""
    organisation = make_organisation(kind=OrganisationKind.SUPPLIER, name="Centrale Exemple")
    supplier = Supplier.objects.create(
        organisation=organisation, name="Centrale Exemple", slug="centrale-exemple", country="FR"
    )
    return supplier, make_member(Role.SUPPLIER_MANAGER, organisation=organisation)


def through(purchase: Purchase, supplier: Supplier) -> PurchasingVehicle:
    return make_vehicle(purchase.buyer, counterpart=supplier)


def test_the_order_names_the_body_and_only_it_answers(purchase, body):
    supplier, manager = body
    order = make_order(purchase, state="sent", vehicle=through(purchase, supplier))
    assert order.supplier == supplier and order.offer.supplier != supplier
    page = f"/commandes/{order.number}/"
    assert client_for(purchase.manager).get(page).status_code == 404
    shown = client_for(manager).get(page).content.decode()
    assert "Centrale Exemple" in shown and f"pour un service de {purchase.offer.supplier.name}" in shown
    assert order_sentence(order) == ""
    orders.acknowledge(order, actor=Actor.of(manager))
    assert order.contract.supplier == supplier
    assert send_ability(Actor.of(manager), order.contract) == ""
    assert send_ability(purchase.actor("manager"), order.contract) != ""


def test_its_papers_name_the_body_as_the_seller(purchase, body):
    supplier, _ = body
    order = make_order(purchase, state="sent", vehicle=through(purchase, supplier))
    facts = document_of(order)
    assert facts.seller.name == "Centrale Exemple"
    assert f"Service de {purchase.offer.supplier.name}." in facts.notes
    ubl, cii = ubl_order(facts).decode(), order_x(facts).decode()
    assert "Centrale Exemple" in ubl.split("SellerSupplierParty")[1]
    assert "Centrale Exemple" in cii.split("SellerTradeParty")[1]
    assert "Centrale Exemple" in str(document_data(order)["supplier"])
    assert order.document is not None and order.ubl is not None


def test_without_anyone_known_here_the_offers_supplier_answers(purchase):
    order = make_order(purchase, state="sent")
    assert order.supplier == purchase.offer.supplier


def test_another_vehicle_binds_another_party_and_the_approved_one_is_sent(purchase, body):
    supplier, _ = body
    vehicle = through(purchase, supplier)
    order = make_order(purchase)
    order_drafts.edit_order(order, actor=purchase.actor("requester"), vehicle=vehicle)
    assert order.supplier == supplier
    order_drafts.edit_order(order, actor=purchase.actor("requester"), vehicle=make_vehicle(purchase.buyer))
    assert order.supplier == purchase.offer.supplier
    order_drafts.edit_order(order, actor=purchase.actor("requester"), vehicle=vehicle)
    bring_to(order, "committed", purchase)
    other = make_purchase().offer.supplier
    PurchasingVehicle.objects.filter(pk=vehicle.pk).update(counterpart=other)
    order.refresh_from_db()
    with pytest.raises(MoveRefused, match="répond aux bons de commande"):
        orders.send(order, actor=purchase.actor("requester"))


def test_only_a_central_body_has_a_counterpart_and_one_that_is_here(purchase, body):
    supplier, _ = body
    terms = {"title": "x", "reference": "x", "holder_name": "x", "starts_on": START, "ends_on": END}
    buyer = make_member(Role.PURCHASING, organisation=purchase.buyer)
    unclaimed = Supplier.objects.create(name="Sans personne", slug="sans-personne", country="FR")
    for kind, party in (("framework", supplier), ("central_purchasing", unclaimed)):
        with pytest.raises(RuleBroken) as refused:
            create_vehicle(actor=Actor.of(buyer), kind=kind, counterpart=party, **terms)
        assert set(refused.value.fields) == {"counterpart"}
    with pytest.raises(IntegrityError, match="vehicle_counterpart"), transaction.atomic():
        make_vehicle(purchase.buyer, kind="framework", counterpart=supplier)


def test_registered_by_the_page_and_by_the_api(purchase, body):
    supplier, _ = body
    buyer = make_member(Role.PURCHASING, organisation=purchase.buyer)
    typed = {
        "kind": "central_purchasing",
        "title": "Nuage",
        "reference": "CENTRALE-1",
        "holder_name": "Centrale Exemple",
        "counterpart": supplier.pk,
        "starts_on": START.isoformat(),
        "ends_on": END.isoformat(),
    }
    form = client_for(buyer)
    address = "/supports-d-achat/creer/"
    refused = form.post(address, {**typed, "kind": "framework"})
    assert form.post(address, typed).status_code == 302
    assert refused.status_code == 400 and "counterpart" in refused.context["form"].errors
    api, url = client_for_token(buyer), "/api/v1/purchasing-vehicles/"
    unknown = {**typed, "counterpart": "00000000-0000-4000-8000-000000000000"}
    problem_of(api.post(url, unknown, format="json"), 404)
    wrong = {**typed, "counterpart": str(supplier.uuid), "kind": "framework"}
    assert faults(api.post(url, wrong, format="json")) == {"counterpart"}
    made = api.post(url, {**typed, "counterpart": str(supplier.uuid)}, format="json")
    assert made.status_code == 201, made.content
    assert made.json()["counterpart"] == str(supplier.uuid)
