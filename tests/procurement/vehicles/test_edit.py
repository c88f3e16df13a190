"""A vehicle is corrected, but for what orders lean on; nobody overwrites unseen what another wrote."""

import datetime as dt
from decimal import Decimal

import pytest

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import RuleBroken, VersionStale
from procurement.actions.vehicle_edits import edit_vehicle
from procurement.models import BudgetAlert
from tests.builders import client_for, make_member
from tests.procurement.evaluation.test_story import text_of
from tests.procurement.order_builders import make_lot, make_order, make_purchase, make_vehicle
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def purchase():
    return make_purchase()


@pytest.fixture
def buyer(purchase):
    return make_member(Role.PURCHASING, organisation=purchase.buyer)


def refused(vehicle, buyer, **terms):
    before = {name: getattr(vehicle, name) for name in ("version", *terms)}
    with pytest.raises(RuleBroken) as found:
        edit_vehicle(vehicle, actor=Actor.of(buyer), **terms)
    vehicle.refresh_from_db()
    assert {name: getattr(vehicle, name) for name in before} == before
    return found.value.code, set(found.value.fields)


def test_terms_change_with_a_line_of_the_journal(purchase, buyer):
    vehicle = make_vehicle(purchase.buyer)
    terms = {"title": "Nuage", "maximum_eur": Decimal("1440.00"), "maximum_basis": "TTC"}
    row = edit_vehicle(vehicle, actor=Actor.of(buyer), expected_version=1, **terms)
    assert (row.version, row.title, row.maximum_basis) == (2, "Nuage", "TTC")
    event = AuditEvent.objects.get(what="edit", object_type="procurement.purchasingvehicle")
    assert set(event.side.detail) == set(terms)
    # The same again says nothing and counts for nothing.
    assert edit_vehicle(row, actor=Actor.of(buyer), title="Nuage").version == 2
    with pytest.raises(VersionStale):
        edit_vehicle(row, actor=Actor.of(buyer), expected_version=1, title="Autre")


def test_the_kind_and_the_holder_stay_once_an_order_leans_on_them(purchase, buyer):
    vehicle = make_vehicle(purchase.buyer)
    supplier = purchase.offer.supplier
    make_order(purchase, vehicle=vehicle)
    assert refused(vehicle, buyer, kind="own_contract") == ("vehicle_leant_on", {"kind"})
    assert refused(vehicle, buyer, holder=supplier) == ("vehicle_leant_on", {"holder"})
    assert edit_vehicle(vehicle, actor=Actor.of(buyer), title="Autre").title == "Autre"


@pytest.mark.parametrize(("maximum", "basis", "passes"), [
    ("1200.00", "HT", True), ("1199.99", "HT", False), ("1440.00", "TTC", True), ("1439.99", "TTC", False),
])  # fmt: skip
def test_the_maximum_never_falls_under_what_is_committed(purchase, buyer, maximum, basis, passes):
    vehicle = make_vehicle(purchase.buyer, maximum_eur=Decimal(5000))
    make_order(purchase, vehicle=vehicle, state="approved")
    terms = {"maximum_eur": Decimal(maximum), "maximum_basis": basis}
    if not passes:
        assert refused(vehicle, buyer, **terms) == ("maximum_under_committed", {"maximum_eur"})
        return
    edit_vehicle(vehicle, actor=Actor.of(buyer), **terms)
    assert BudgetAlert.objects.filter(vehicle=vehicle, ended_at=None, threshold=100).exists()
    edit_vehicle(vehicle, actor=Actor.of(buyer), maximum_eur=None)
    assert not BudgetAlert.objects.filter(vehicle=vehicle, ended_at=None).exists()


def test_dates_keep_covering_lots_and_engaged_orders(purchase, buyer):
    vehicle = make_vehicle(purchase.buyer)
    order = make_order(purchase, vehicle=vehicle, state="approved")
    assert refused(vehicle, buyer, starts_on=order.starts_on + DAY) == ("order_outside", {"starts_on"})
    assert refused(vehicle, buyer, ends_on=order.starts_on - DAY) == ("order_outside", {"ends_on"})
    assert edit_vehicle(vehicle, actor=Actor.of(buyer), starts_on=order.starts_on).version == 2
    agreement = make_vehicle(purchase.buyer, kind="framework")
    assert refused(agreement, buyer, ends_on=agreement.ends_on - DAY) == ("lot_after_vehicle", {"ends_on"})


def test_a_vehicle_nobody_leans_on_changes_its_kind_with_its_lots(purchase, buyer):
    supplier = purchase.offer.supplier
    vehicle = make_vehicle(purchase.buyer, kind="own_contract", holder=supplier)
    row = edit_vehicle(vehicle, actor=Actor.of(buyer), kind="framework")
    assert row.holder is None and row.lots.get().holders == [supplier]
    back = edit_vehicle(row, actor=Actor.of(buyer), kind="own_contract")
    assert back.holder == supplier and not back.lots.exists()
    agreement = make_vehicle(purchase.buyer, kind="framework", holder=supplier)
    make_lot(agreement, supplier)
    assert refused(agreement, buyer, kind="own_contract") == ("kind_with_lots", {"kind"})
    assert refused(agreement, buyer, holder=supplier) == ("holders_of_lots", {"holder"})
    assert refused(back, buyer, kind="dynamic") == ("kind_dynamic", {"kind"})


def typed(vehicle, **changes):
    names = ("title", "reference", "holder_name", "maximum_basis", "version")
    dates = {name: getattr(vehicle, name).isoformat() for name in ("starts_on", "ends_on")}
    return {**{name: getattr(vehicle, name) for name in names}, **dates, "kind": vehicle.kind, **changes}


def test_the_page_keeps_what_was_typed_beside_what_another_wrote(purchase, buyer):
    vehicle = make_vehicle(purchase.buyer)
    client, address = client_for(buyer), f"{vehicle.get_absolute_url()}modifier/"
    assert "Modifier ce support" in text_of(client.get(vehicle.get_absolute_url()))
    assert client_for(purchase.requester).get(address).status_code == 403
    assert client_for(make_purchase().requester).get(address).status_code == 404
    edit_vehicle(vehicle, actor=Actor.of(buyer), title="D’une autre personne")
    answer = client.post(address, typed(vehicle, title="Ma correction"))
    assert answer.status_code == 400
    html = answer.content.decode()
    assert "Enregistré entre-temps" in html and "D’une autre personne" in html
    assert 'value="Ma correction"' in html and 'name="version" value="2"' in html
    wrong = client.post(address, typed(vehicle, version=2, ends_on="2020-01-01"))
    assert wrong.status_code == 400 and "ends_on" in wrong.context["form"].errors
    assert client.post(address, typed(vehicle, version=2, title="Ma correction")).status_code == 302
    vehicle.refresh_from_db()
    assert (vehicle.title, vehicle.version) == ("Ma correction", 3)


def test_the_page_leaves_out_what_no_longer_changes(purchase, buyer):
    vehicle = make_vehicle(purchase.buyer)
    make_order(purchase, vehicle=vehicle)
    form = client_for(buyer).get(f"{vehicle.get_absolute_url()}modifier/").context["form"]
    assert not {"kind", "holder"} & set(form.fields)


def test_the_same_by_the_api(purchase, buyer):
    vehicle = make_vehicle(purchase.buyer)
    client, url = client_for_token(buyer), f"/api/v1/purchasing-vehicles/{vehicle.uuid}/"
    body = {"title": "Nuage", "holder": str(purchase.offer.supplier.uuid)}
    problem_of(client.patch(url, body, format="json"), 428)
    problem_of(client.patch(url, body, format="json", headers={"If-Match": '"7"'}), 412)
    tag = {"If-Match": client.get(url)["ETag"]}
    problem_of(client_for_token(purchase.requester).patch(url, body, format="json", headers=tag), 403)
    made = client.patch(url, body, format="json", headers=tag)
    assert made.status_code == 200, made.content
    assert (made.json()["title"], made.json()["version"], made["ETag"]) == ("Nuage", 2, '"2"')
    assert made.json()["holder"] == body["holder"] and made.json()["kind"] == vehicle.kind
    late = client.patch(url, {"ends_on": "2020-01-01"}, format="json", headers={"If-Match": '"2"'})
    assert faults(late) == {"ends_on"}
