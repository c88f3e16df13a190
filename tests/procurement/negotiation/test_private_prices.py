"""A private price: read by two parties, used until its last day, refused after, never under a vehicle."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from marketplace.errors import MoveRefused, RuleBroken
from procurement.actions import order_drafts, orders
from procurement.models import OrderLine, PrivatePrice
from procurement.negotiation import private_prices
from procurement.statements.writing import create_statement
from tests.builders import client_for, make_member
from tests.procurement.negotiation.builders import make_private_price
from tests.procurement.negotiation.test_counter_proposals import text_of
from tests.procurement.order_builders import DIRECT, Purchase, bring_to, make_order, make_purchase
from tests.rest.builders import client_for_token, faults, problem_of

URL = "/api/v1/private-prices/"


@pytest.fixture
def purchase(db: None) -> Purchase:
    return make_purchase()


def expire(price: PrivatePrice) -> None:
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    PrivatePrice.objects.filter(pk=price.pk).update(starts_on=yesterday, expires_on=yesterday)


def test_nobody_else_reads_it_not_even_the_operator(purchase):
    price = make_private_price(purchase)
    page = price.get_absolute_url()
    other = make_purchase()
    for member in (other.requester, other.manager, make_member("curator"), make_member("support")):
        assert client_for(member).get(page).status_code == 404
        assert client_for_token(member).get(f"{URL}{price.uuid}/").status_code == 404
        assert price.number not in text_of(client_for(member).get("/prix-prives/"))
    for member in (purchase.requester, purchase.manager, make_member("auditor")):
        assert "8,00 €" in text_of(client_for(member).get(page))
    assert price.number not in text_of(client_for(None).get(purchase.offer.get_absolute_url()))


def test_given_by_the_pages_used_on_an_order_and_withdrawn(purchase):
    supplier, day = client_for(purchase.manager), timezone.localdate()
    assert client_for(purchase.requester).get("/prix-prives/donner/").status_code == 403
    typed = {
        "component": f"{purchase.offer.uuid}/standard/poste",
        "buyer": purchase.buyer.pk,
        "unit_price_eur_ht": "8,25",
        "expires_on": (day - dt.timedelta(days=1)).isoformat(),
        "reason": "Volume annuel",
    }
    wrong = text_of(supplier.post("/prix-prives/donner/", typed), 400)
    assert "Le dernier jour est passé" in wrong and "Volume annuel" in wrong
    typed["expires_on"] = (day + dt.timedelta(days=10)).isoformat()
    assert supplier.post("/prix-prives/donner/", typed).status_code == 302
    price = PrivatePrice.objects.get()
    assert "déjà donné" in text_of(supplier.post("/prix-prives/donner/", typed), 400)
    order = make_order(purchase, **DIRECT)
    row = order.lines.get()
    assert (row.private_price, row.unit_price_eur_ht) == (price, Decimal("8.25"))
    assert price.number in row.label and order.total_eur_ht == Decimal("990.00")
    assert supplier.post(f"{price.get_absolute_url()}retirer/", {"reason": "Erreur"}).status_code == 302
    assert "Retiré" in text_of(supplier.get(price.get_absolute_url()))
    with pytest.raises(RuleBroken, match="a été retiré"):
        orders.request_opinions(order, actor=purchase.actor("requester"))


@pytest.mark.parametrize(("state", "act", "who"), [("committed", "send", "requester")])
def test_after_its_last_day_it_is_refused(purchase, state, act, who):
    price = make_private_price(purchase)
    order = make_order(purchase, state=state, **DIRECT)
    expire(price)
    with pytest.raises(MoveRefused, match="valait jusqu’au"):
        getattr(orders, act)(order, actor=purchase.actor(who))
    order.refresh_from_db()
    assert order.state == state
    orders.reopen(order, actor=purchase.actor("requester"))
    order_drafts.edit_order(order, actor=purchase.actor("requester"))
    assert order.lines.get().private_price is None and order.total_eur_ht == Decimal("1200.00")


def test_sent_before_it_keeps_its_price_to_the_contract(purchase):
    price = make_private_price(purchase)
    order = make_order(purchase, state="sent", **DIRECT)
    expire(price)
    bring_to(order, "acknowledged", purchase)
    assert order.contract.order.total_eur_ht == Decimal("960.00")
    january = {"starts_on": dt.date(2027, 1, 1), "ends_on": dt.date(2027, 1, 31)}
    stated = create_statement(
        order.contract, actor=purchase.actor("manager"), rows=[("poste", Decimal(10))], **january
    )
    assert stated.total_eur_ht == Decimal("80.00")


def test_never_under_a_vehicle_nor_for_another(purchase):
    price = make_private_price(purchase)
    order = make_order(purchase)
    assert order.lines.get().private_price is None
    line = OrderLine.objects.get(order=order)
    with pytest.raises(IntegrityError, match="a private price is for"), transaction.atomic():
        OrderLine.objects.filter(pk=line.pk).update(private_price=price)
        constraints_now()
    direct = make_order(purchase, **DIRECT)
    with pytest.raises(IntegrityError, match="a private price is for"), transaction.atomic():
        type(direct).objects.filter(pk=direct.pk).update(vehicle=order.vehicle)
        constraints_now()
    order_drafts.edit_order(direct, actor=purchase.actor("requester"), vehicle=order.vehicle)
    constraints_now()
    assert direct.lines.get().private_price is None
    order_drafts.edit_order(direct, actor=purchase.actor("requester"), vehicle=None)
    constraints_now()
    assert direct.lines.get().private_price == price
    other = make_purchase()
    assert not make_order(other, **DIRECT).lines.filter(private_price__isnull=False).exists()


def constraints_now() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"component_code": "inconnu"}, "component"),
        ({"price": "-1"}, "unit_price_eur_ht"),
        ({"price": "0.0000001"}, "unit_price_eur_ht"),
        ({"days": -1}, "expires_on"),
        ({"days": 1200}, "expires_on"),
    ],
)
def test_what_is_wrong_names_its_field(purchase, values, field):
    with pytest.raises(RuleBroken) as refused:
        make_private_price(purchase, **values)
    assert set(refused.value.fields) == {field}


def test_an_administration_is_not_a_supplier(purchase):
    with pytest.raises(RuleBroken) as refused:
        make_private_price(purchase, buyer=purchase.manager.organisation)
    assert set(refused.value.fields) == {"buyer"}


def test_the_same_by_the_api(purchase):
    supplier, buyer = client_for_token(purchase.manager), client_for_token(purchase.requester)
    body = {
        "offer": str(purchase.offer.uuid),
        "buyer": str(purchase.buyer.uuid),
        "plan": "standard",
        "price_line": "poste",
        "unit_price_eur_ht": "7.5",
        "expires_on": (timezone.localdate() + dt.timedelta(days=5)).isoformat(),
    }
    problem_of(buyer.post(URL, body, format="json"), 403)
    problem_of(client_for_token(make_purchase().manager).post(URL, body, format="json"), 404)
    assert "expires_on" in faults(supplier.post(URL, {**body, "expires_on": None}, format="json"))
    made = supplier.post(URL, body, format="json")
    assert made.status_code == 201, made.content
    url = f"{URL}{made.json()['id']}/"
    assert buyer.get(url).json()["usable_today"] is True
    problem_of(buyer.post(f"{url}withdraw/", {"reason": "Non"}, format="json"), 403)
    done = supplier.post(f"{url}withdraw/", {"reason": "Erreur"}, format="json").json()
    assert (done["state"], done["usable_today"]) == ("withdrawn", False)
    assert supplier.post(URL, body, format="json").status_code == 201


def test_another_one_may_follow_the_one_withdrawn(purchase):
    first = make_private_price(purchase)
    with pytest.raises(RuleBroken, match="déjà donné"):
        make_private_price(purchase, price="7")
    private_prices.withdraw(first, actor=purchase.actor("manager"), reason="Remplacé")
    assert make_private_price(purchase, price="7").usable_today
