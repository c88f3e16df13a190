"""Discounts of a vehicle: the one that an order takes, on its lines and its statements; pages and API."""

from __future__ import annotations

import datetime as dt
import html
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, RuleBroken
from procurement.actions.order_drafts import edit_order
from procurement.discounts.recording import discount_change, end_discount
from procurement.models import Order, VehicleDiscount
from procurement.pricing import percent_off
from procurement.statements.amounts import Used, charged
from tests.builders import actor_for, client_for, make_member
from tests.procurement.discounts.builders import give
from tests.procurement.negotiation.builders import make_private_price
from tests.procurement.order_builders import (
    DIRECT,
    Purchase,
    make_lot,
    make_order,
    make_purchase,
    make_vehicle,
)
from tests.rest.builders import client_for_token, faults, problem_of

DISCOUNTS = "/api/v1/vehicle-discounts/"
cents = st.decimals(min_value=0, max_value=10**6, places=6)
percents = st.decimals(min_value=Decimal("0.01"), max_value=Decimal("99.99"), places=2)


@given(price=cents, percent=percents)
def test_a_price_reduced_is_within_half_a_millionth_and_never_more(price: Decimal, percent: Decimal) -> None:
    found = percent_off(price, percent)
    assert abs(found - price * (100 - percent) / 100) <= Decimal("0.0000005")
    assert 0 <= found <= price


pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase() -> Purchase:
    """A seat costs 10 € a month."""
    return make_purchase()


def test_an_order_takes_its_suppliers_own_else_the_one_of_all(purchase: Purchase) -> None:
    vehicle = make_vehicle(purchase.buyer)
    plain = make_order(purchase, vehicle=vehicle)
    assert (plain.discount_percent, plain.total_eur_ht) == (None, Decimal("1200.00"))
    give(vehicle, "12.5")
    give(make_vehicle(purchase.buyer), "50")
    reduced = make_order(purchase, vehicle=vehicle)
    line = reduced.lines.get()
    assert line.unit_price_eur_ht == Decimal("8.75") and line.label.endswith("(remise de 12,5\u00a0%)")
    assert (reduced.discount_percent, reduced.total_eur_ht) == (Decimal("12.5"), Decimal("1050.00"))
    give(vehicle, "20", supplier=purchase.offer.supplier)
    assert make_order(purchase, vehicle=vehicle).total_eur_ht == Decimal("960.00")
    # What was written keeps its price, binds the approval, and says that another one holds today.
    reduced = Order.objects.get(pk=reduced.pk)
    assert reduced.total_eur_ht == Decimal("1050.00") and "discount_percent" in reduced.content()
    assert "discount_percent" not in plain.content()
    assert "20 %" in discount_change(reduced, on=timezone.localdate()).replace("20.00", "20").replace(
        ",00", ""
    )
    edit_order(reduced, actor=purchase.actor("requester"))
    assert discount_change(Order.objects.get(pk=reduced.pk), on=timezone.localdate()) == ""


def test_the_discount_of_a_lot_comes_before_that_of_the_vehicle(purchase: Purchase) -> None:
    vehicle = make_vehicle(purchase.buyer, kind="framework", holder=purchase.offer.supplier)
    make_lot(vehicle, purchase.offer.supplier)
    give(vehicle, "5")
    give(vehicle, "6", supplier=purchase.offer.supplier)
    give(vehicle, "10", lot=2)

    def percent(lot: int) -> Decimal | None:
        return make_order(purchase, vehicle=vehicle, lot=lot).discount_percent

    assert (percent(1), percent(2)) == (Decimal(6), Decimal(10))
    give(vehicle, "20", lot=2, supplier=purchase.offer.supplier)
    assert (percent(1), percent(2)) == (Decimal(6), Decimal(20))
    with pytest.raises(RuleBroken) as refused:
        give(vehicle, "30", lot=2)
    assert refused.value.code == "discount_overlaps"
    with pytest.raises(RuleBroken) as refused:
        give(vehicle, "30", lot=3)
    assert set(refused.value.fields) == {"lot"}
    other = make_vehicle(purchase.buyer, kind="framework").lots.get()
    made = VehicleDiscount.objects.first()
    assert made is not None
    with pytest.raises(DatabaseError), transaction.atomic():
        VehicleDiscount.objects.filter(pk=made.pk).update(lot=other)
    with pytest.raises(DatabaseError), transaction.atomic():
        made.pk, made.uuid, made.lot = None, uuid.uuid4(), other
        made.save(force_insert=True)


def test_the_discount_of_a_lot_by_the_page_and_the_api(purchase: Purchase) -> None:
    vehicle = make_vehicle(purchase.buyer, kind="framework", holder=purchase.offer.supplier)
    browser = client_for(make_member(Role.PURCHASING, organisation=purchase.buyer))
    add = f"{vehicle.get_absolute_url()}remises/ajouter/"
    assert "Tous les lots" in text_of(browser.get(add))
    body = {"percent": "12,5", "starts_on": "2026-01-01", "lot": "1"}
    assert browser.post(add, {**body, "lot": "9"}).status_code == 400
    assert browser.post(add, body).status_code == 302
    assert "pour le lot 1" in text_of(browser.get(vehicle.get_absolute_url()))
    api = client_for_token(make_member(Role.PURCHASING, organisation=purchase.buyer))
    said = {"vehicle": str(vehicle.uuid), "percent": "7", "starts_on": "2026-01-01"}
    assert faults(api.post(DISCOUNTS, {**said, "lot": 9}, format="json")) == {"lot"}
    assert faults(api.post(DISCOUNTS, {**said, "lot": 1}, format="json")) == {"starts_on"}
    assert api.post(DISCOUNTS, said, format="json").json()["lot"] is None
    assert {one["lot"] for one in api.get(DISCOUNTS).json()["results"]} == {None, 1}
    plain = make_vehicle(purchase.buyer)
    assert "Tous les lots" not in text_of(browser.get(f"{plain.get_absolute_url()}remises/ajouter/"))


def test_without_a_vehicle_or_after_its_last_day_nothing_is_taken_off(purchase: Purchase) -> None:
    vehicle = make_vehicle(purchase.buyer)
    made = give(vehicle, "10", ends_on=timezone.localdate() - dt.timedelta(days=1))
    assert made.over_today and make_order(purchase, vehicle=vehicle).discount_percent is None
    give(vehicle, "10", starts_on=timezone.localdate())
    order = make_order(purchase, vehicle=vehicle)
    assert order.total_eur_ht == Decimal("1080.00")
    edit_order(order, actor=purchase.actor("requester"), **DIRECT)
    assert Order.objects.get(pk=order.pk).total_eur_ht == Decimal("1200.00")


def test_what_is_used_is_stated_at_the_price_of_the_order(purchase: Purchase) -> None:
    """Reduced under a vehicle; agreed by a private price."""
    vehicle = make_vehicle(purchase.buyer)
    give(vehicle, "12.5")
    reduced = make_order(purchase, vehicle=vehicle, state="acknowledged").contract
    month = {"starts_on": reduced.starts_on, "ends_on": reduced.starts_on + dt.timedelta(days=30)}
    (line,) = charged(reduced, {"poste": Used(Decimal(12))}, **month)
    assert line.total_eur_ht == Decimal("105.00")
    make_private_price(purchase, price="8")
    agreed = make_order(purchase, state="acknowledged", **DIRECT).contract
    (line,) = charged(agreed, {"poste": Used(Decimal(12))}, **month)
    assert line.total_eur_ht == Decimal("96.00")


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"percent": "0"}, "percent"),
        ({"percent": "100"}, "percent"),
        ({"percent": "-5"}, "percent"),
        ({"percent": "12.345"}, "percent"),
        ({"percent": "999999999999999"}, "percent"),
        ({"starts_on": "2031-01-01", "ends_on": "2031-02-01"}, "starts_on"),
        ({"ends_on": "2026-01-31"}, "ends_on"),
        ({"starts_on": "2026-06-01", "ends_on": "2026-06-15"}, "starts_on"),
    ],
)
def test_what_is_refused_names_its_field(purchase: Purchase, said: dict[str, Any], field: str) -> None:
    vehicle = make_vehicle(purchase.buyer)
    give(vehicle, "5", starts_on=dt.date(2026, 6, 1), ends_on=dt.date(2026, 6, 30))
    api = client_for_token(make_member(Role.PURCHASING, organisation=purchase.buyer))
    body = {
        "vehicle": str(vehicle.uuid),
        "percent": "12.5",
        "starts_on": "2026-02-01",
        "ends_on": "2026-05-31",
    }
    answer = api.post(DISCOUNTS, {**body, **said}, format="json")
    assert faults(answer) == {field}


def test_it_only_ends(purchase: Purchase) -> None:
    vehicle = make_vehicle(purchase.buyer)
    made = give(vehicle, "5")
    buyer = actor_for(Role.PURCHASING, organisation=purchase.buyer)
    with pytest.raises(RuleBroken):
        end_discount(made, actor=buyer, ends_on=dt.date(2025, 12, 31))
    end_discount(made, actor=buyer, ends_on=dt.date(2026, 12, 31))
    with pytest.raises(MoveRefused):
        end_discount(made, actor=buyer, ends_on=dt.date(2027, 12, 31))
    with pytest.raises(DatabaseError), transaction.atomic():
        VehicleDiscount.objects.filter(pk=made.pk).update(percent=Decimal(50))
    with pytest.raises(DatabaseError), transaction.atomic():
        VehicleDiscount.objects.filter(pk=made.pk).delete()
    give(vehicle, "6", starts_on=dt.date(2027, 1, 1))


def test_by_the_pages(purchase: Purchase) -> None:
    vehicle = make_vehicle(purchase.buyer)
    add = f"{vehicle.get_absolute_url()}remises/ajouter/"
    assert client_for(make_member(Role.PURCHASING)).get(add).status_code == 404
    assert client_for(purchase.requester).get(add).status_code == 403
    browser = client_for(make_member(Role.PURCHASING, organisation=purchase.buyer))
    refused = browser.post(add, {"percent": "120", "starts_on": "2026-01-01"})
    assert refused.status_code == 400 and 'value="120"' in refused.content.decode()
    body = {"percent": "12,5", "starts_on": "2026-01-01", "supplier": purchase.offer.supplier.pk}
    assert browser.post(add, body).status_code == 302
    shown = text_of(browser.get(vehicle.get_absolute_url()))
    assert f"12,5 % sur les offres de {purchase.offer.supplier.name}" in shown
    order = make_order(purchase, vehicle=vehicle)
    read = text_of(client_for(purchase.requester).get(f"/commandes/{order.number}/"))
    assert "Remise du support" in read and "remise de 12,5 %" in read
    end = f"{vehicle.get_absolute_url()}remises/{vehicle.discounts.get().uuid}/terminer/"
    assert browser.post(end, {"ends_on": "2026-03-31"}).status_code == 302
    assert "(terminée)" in text_of(browser.get(vehicle.get_absolute_url()))
    check = f"/projets/{purchase.project.number}/commander/{order.number}/verification/"
    assert "La remise a changé" in text_of(client_for(purchase.requester).get(check))


def test_by_the_api(purchase: Purchase) -> None:
    vehicle = make_vehicle(purchase.buyer)
    api = client_for_token(make_member(Role.PURCHASING, organisation=purchase.buyer))
    body = {"vehicle": str(vehicle.uuid), "percent": "7.25", "starts_on": "2026-01-01"}
    problem_of(client_for_token(make_member(Role.PURCHASING)).post(DISCOUNTS, body, format="json"), 404)
    problem_of(client_for_token(purchase.requester).post(DISCOUNTS, body, format="json"), 403)
    made = api.post(DISCOUNTS, body, format="json").json()
    assert (made["percent"], made["supplier"], made["ends_on"]) == ("7.25", None, None)
    listed = client_for_token(purchase.requester).get(f"{DISCOUNTS}?vehicle={vehicle.uuid}").json()["results"]
    assert [one["id"] for one in listed] == [made["id"]]
    order = make_order(purchase, vehicle=vehicle)
    shown = client_for_token(purchase.requester).get(f"/api/v1/orders/{order.uuid}/").json()
    assert shown["discount_percent"] == "7.25" and shown["lines"][0]["unit_price_eur_ht"] == "9.275000"
    ended = api.post(f"{DISCOUNTS}{made['id']}/end/", {"ends_on": "2026-12-31"}, format="json").json()
    assert ended["ends_on"] == "2026-12-31"
    problem_of(api.post(f"{DISCOUNTS}{made['id']}/end/", {"ends_on": "2027-12-31"}, format="json"), 409)


def text_of(response: Any) -> str:
    assert response.status_code == 200
    return html.unescape(response.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")
