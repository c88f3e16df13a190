"""Two people on one order draft: the one who read an older text is shown both, and nothing is written."""

import datetime as dt
from decimal import Decimal

import pytest

from procurement.actions.order_drafts import edit_order
from tests.builders import client_for
from tests.procurement.order_builders import make_order, make_purchase
from tests.procurement.test_orders_pages import text_of, writing

pytestmark = pytest.mark.django_db


@pytest.fixture
def purchase():
    return make_purchase(schemes=("secnumcloud",))


@pytest.mark.parametrize(
    ("step", "typed", "stored", "words"),
    [
        ("formule", {"qte-poste": "12"}, {"quantities": {"poste": Decimal("20")}}, ("20", "12")),
        (
            "periode",
            {"starts_on": "2027-02-01", "ends_on": "2027-12-31"},
            {"starts_on": dt.date(2027, 3, 1)},
            ("1er mars 2027", "1er février 2027"),
        ),
        (
            "support",
            {"budget_line": "Mienne", "supplier_vat_regime": "normal"},
            {"budget_line": "Autre"},
            ("Autre", "Mienne"),
        ),
    ],
)
def test_a_stale_step_shows_both_texts_and_writes_nothing(purchase, step, typed, stored, words):
    order = make_order(purchase)
    client, url = client_for(purchase.requester), writing(purchase, order, step)
    assert f'name="version" value="{order.version}"' in text_of(client.get(url))
    read = order.version
    edit_order(order, actor=purchase.actor("requester"), **stored)
    html = text_of(client.post(url, {**typed, "version": str(read)}), 412)
    assert "a changé pendant votre lecture" in html and "Texte enregistré" in html
    for word in words:
        assert f'<p class="market-text">{word}</p>' in html
    name, value = next(iter(typed.items()))
    assert f'name="{name}"' in html and f'value="{value}"' in html
    order.refresh_from_db()
    assert order.version == read + 1
    # The page carries the version now read: sending it again is a choice made knowingly.
    assert f'name="version" value="{order.version}"' in html
    assert client.post(url, {**typed, "version": str(order.version)}).status_code == 302


def test_prices_are_not_taken_again_on_a_stale_draft(purchase):
    order = make_order(purchase)
    address = f"/projets/{purchase.project.number}/commander/{order.number}/recalculer/"
    read = order.version
    edit_order(order, actor=purchase.actor("requester"), budget_line="Autre")
    client = client_for(purchase.requester)
    assert f'value="{read + 1}"' in text_of(client.get(address))
    assert client.post(address, {"version": str(read)}).status_code == 412
