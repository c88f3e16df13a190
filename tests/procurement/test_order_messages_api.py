"""The exchange on an order by API: both sides once it is sent, nobody else, the same lines as on the page."""

from __future__ import annotations

from typing import Any

import pytest

from tests.builders import client_for, make_member
from tests.procurement.order_builders import bring_to, make_order, make_purchase
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db


def test_both_sides_write_and_read_once_it_is_sent() -> None:
    purchase = make_purchase()
    order = make_order(purchase, state="committed")
    url = f"/api/v1/orders/{order.uuid}/messages/"
    buyer, supplier = client_for_token(purchase.requester), client_for_token(purchase.manager)
    problem_of(buyer.post(url, {"body": "Bonjour"}, format="json"), 409)
    problem_of(supplier.get(url), 404)
    bring_to(order, "sent", purchase)
    assert faults(buyer.post(url, {"body": ""}, format="json")) == {"body"}
    assert faults(buyer.post(url, {"body": "a" * 4001}, format="json")) == {"body"}
    made = buyer.post(url, {"body": "À quelle heure ?"}, format="json")
    assert made.status_code == 201 and made.json()["organisation"] == purchase.buyer.name
    assert supplier.post(url, {"body": "À 9 h."}, format="json").status_code == 201
    assert [one["body"] for one in supplier.get(url).json()["results"]] == ["À quelle heure ?", "À 9 h."]
    shown: Any = client_for(purchase.requester).get(f"/commandes/{order.number}/")
    assert "À 9 h." in shown.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ")
    problem_of(client_for_token(make_member("requester")).get(url), 404)
    problem_of(client_for_token(None).get(url), 401)
