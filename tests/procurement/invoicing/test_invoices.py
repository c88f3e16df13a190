"""Invoices: received, matched, disputed, credited, paid; each rule by its action, and real races."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OrganisationKind, Role
from marketplace.accounts.models import Organisation
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.notifications.models import Notification
from procurement.invoicing import accounts, deciding
from procurement.invoicing.facts import interest_of, match_of
from procurement.invoicing.receiving import Arrival, receive_file
from procurement.invoicing.telling import tell_limits
from procurement.models import Invoice, InvoicePayment, SupplierAccount
from procurement.statements import serving
from tests.builders import make_member
from tests.procurement.invoicing.builders import (
    OTHER_IBAN,
    accepted,
    certified,
    confirmed,
    credit,
    factur_x,
    line,
    make_contract,
    paper,
    paper_line,
    pay,
    send,
    upload,
    xml_of,
)
from tests.procurement.order_builders import make_purchase
from tests.procurement.statements.builders import FEBRUARY, make_statement
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 26)


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 26, 10, tzinfo=dt.UTC), tick=True)


@pytest.fixture
def purchase():
    return make_purchase()


@pytest.fixture
def contract(purchase):
    return make_contract(purchase)


def refusal(call, *args, **kwargs):
    with pytest.raises(RuleBroken) as error:
        call(*args, **kwargs)
    return error.value.code, set(error.value.fields)


def test_sent_by_the_supplier_it_is_received_today_and_due_by_the_kind_of_buyer(purchase, contract):
    made = send(contract, actor=purchase.actor("manager"), received_on=dt.date(2026, 3, 1))
    assert (made.state, made.received_on, made.due_on) == ("received", TODAY, dt.date(2026, 12, 26))
    Organisation.objects.filter(pk=purchase.buyer.pk).update(kind=OrganisationKind.HEALTH_ESTABLISHMENT)
    other = send(make_contract(purchase), actor=purchase.actor("manager"))
    assert other.due_on == dt.date(2027, 1, 15)


def test_finance_dates_what_reached_it_otherwise(purchase, contract):
    finance = purchase.actor("finance")
    made = send(contract, actor=finance, received_on=dt.date(2026, 3, 1), served_on=dt.date(2026, 3, 15))
    assert made.due_on == dt.date(2026, 4, 14)
    for day in (dt.date(2026, 1, 31), dt.date(2026, 11, 27)):
        assert refusal(send, contract, actor=finance, received_on=day)[1] == {"received_on"}


def test_the_day_of_service_moves_the_clock_and_never_a_certification(purchase, contract):
    made = send(contract, actor=purchase.actor("finance"), received_on=dt.date(2026, 3, 1))
    deciding.set_service_day(made, actor=purchase.actor("requester"), served_on=dt.date(2026, 3, 31))
    assert made.due_on == dt.date(2026, 4, 30)
    assert refusal(
        deciding.set_service_day, made, actor=purchase.actor("finance"), served_on=dt.date(2026, 11, 27)
    )[1] == {"served_on"}
    deciding.match_invoice(made, actor=purchase.actor("finance"), reason="Certifié tard")
    with pytest.raises(MoveRefused) as uncertified:
        deciding.accept_invoice(made, actor=purchase.actor("finance"))
    assert uncertified.value.code == "service_not_certified"
    certified(purchase, contract)
    deciding.accept_invoice(made, actor=purchase.actor("finance"))
    assert made.due_on == dt.date(2026, 4, 30)


@pytest.mark.parametrize(("values", "field"), [
    ({"currency": "USD"}, "currency"),
    ({"ttc": "119.99"}, "total_eur_ttc"),
    ({"lines": []}, "lines"),
    ({"iban": "FR7630006000011234567890188"}, "iban"),
    ({"iban": ""}, "iban"),
    ({"number": " "}, "supplier_number"),
    ({"number": "F" * 61}, "supplier_number"),
    ({"issued_on": dt.date(2026, 11, 27)}, "issued_on"),
    ({"lines": [line("999999999999", "999999")]}, "lines"),
    ({"lines": [line("0")], "ttc": "0.00"}, "total_eur_ttc"),
    ({"kind": "credit_note"}, "credited"),
])  # fmt: skip
def test_what_is_refused_names_its_field(purchase, contract, values, field):
    assert refusal(send, contract, actor=purchase.actor("manager"), **values)[1] == {field}
    assert not Invoice.objects.exists() and not SupplierAccount.objects.exists()


def test_a_number_is_taken_once_for_a_supplier(purchase, contract):
    send(contract, actor=purchase.actor("manager"), number="F-UNE")
    again = make_contract(purchase)
    assert refusal(send, again, actor=purchase.actor("manager"), number="F-UNE") == (
        "number_taken", {"supplier_number"},
    )  # fmt: skip
    other = make_purchase()
    assert send(make_contract(other), actor=other.actor("manager"), number="F-UNE").state == "received"


def by_file(contract, actor, content, **values):
    return receive_file(contract, actor=actor, file=upload(content), arrival=Arrival(**values))


def test_a_file_for_another_order_or_another_buyer_is_refused(purchase, contract):
    actor = purchase.actor("manager")
    for terms, code in (
        ({"BT-13": "BC-AUTRE"}, "other_order"),
        ({"BT-5": "USD"}, "wrong_currency"),
        (
            {"BG-4": {**paper(contract)["BG-4"], "legal_identifier": "000000018", "vat_identifier": ""}},
            "other_supplier",
        ),
        (
            {"BG-7": {**paper(contract)["BG-7"], "legal_identifier": "00000001800010", "vat_identifier": ""}},
            "other_buyer",
        ),
    ):
        assert refusal(by_file, contract, actor, xml_of(paper(contract, **terms)))[0] == code
    made = by_file(contract, actor, xml_of(paper(contract), flavor="ubl-2.1"))
    assert (made.format, made.served_on, made.file.media_type) == ("ubl", dt.date(2026, 1, 31), "text/xml")


def test_a_pdf_that_shows_another_total_than_its_xml_is_disputed(purchase, contract):
    actor = purchase.actor("manager")
    assert refusal(by_file, contract, actor, factur_x(paper(contract)))[1] == {"stated_eur_ttc"}
    made = by_file(contract, actor, factur_x(paper(contract)), stated_eur_ttc=Decimal("120.01"))
    assert (made.state, made.due_on, made.disputes.get().cause) == ("disputed", None, "pdf_differs")
    deciding.answer_dispute(made, actor=actor, answer="Erreur d’impression : 120,00 € est exact.")
    assert (made.state, made.due_on) == ("received", dt.date(2026, 12, 26))
    good = by_file(contract, actor, factur_x(paper(contract)), stated_eur_ttc=Decimal("120.00"))
    assert good.state != "disputed"


def test_lines_are_compared_with_the_order_and_with_what_was_invoiced(purchase, contract):
    lines = [
        paper_line("1", "120", "10.00", "1200.00"),
        paper_line("2", "1", "5.00", "5.00", **{"BT-153": "Cadeau"}),
    ]
    totals = {
        "BT-106": "1205.00",
        "BT-109": "1205.00",
        "BT-110": "241.00",
        "BT-112": "1446.00",
        "BT-115": "1446.00",
    }
    totals["BG-23"] = [{"BT-116": "1205.00", "BT-117": "241.00", "BT-118": "S", "BT-119": "20"}]
    made = by_file(contract, purchase.actor("manager"), xml_of(paper(contract, **{"BG-25": lines}, **totals)))
    found = match_of(made)
    assert [row.label for row in found.rows] == ["Poste", "Cadeau"] and len(found.differences) == 1
    assert not found.rows[0].differences and found.rows[1].ordered_eur_ht is None
    second = send(contract, actor=purchase.actor("manager"))
    row = match_of(second).rows[0]
    assert row.before_eur_ht == Decimal("1200.00") and row.differences
    deciding.reject_invoice(made, actor=purchase.actor("finance"), reason="Cadeau non commandé")
    assert match_of(second).rows[0].before_eur_ht == 0


def test_differences_are_admitted_with_a_reason_only(purchase, contract):
    made = send(contract, actor=purchase.actor("manager"), lines=[line("10", "12")], ttc="144.00")
    finance = purchase.actor("finance")
    assert refusal(deciding.match_invoice, made, actor=finance)[1] == {"reason"}
    assert deciding.match_invoice(made, actor=finance, reason="Hausse convenue").state == "matched"


def test_a_dispute_interrupts_the_clock_once_and_lifted_never_did(purchase, contract, time_machine):
    finance, made = purchase.actor("finance"), send(contract, actor=purchase.actor("manager"))
    due = made.due_on
    deciding.dispute_invoice(made, actor=finance, reason="Pièce manquante")
    assert made.due_on is None
    deciding.lift_dispute(made, actor=finance, reason="Pièce retrouvée")
    assert (made.state, made.due_on) == ("received", due)
    deciding.dispute_invoice(made, actor=finance, reason="Prix faux")
    time_machine.move_to(dt.datetime(2026, 12, 10, 10, tzinfo=dt.UTC))
    deciding.answer_dispute(made, actor=purchase.actor("manager"), answer="Prix de l’avenant 2")
    assert made.due_on == dt.date(2027, 1, 9)
    deciding.dispute_invoice(made, actor=finance, reason="Encore")
    assert made.due_on == dt.date(2027, 1, 9)
    assert Notification.objects.filter(user=purchase.manager.user, subject__contains="en litige").count() == 3


def test_the_statement_that_it_charges_gives_the_day_and_the_third_way(purchase, contract):
    """Attested after the invoice came: the clock follows at once, and back when the attestation is undone."""
    statement = make_statement(purchase, contract, state="submitted")
    made = send(contract, actor=purchase.actor("finance"), received_on=dt.date(2026, 2, 5))
    assert made.statement == statement and made.due_on == dt.date(2026, 3, 7)
    serving.attest(statement, actor=purchase.actor("requester"), service_done_on=dt.date(2026, 2, 20))
    made.refresh_from_db()
    assert (made.due_on, match_of(made).service_certified) == (dt.date(2026, 3, 22), False)
    serving.send_back(statement, actor=purchase.actor("finance"), reason="Jour à revoir")
    made.refresh_from_db()
    assert made.due_on == dt.date(2026, 3, 7)
    serving.attest(statement, actor=purchase.actor("requester"), service_done_on=dt.date(2026, 2, 20))
    serving.certify(statement, actor=purchase.actor("finance"))
    made = Invoice.objects.for_pages().get(pk=made.pk)
    found = match_of(made)
    assert found.agrees and found.rows[0].served_eur_ht == Decimal("100.00")
    assert made.due_on == dt.date(2026, 3, 22)
    over = send(contract, actor=purchase.actor("manager"))
    assert (over.state, over.statement) == ("received", None)
    assert "service fait" in match_of(over).rows[0].differences[0]
    assert refusal(send, contract, actor=purchase.actor("manager"), statement=statement)[1] == {"statement"}
    february = make_statement(purchase, contract, state="certified", **FEBRUARY)
    assert send(contract, actor=purchase.actor("manager"), statement=february).state == "matched"


def test_a_credit_note_comes_off_and_never_exceeds(purchase, contract):
    made = send(contract, actor=purchase.actor("manager"))
    assert credit(made, actor=purchase.actor("manager")).state == "credited"
    made.refresh_from_db()
    assert (made.owed_eur_ttc, made.state) == (Decimal("60.00"), "received")
    assert refusal(credit, made, actor=purchase.actor("manager"), ttc="60.01") == (
        "credit_too_large", {"total_eur_ttc"},
    )  # fmt: skip
    credit(made, actor=purchase.actor("finance"))
    made.refresh_from_db()
    assert made.state == "cancelled"
    assert refusal(credit, made, actor=purchase.actor("manager"), ttc="1.20")[1] == {"credited"}
    assert match_of(send(contract, actor=purchase.actor("manager"))).rows[0].before_eur_ht == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=made.pk).update(credited_eur_ttc=Decimal("120.01"))


def test_nothing_is_paid_to_an_account_that_one_person_knows(purchase, contract):
    certified(purchase, contract)
    made = send(contract, actor=purchase.actor("finance"))
    assert made.state == "matched"
    deciding.accept_invoice(made, actor=purchase.actor("finance"))
    with pytest.raises(MoveRefused) as refused:
        pay(made, actor=purchase.actor("finance"))
    assert refused.value.code == "account_unconfirmed"
    with pytest.raises(NotAllowed, match="Vous avez saisi"):
        accounts.confirm_account(made.account, actor=purchase.actor("finance"), checked_how="Rappel")
    other = Actor.of(make_member(Role.FINANCE, organisation=purchase.buyer))
    accounts.confirm_account(made.account, actor=other, checked_how="Rappel")
    with pytest.raises(MoveRefused):
        accounts.confirm_account(made.account, actor=other, checked_how="Rappel")
    made = Invoice.objects.get(pk=made.pk)
    with pytest.raises(NotAllowed, match="Vous avez confirmé"):
        pay(made, actor=other)
    assert pay(made, actor=purchase.actor("finance"), on=TODAY).state == "paid"
    assert send(contract, actor=purchase.actor("finance")).account.is_confirmed
    assert not send(contract, actor=purchase.actor("manager"), iban=OTHER_IBAN).account.is_confirmed
    with pytest.raises(IntegrityError), transaction.atomic():
        SupplierAccount.objects.filter(pk=made.account_id).update(iban=OTHER_IBAN)


def test_partial_payments_sum_and_never_exceed(purchase, contract):
    made, finance = accepted(purchase, contract), purchase.actor("finance")
    pay(made, actor=finance, amount="50.00", on=TODAY, reference="M-UN")
    assert (made.state, made.left_eur_ttc) == ("accepted", Decimal("70.00"))
    for amount in ("70.01", "0.00", "-1.00"):
        assert refusal(pay, made, actor=finance, amount=amount, on=TODAY)[1] == {"amount_eur_ttc"}
    assert refusal(pay, made, actor=finance, amount="1.00", on=TODAY, reference="M-UN")[1] == {"reference"}
    assert refusal(pay, made, actor=finance, amount="1.00", on=dt.date(2026, 11, 27))[1] == {"paid_on"}
    credit(made, actor=purchase.actor("manager"), ttc="70.00")
    made.refresh_from_db()
    assert (made.state, made.left_eur_ttc) == ("paid", 0)
    with pytest.raises(MoveRefused):
        pay(made, actor=finance, amount="1.00", on=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        InvoicePayment.objects.update(amount_eur_ttc=Decimal("1.00"))


def test_a_credit_note_after_the_payment_is_owed_back(purchase, contract):
    made = accepted(purchase, contract)
    pay(made, actor=purchase.actor("finance"), on=TODAY)
    credit(made, actor=purchase.actor("manager"))
    made.refresh_from_db()
    assert (made.state, made.left_eur_ttc) == ("paid", Decimal("-60.00"))


def test_late_interest_is_known_when_its_rate_is(purchase, contract):
    finance = purchase.actor("finance")
    certified(purchase, contract)
    made = send(contract, actor=finance, received_on=dt.date(2026, 2, 1), issued_on=dt.date(2026, 2, 1))
    confirmed(made, purchase)
    deciding.accept_invoice(made, actor=finance)
    pay(Invoice.objects.get(pk=made.pk), actor=finance, on=dt.date(2026, 4, 2))
    made.refresh_from_db()
    found = interest_of(made, made.payments.all(), on=TODAY)
    # 120 € for 30 days at 10.15 %.
    assert (made.due_on, found.interest_eur) == (dt.date(2026, 3, 3), Decimal("1.00"))
    later = send(contract, actor=finance, received_on=dt.date(2026, 9, 1))
    assert interest_of(later, [], on=TODAY).interest_eur is None


def test_limits_near_and_late_are_told_once(purchase, contract):
    made = send(contract, actor=purchase.actor("finance"), received_on=dt.date(2026, 11, 1))
    assert made.due_on == dt.date(2026, 12, 1)
    assert [tell_limits(on=TODAY), tell_limits(on=TODAY)] == [1, 0]
    assert [tell_limits(on=dt.date(2026, 12, 2)), tell_limits(on=dt.date(2026, 12, 3))] == [1, 0]
    told = Notification.objects.filter(user=purchase.finance.user, subject__contains="délai de paiement")
    assert told.count() == 2


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(acts=st.lists(st.tuples(st.booleans(), st.integers(1, 13_000)), max_size=5))
def test_what_is_paid_and_credited_stays_within_the_invoice(purchase, contract, acts):
    made = accepted(purchase, contract)
    paid = credited = 0
    for pays, cents in acts:
        amount = Decimal(cents) / 100
        try:
            if pays:
                pay(made, actor=purchase.actor("finance"), amount=str(amount), on=TODAY)
                paid += amount
            else:
                total = round(amount / Decimal("1.2"), 2) * 6 / 5
                credit(made, actor=purchase.actor("manager"), ttc=str(round(total, 2)))
                credited += round(total, 2)
        except (RuleBroken, MoveRefused):
            pass
        made.refresh_from_db()
        assert (made.paid_eur_ttc, made.credited_eur_ttc) == (paid, credited)
        assert paid <= 120 and credited <= 120


@pytest.mark.django_db(transaction=True)
def test_two_payments_two_credit_notes_two_same_numbers_at_once_one_passes():
    purchase = make_purchase()
    contract = make_contract(purchase)
    made = accepted(purchase, contract)

    def paying():
        return pay(Invoice.objects.get(pk=made.pk), actor=purchase.actor("finance"), on=TODAY).state

    assert sorted(at_once(paying, paying)) == ["paid", "wrong_state"]
    assert InvoicePayment.objects.count() == 1
    other = send(contract, actor=purchase.actor("manager"))

    def crediting():
        return credit(
            Invoice.objects.for_pages().get(pk=other.pk), actor=purchase.actor("manager"), ttc="66.00"
        ).state

    assert sorted(at_once(crediting, crediting)) == ["credit_too_large", "credited"]

    def sending():
        return send(contract, actor=purchase.actor("manager"), number="F-COURSE").state

    assert sorted(at_once(sending, sending)) == ["number_taken", "received"]
