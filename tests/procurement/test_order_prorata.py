"""A period used in part, from the price to the invoice: the same count of days everywhere, to the cent."""

import datetime as dt
from decimal import Decimal as D
from fractions import Fraction
from types import SimpleNamespace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.models import Plan, PriceLine
from marketplace.money import line_total, round_eur
from procurement.actions.order_drafts import create_order
from procurement.electronic.facts import document_of, told_quantity
from procurement.electronic.order_x import NAMESPACES, order_x
from procurement.electronic.ubl import ubl_order
from procurement.invoicing.facts import match_of
from procurement.models import Contract
from procurement.pdf.purchase_order import document_data
from procurement.statements import writing
from tests.builders import client_for
from tests.procurement.invoicing.builders import line as billed
from tests.procurement.invoicing.builders import send
from tests.procurement.order_builders import bring_to, make_purchase, make_vehicle
from tests.rest.builders import client_for_token

# Two months and 12 of the 31 days of the third; six months of the year have begun by then.
FIRST, LAST = dt.date(2026, 1, 31), dt.date(2026, 4, 11)


@pytest.fixture
def ordered(db):
    purchase = make_purchase()
    version = purchase.offer.versions.create(number=purchase.offer.versions.count() + 1)
    plan = Plan.objects.create(version=version, code="standard", name="Standard")
    for code, kind, period, prorata, amount in (
        ("poste", "unit", "month", "day", "10"),
        ("licence", "fixed", "year", "month", "1000"),
        ("base", "fixed", "month", "none", "100"),
    ):
        PriceLine.objects.create(
            plan=plan,
            code=code,
            label=code.capitalize(),
            kind=kind,
            unit="poste" if kind == "unit" else "",
            period=period,
            prorata=prorata,
            amount_eur_ht=D(amount),
        )
    version.freeze()
    purchase.offer.live_version = version
    purchase.offer.save()
    order = create_order(
        purchase.project,
        actor=purchase.actor("requester"),
        offer=purchase.offer,
        plan="standard",
        quantities={"poste": D(7), "licence": D(1), "base": D(1)},
        starts_on=FIRST,
        ends_on=LAST,
        vehicle=make_vehicle(purchase.buyer),
        supplier_vat_regime="normal",
    )
    return purchase, order


def test_an_order_counts_the_days_of_the_last_month_and_the_months_of_the_year(ordered):
    purchase, order = ordered
    seats, licence, base = order.lines.all()
    # [31 January, 12 April): to 28 February, to 31 March, then 12 of the 30 days to 30 April.
    assert (seats.periods, seats.parts, seats.total_eur_ht) == (2, [[12, 30]], D("168.00"))
    assert (licence.periods, licence.parts, licence.total_eur_ht) == (0, [[3, 12]], D("250.00"))
    assert (base.periods, base.parts, base.total_eur_ht) == (3, [], D("300.00"))
    assert order.total_eur_ht == D("718.00")
    page = client_for(purchase.requester).get(f"/commandes/{order.number}/").content.decode()
    assert "2\u00a0mois et 12\u00a0jours sur 30" in page
    assert "3\u00a0mois sur 12" in page
    api = client_for_token(purchase.requester).get(f"/api/v1/orders/{order.uuid}/").json()["lines"]
    assert [(one["prorata"], one["parts"]) for one in api] == [
        ("day", [[12, 30]]),
        ("month", [[3, 12]]),
        ("none", []),
    ]


def test_what_is_approved_binds_the_parts_and_plain_lines_keep_their_hash(ordered):
    seats, _, base = ordered[1].lines.all()
    assert seats.content()["parts"] == [[12, 30]]
    assert "parts" not in base.content()


def test_the_papers_tell_the_same_count(ordered):
    purchase, order = ordered
    bring_to(order, "sent", purchase)
    data = document_data(order)
    assert [one["periods"] for one in data["lines"]][:2] == [
        "2\u00a0mois et 12\u00a0jours sur 30",
        "3\u00a0mois sur 12",
    ]
    assert any("sauf pour les prix au prorata" in one for one in data["conditions"])
    ram = f"{{{NAMESPACES['ram']}}}"
    facts = document_of(order)
    told = ElementTree.fromstring(order_x(facts)).iter(f"{ram}RequestedQuantity")
    assert [D(each.text) for each in told] == [D("16.8"), D("0.25"), D(3)]
    assert "2\u00a0mois et 12\u00a0jours sur 30".encode() in ubl_order(facts)


def test_statements_add_up_and_the_invoice_of_the_whole_agrees(ordered):
    purchase, order = ordered
    bring_to(order, "acknowledged", purchase)
    contract = Contract.objects.for_lists().get(order=order)
    spans = [(FIRST, dt.date(2026, 2, 14)), (dt.date(2026, 2, 15), LAST)]
    made = [
        writing.create_statement(
            contract, actor=purchase.actor("manager"), rows=[("poste", D(7))], starts_on=start, ends_on=end
        )
        for start, end in spans
    ]
    # 15 of 28 days; 13 of 28, a month, 12 of 30.
    assert [one.total_eur_ht for one in made] == [D("37.50"), D("130.50")]
    line = made[1].lines.get()
    assert (line.periods, line.parts) == (1, [[13, 28], [12, 30]])
    page = client_for(purchase.requester).get(f"/releves/{made[1].number}/")
    if page.status_code == 404:  # a draft is the supplier's own
        page = client_for(purchase.manager).get(f"/releves/{made[1].number}/")
    assert "1\u00a0mois et 13\u00a0jours sur 28 et 12\u00a0jours sur 30" in page.content.decode()
    lines = [billed("16.8", "10", rank=1), billed("0.25", "1000", rank=2, label="Licence")]
    invoice = send(contract, actor=purchase.actor("manager"), lines=lines, ttc="501.60")
    assert [row.differences for row in match_of(invoice).rows] == [(), (), ()]


MONEY = st.decimals(0, 99_999, places=6)


@given(
    st.decimals("0.001", 9999, places=3),
    MONEY,
    st.integers(0, 40),
    st.integers(1, 30),
    st.sampled_from([28, 31, 12, 365]),
)
def test_the_quantity_of_the_papers_makes_the_total(quantity, amount, whole, used, of):
    count = whole + Fraction(min(used, of - 1), of)
    line = SimpleNamespace(
        parts=[[1, 2]],
        quantity=quantity,
        period_count=SimpleNamespace(count=count),
        unit_price_eur_ht=amount,
        total_eur_ht=line_total(quantity, unit_price_eur_ht=amount, periods=count),
    )
    told = told_quantity(line)
    assert round_eur(told * amount) == line.total_eur_ht
    assert abs(Fraction(told) - Fraction(quantity) * count) <= Fraction(1, 10**6)
