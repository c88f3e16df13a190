"""Framework agreements by lot: holders, maximum, dates; who is consulted, what is consumed."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from procurement.actions import orders, vehicles
from procurement.awards import deciding
from procurement.consultations import drafts, writing
from procurement.models import Award, VehicleLot
from tests.builders import client_for
from tests.procurement.consultation_builders import make_deposit, make_supplier
from tests.procurement.evaluation.test_story import browser, sent, text_of
from tests.procurement.evaluation_builders import decided, found_award, response_of
from tests.procurement.order_builders import make_lot, make_order, make_purchase, make_vehicle
from tests.rest.builders import client_for_token

CLOUD, OTHER, THIRD = "Nuage Exemple A", "Nuage Exemple B", "Nuage Exemple C"
pytestmark = pytest.mark.django_db


def refused(code, act):
    with pytest.raises((MoveRefused, RuleBroken, NotAllowed)) as told:
        act()
    assert told.value.code == code, told.value.code
    return told.value


@pytest.fixture
def firms(db):
    return {name: make_supplier(name=name) for name in (CLOUD, OTHER, THIRD)}


@pytest.fixture
def agreement(room, firms):
    """Lot 1 of two holders, lot 2 of the third one."""
    made = make_vehicle(room.organisation, kind="framework", holder=firms[CLOUD][0], title="Nuage et secours")
    made.lots.get().holdings.create(supplier=firms[OTHER][0])
    make_lot(made, firms[THIRD][0], title="Secours", maximum_eur=Decimal("90000.00"))
    return made


def key(agreement, lot=1):
    return f"vehicle:{agreement.number}:{lot}"


def invited(consultation):
    return sorted(one.supplier.name for one in consultation.invitations.select_related("supplier"))


def test_each_lot_is_a_route_with_its_own_holders_and_what_is_left(room, agreement):
    from procurement.routes.actions import vehicles_seen

    first, second = vehicles_seen(room.purchasing, on=dt.date(2026, 11, 26))
    assert (first.lot, first.title, first.holder_name) == (1, "Nuage et secours", f"{CLOUD}, {OTHER}")
    assert (second.lot, second.title) == (2, "Nuage et secours, lot 2 : Secours")
    assert (first.left_eur, second.left_eur) == (None, Decimal("90000.00"))


def test_a_marche_subsequent_invites_the_holders_of_its_lot_only(room, agreement, firms):
    made = room.draft(route=key(agreement))
    assert (made.kind, invited(made)) == ("subsequent", [CLOUD, OTHER])
    assert invited(room.draft(route=key(agreement, 2))) == [THIRD]
    told = refused(
        "not_the_holder", lambda: writing.edit(made, actor=room.requester, invited=[firms[THIRD][0]])
    )
    assert f"{CLOUD}, {OTHER}" in told.message


def test_who_does_not_hold_the_lot_is_told_before_any_effort(room, agreement, firms):
    made = room.published(route=key(agreement))
    lot = made.lots.get()
    told = refused("not_eligible", lambda: drafts.begin(made, actor=firms[THIRD][1], lot=lot))
    assert "invitation" in told.message
    agreement.lots.get(number=1).holdings.filter(supplier=firms[CLOUD][0]).delete()
    made = type(made).objects.get(pk=made.pk)
    told = refused("not_eligible", lambda: drafts.begin(made, actor=firms[CLOUD][1], lot=lot))
    assert "seuls titulaires du lot" in told.message
    assert "seuls titulaires du lot" in text_of(browser(firms[CLOUD][1]).get(made.get_absolute_url()))
    drafts.begin(made, actor=firms[OTHER][1], lot=lot)


def opened(room, agreement, firms, lot=1, names=(CLOUD, OTHER)):
    made = room.published(route=key(agreement, lot))
    for name, price in zip(names, ("500.00", "600.00"), strict=False):
        make_deposit(made, firms[name][1], price=price)
    return room.open(room.closed(made))


def test_the_winner_is_among_the_holders_of_the_lot_by_the_database(room, agreement, firms):
    made = decided(room, {}, consultation=opened(room, agreement, firms))
    assert made.supplier.name == CLOUD
    response = response_of(made.consultation.evaluation, OTHER)
    agreement.lots.get(number=1).holdings.filter(supplier__name=OTHER).delete()
    deciding.drop(made, actor=room.purchasing, reason="Essai.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Award.objects.create(
            number="ATT-1", consultation=made.consultation, lot=made.lot, response=response, standings=[],
            proposed_by=room.purchasing.user, reason="x",
        )  # fmt: skip


def test_a_marche_subsequent_consumes_its_lot_and_no_more_than_is_left(room, agreement, firms):
    lot = agreement.lots.get(number=1)
    vehicles.edit_lot(lot, actor=room.purchasing, maximum_eur=Decimal("80000.00"))
    made = decided(room, {}, consultation=opened(room, agreement, firms))
    deciding.send_letters(made, actor=room.purchasing)
    vehicles.edit_lot(lot, actor=room.purchasing, maximum_eur=Decimal("40000.00"))
    told = refused("lot_maximum_reached", lambda: deciding.sign(made, actor=room.purchasing))
    assert "lot 1" in told.message
    vehicles.edit_lot(lot, actor=room.purchasing, maximum_eur=Decimal("60000.00"))
    deciding.sign(found_award(made), actor=room.purchasing)
    seen = VehicleLot.objects.for_pages().get(pk=lot.pk)
    assert (seen.awarded, seen.ordered, seen.consumed().eur) == (50_000, 0, 50_000)


def test_an_order_is_under_the_lot_that_its_supplier_holds():
    purchase = make_purchase()
    agreement = make_vehicle(purchase.buyer, kind="framework", holder=make_supplier(name=OTHER)[0])
    refused("vehicle_other_holder", lambda: make_order(purchase, vehicle=agreement))
    supplier = purchase.offer.supplier
    second = make_lot(agreement, supplier, title="Secours", maximum_eur=Decimal("2000.00"))
    order = make_order(purchase, vehicle=agreement, state="approved")
    assert order.vehicle_lot == second and order.content()["vehicle_lot"] == 2
    assert VehicleLot.objects.for_pages().get(number=2).ordered == Decimal("1200.00")
    waiting = make_order(purchase, vehicle=agreement, state="awaiting_approval", seats="6")
    vehicles.edit_lot(second, actor=purchase.actor("requester"), maximum_eur=Decimal("1500.00"))
    told = refused("lot_maximum_reached", lambda: orders.approve(waiting, actor=purchase.actor("approver")))
    assert "lot 2" in told.message
    make_lot(agreement, supplier, title="Conseil")
    told = refused("lot_missing", lambda: make_order(purchase, vehicle=agreement))
    assert "2 (Secours), 3 (Conseil)" in told.message
    assert make_order(purchase, vehicle=agreement, lot=3).vehicle_lot.title == "Conseil"
    refused("lot_not_held", lambda: make_order(purchase, vehicle=agreement, lot=1))


def test_an_agreement_of_one_holder_is_carried_over_as_one_lot(room, firms):
    made = make_vehicle(room.organisation, holder=firms[CLOUD][0], maximum_eur=Decimal("1000.00"))
    type(made).objects.filter(pk=made.pk).update(kind="framework")
    carried = import_module("procurement.migrations.0025_vehicle_lots").CARRIED
    # The columns as they are called since; the basis was « HT » before it was said.
    carried = carried.replace("ends_on, maximum_eur_ht)", "ends_on, maximum_eur, maximum_basis)")
    carried = carried.replace("ends_on, maximum_eur_ht\n", "ends_on, maximum_eur, 'HT'\n")
    with connection.cursor() as cursor:
        cursor.execute(carried)
    made.refresh_from_db()
    lot = made.lots.get()
    assert (lot.number, lot.title, lot.maximum_eur) == (1, made.title, Decimal("1000.00"))
    assert made.holder is None and lot.holders == [firms[CLOUD][0]] == made.known_holders


def test_lots_by_the_pages(room, firms):
    agreement = make_vehicle(room.organisation, kind="framework", holder=firms[CLOUD][0])
    buyer, url = browser(room.purchasing), agreement.get_absolute_url()
    assert client_for(None).get(url).status_code == 302
    assert browser(firms[CLOUD][1]).get(url).status_code == 404
    assert browser(room.requester).get(f"{url}lots/ajouter/").status_code == 403
    body = {
        "title": "Secours", "holders": f"{OTHER}\nInconnu", "starts_on": "2026-01-01",
        "ends_on": "2030-01-01", "maximum_eur": "50000",
    }  # fmt: skip
    wrong = text_of(buyer.post(f"{url}lots/ajouter/", body), 400)
    assert "« Inconnu » n’est pas une fiche connue" in wrong and "Secours" in wrong
    body["holders"] = f"{OTHER}\n{THIRD}"
    assert "un lot ne finit pas après lui" in text_of(buyer.post(f"{url}lots/ajouter/", body), 400)
    body["ends_on"] = "2028-01-01"
    sent(buyer.post(f"{url}lots/ajouter/", body))
    page = text_of(buyer.get(url))
    assert f"{OTHER}, {THIRD}" in page and "Reste sous le maximum" in page and "50 000,00" in page
    sent(buyer.post(f"{url}lots/2/", {**body, "holders": THIRD}))
    assert agreement.lots.get(number=2).holders == [firms[THIRD][0]]
    central = make_vehicle(room.organisation)
    assert buyer.get(f"{central.get_absolute_url()}lots/ajouter/").status_code == 409


def test_lots_by_the_api(room, firms):
    agreement = make_vehicle(room.organisation, kind="framework", holder=firms[CLOUD][0])
    buyer, requester = (client_for_token(one.membership) for one in (room.purchasing, room.requester))
    body = {
        "vehicle": str(agreement.uuid), "title": "Secours", "starts_on": "2026-01-01",
        "ends_on": "2028-01-01", "maximum_eur": "50000.00", "holders": [str(firms[OTHER][0].uuid)],
    }  # fmt: skip
    here = "/api/v1/vehicle-lots/"
    assert client_for_token(None).get(here).status_code == 401
    assert requester.post(here, body, format="json").status_code == 403
    made = buyer.post(here, body, format="json")
    assert made.status_code == 201, made.content
    told = made.json()
    assert (told["number"], told["ordered_eur"], told["awarded_eur"]) == (2, "0.00", "0.00")
    one = f"{here}{told['id']}/"
    late = buyer.patch(one, {"ends_on": "2035-01-01"}, format="json")
    assert (late.status_code, late.json()["code"]) == (400, "lot_after_vehicle")
    done = buyer.patch(one, {"holders": []}, format="json")
    assert done.status_code == 200 and done.json()["holders"] == []
    listed = buyer.get(f"{here}?vehicle={agreement.uuid}").json()["results"]
    assert [one["number"] for one in listed] == [1, 2]
