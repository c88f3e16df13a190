"""Late interest and its flat fee, paid apart from the principal: strangers first, sums never exceeded."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from marketplace.errors import DomainError, MoveRefused, NotAllowed, RuleBroken
from procurement.invoicing import paying_interest
from procurement.models import InterestPayment, Invoice
from tests.builders import client_for
from tests.procurement.invoicing.builders import accepted, make_contract, paid_late
from tests.procurement.order_builders import Purchase, make_purchase
from tests.rest.builders import client_for_token, faults, problem_of
from tests.support.racing import at_once

URL = "/api/v1/invoices/"


@pytest.fixture(autouse=True)
def _day(time_machine):
    """268 days after the limit: 120 € at 10.15 % give 8.94 €."""
    time_machine.move_to(dt.datetime(2026, 11, 26, 10, tzinfo=dt.UTC), tick=True)


@pytest.fixture
def purchase(db: None) -> Purchase:
    return make_purchase()


@pytest.fixture
def late(purchase: Purchase) -> Invoice:
    return paid_late(purchase, make_contract(purchase))


def pay(invoice, purchase, interest="8.94", fee="40.00", reference="VIR-INT", **values):
    terms = {"paid_on": timezone.localdate(), **values}
    return paying_interest.pay_interest(
        Invoice.objects.get(pk=invoice.pk),
        actor=purchase.actor("finance"),
        interest_eur=Decimal(interest),
        flat_fee_eur=Decimal(fee),
        reference=reference,
        **terms,
    )


def text_of(response, status=200):
    assert response.status_code == status, response.content[:800]
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def test_strangers_then_by_the_page(purchase, late):
    page = f"{late.get_absolute_url()}payer-les-interets/"
    assert client_for(make_purchase().finance).get(page).status_code == 404
    assert client_for(purchase.manager).get(page).status_code == 403
    finance = client_for(purchase.finance)
    read = text_of(finance.get(page))
    assert 'value="8,94"' in read and "Taux par an" in read and "Sommes en retard" in read
    typed = {"interest_eur": "8,95", "flat_fee_eur": "40", "reference": "VIR-9"}
    typed["paid_on"] = timezone.localdate().isoformat()
    wrong = text_of(finance.post(page, typed), 400)
    assert "8,94 € au plus" in wrong and "VIR-9" in wrong
    assert finance.post(page, {**typed, "interest_eur": "8,94"}).status_code == 302
    shown = text_of(client_for(purchase.manager).get(late.get_absolute_url()))
    assert "8,94 € d’intérêts et 40,00 € d’indemnité" in shown and "Reste à verser" in shown
    assert finance.get(page).status_code == 409


def test_parts_make_the_sum_and_no_more(purchase, late):
    pay(late, purchase, "5.00", "0.00", "A")
    with pytest.raises(RuleBroken) as refused:
        pay(late, purchase, "3.95", "0.00", "B")
    assert set(refused.value.fields) == {"interest_eur"}
    with pytest.raises(RuleBroken) as refused:
        pay(late, purchase, "3.94", "40.01", "B")
    assert set(refused.value.fields) == {"flat_fee_eur"}
    pay(late, purchase, "3.94", "40.00", "B")
    with pytest.raises(MoveRefused, match="déjà versés"):
        pay(late, purchase, "0.01", "0.00", "C")
    late.refresh_from_db()
    assert (late.paid_eur_ttc, late.left_eur_ttc) == (Decimal("120.00"), Decimal("0.00"))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"interest": "0", "fee": "0"}, "interest_eur"),
        ({"interest": "-1"}, "interest_eur"),
        ({"fee": "-1"}, "flat_fee_eur"),
        ({"paid_on": dt.date(2026, 11, 27)}, "paid_on"),
        ({"paid_on": dt.date(2026, 3, 3)}, "paid_on"),
    ],
)
def test_what_is_wrong_names_its_field(purchase, late, values, field):
    with pytest.raises(RuleBroken) as refused:
        pay(late, purchase, **values)
    assert set(refused.value.fields) == {field}
    assert not InterestPayment.objects.exists()


def test_the_principal_first_and_only_what_was_late(purchase):
    contract = make_contract(purchase)
    unpaid = accepted(purchase, contract)
    Invoice.objects.filter(pk=unpaid.pk).update(due_on=dt.date(2026, 3, 3))
    with pytest.raises(MoveRefused, match="une fois la facture payée"):
        pay(unpaid, purchase)
    on_time = paid_late(purchase, make_contract(purchase), due_on=dt.date(2026, 12, 26))
    with pytest.raises(MoveRefused, match="pas été payée en retard"):
        pay(on_time, purchase)


def test_where_the_rate_is_not_held_finance_says_the_interest(purchase):
    unknown = paid_late(purchase, make_contract(purchase), due_on=dt.date(2026, 8, 3))
    pay(unknown, purchase, "3.21")
    page = text_of(client_for(purchase.finance).get(unknown.get_absolute_url()))
    assert "3,21 € d’intérêts" in page and "Inconnu : le taux" in page
    with pytest.raises(RuleBroken):
        pay(unknown, purchase, "0", "0.01", "B")


def test_a_reference_is_taken_once_and_a_row_never_changes(purchase, late):
    pay(late, purchase, "1.00", "0.00")
    with pytest.raises(RuleBroken) as refused:
        pay(late, purchase, "1.00", "0.00")
    assert set(refused.value.fields) == {"reference"}
    with pytest.raises(DatabaseError), transaction.atomic():
        InterestPayment.objects.update(interest_eur=2)
    with pytest.raises(DatabaseError), transaction.atomic():
        InterestPayment.objects.all().delete()


def test_who_confirmed_the_account_does_not_pay(purchase, late):
    account = late.account
    assert account is not None and account.confirmed_by is not None
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import Membership

    confirmer = Actor.of(Membership.objects.get(user=account.confirmed_by, organisation=purchase.buyer))
    with pytest.raises((NotAllowed, DomainError)):
        paying_interest.refuse_interest_unpayable(late, actor=confirmer)


def test_the_same_by_the_api(purchase, late):
    url = f"{URL}{late.uuid}/pay-interest/"
    body = {
        "interest_eur": "8.94",
        "flat_fee_eur": "40.00",
        "paid_on": timezone.localdate().isoformat(),
        "reference": "VIR-INT",
    }
    problem_of(client_for_token(make_purchase().finance).post(url, body, format="json"), 404)
    problem_of(client_for_token(purchase.manager).post(url, body, format="json"), 403)
    finance = client_for_token(purchase.finance)
    assert faults(finance.post(url, {**body, "flat_fee_eur": "41"}, format="json")) == {"flat_fee_eur"}
    told = finance.post(url, body, format="json").json()
    assert told["interest_payments"] == [body]
    problem_of(finance.post(url, body, format="json"), 409)


@pytest.mark.django_db(transaction=True)
def test_two_payments_at_once_never_exceed():
    purchase = make_purchase()
    late = paid_late(purchase, make_contract(purchase))
    outcomes = at_once(
        lambda: str(pay(late, purchase, reference="A").pk and "paid"),
        lambda: str(pay(late, purchase, reference="B").pk and "paid"),
    )
    assert sorted(outcomes) == ["interest_settled", "paid"]
    assert InterestPayment.objects.count() == 1
