"""Invoices by their pages and by the API, and the whole: order, statement, service fait, invoice, payment."""

import datetime as dt
from decimal import Decimal

import pytest

from marketplace.accounts.enums import Role
from procurement.models import Contract, Invoice
from tests.builders import client_for, make_member
from tests.procurement.invoicing.builders import (
    IBAN,
    YEAR,
    accepted,
    factur_x,
    make_contract,
    paper,
    upload,
    xml_of,
)
from tests.procurement.order_builders import make_order, make_purchase
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/invoices/"


@pytest.fixture(autouse=True)
def _today(time_machine):
    time_machine.move_to(dt.datetime(2026, 11, 26, 10, tzinfo=dt.UTC), tick=True)


@pytest.fixture
def purchase():
    return make_purchase()


def text_of(response, status=200):
    assert response.status_code == status, response.content[:800]
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def typed(**values):
    return {
        "kind": "invoice", "supplier_number": "F-2026-1", "issued_on": "2026-02-01",
        "vat_rate": "20", "total_eur_ttc": "120,00", "iban": IBAN, **values,
    }  # fmt: skip


def test_typed_on_a_page_errors_name_their_field_and_keep_what_was_typed(purchase):
    contract = make_contract(purchase)
    address = f"/contrats/{contract.number}/factures/saisir/"
    assert client_for(make_purchase().manager).get(address).status_code == 404
    assert client_for(purchase.requester).get(address).status_code == 403
    supplier, rank = client_for(purchase.manager), contract.order.lines.get().position
    lines = {f"qte-{rank}": "10", f"prix-{rank}": "10"}
    for wrong, field in (
        ({"total_eur_ttc": "119,99"}, "total_eur_ttc"),
        ({"iban": "FR76"}, "iban"),
        ({f"qte-{rank}": "dix"}, f"qte-{rank}"),
        ({"other_eur_ht": "5"}, "other_eur_ht"),
        ({"vat_rate": "120"}, "vat_rate"),
        ({"kind": "credit_note"}, "credited"),
        ({f"qte-{rank}": ""}, None),
    ):
        refused = supplier.post(address, typed(**{**lines, **wrong}))
        assert "F-2026-1" in text_of(refused, 400)
        assert field is None or field in refused.context["form"].errors
    assert supplier.post(address, typed(**lines)).status_code == 302
    made = Invoice.objects.get()
    assert (made.total_eur_ht, made.format, made.lines.get().order_line.position) == (100, "typed", rank)
    page = text_of(supplier.get(made.get_absolute_url()))
    assert "Service fait non certifié" in page and "26 décembre 2026" in page and "Aucun écart" in page
    assert client_for(make_purchase().finance).get(made.get_absolute_url()).status_code == 404
    assert made.number in text_of(supplier.get("/factures/"))
    assert "Aucune facture dans cet état" in text_of(supplier.get("/factures/?etat=late"))


def test_a_factur_x_that_contradicts_itself_is_disputed_answered_then_rejected(purchase):
    contract = make_contract(purchase)
    supplier, finance = client_for(purchase.manager), client_for(purchase.finance)
    address = f"/contrats/{contract.number}/factures/deposer/"
    refused = supplier.post(address, {"file": upload(b"rien", "facture.pdf"), "iban": IBAN})
    assert "file" in refused.context["form"].errors and refused.status_code == 400
    broken = xml_of(paper(contract)).replace(b' unitCode="C62"', b' unit="C62"')
    refused = supplier.post(address, {"file": upload(broken), "iban": IBAN})
    assert "Ligne 29 du XML" in (told := text_of(refused, 400)) and IBAN in told
    problem = problem_of(
        client_for_token(purchase.manager).post(
            f"{URL}upload/", {"contract": str(contract.uuid), "file": upload(broken)}, format="multipart"
        ),
        400,
    )
    assert problem["code"] == "invoice_schema" and {each["field"] for each in problem["errors"]} == {"file"}
    assert not Invoice.objects.exists()
    sent = {"file": upload(factur_x(paper(contract)), "facture.pdf"), "stated_eur_ttc": "120,10"}
    assert supplier.post(address, sent).status_code == 302
    made = Invoice.objects.get()
    page = made.get_absolute_url()
    assert "Le PDF montre 120,10 € TTC, son XML dit 120,00 € TTC" in text_of(finance.get(page))
    assert "Délai interrompu" in text_of(finance.get("/factures/"))
    assert finance.get(f"{page}repondre/").status_code == 403
    assert finance.get(f"{page}accepter/").status_code == 409
    assert "Répondre au litige" in text_of(supplier.get("/bureau/"))
    assert (
        supplier.post(f"{page}repondre/", {"answer": "120,00 €", "version": made.version}).status_code == 302
    )
    assert "un nouveau délai en part" in text_of(finance.get(page))
    download = finance.get(f"{page}document/")
    assert download.content.startswith(b"%PDF-") and download["X-Content-Type-Options"] == "nosniff"
    assert finance.post(f"{page}rejeter/", {"reason": "PDF faux", "version": "1"}).status_code == 412
    made.refresh_from_db()
    assert finance.post(f"{page}rejeter/", {"reason": "PDF faux", "version": made.version}).status_code == 302
    assert "PDF faux" in text_of(supplier.get(page))


def test_from_the_order_to_the_payment_by_the_pages(purchase):
    """Order acknowledged, use stated, attested, certified; invoice matched, accepted, paid in two parts."""
    supplier, requester = client_for(purchase.manager), client_for(purchase.requester)
    contract = acknowledged(
        purchase,
        lambda order: supplier.post(
            f"/commandes/{order.number}/accuser-reception/", {"version": order.version}
        ),
    )
    finance, buyer = (
        client_for(purchase.finance),
        client_for(make_member(Role.PURCHASING, organisation=purchase.buyer)),
    )
    second = client_for(make_member(Role.FINANCE, organisation=purchase.buyer))
    statement = certified_by_pages(contract, supplier, requester, second)
    rank = contract.order.lines.get().position
    sent = typed(**{f"qte-{rank}": "10", f"prix-{rank}": "10", "statement": str(statement.uuid)})
    assert supplier.post(f"/contrats/{contract.number}/factures/saisir/", sent).status_code == 302
    made = Invoice.objects.get()
    page = made.get_absolute_url()
    assert made.state == "matched" and made.statement == statement
    assert "Aucun écart" in text_of(finance.get(page))
    assert finance.post(f"{page}accepter/", {"version": made.version}).status_code == 302
    pay_by_pages(page, finance=finance, buyer=buyer)
    read = text_of(supplier.get(page))
    assert outcome(made) == OUTCOME
    assert "Payée" in read and "référence M-2" in read and str(purchase.finance.user) not in read


def pay_by_pages(page, *, finance, buyer):
    """In two parts, once another person has confirmed the account."""
    assert finance.get(f"{page}payer/").status_code == 409
    assert "Confirmer le compte" in text_of(buyer.get("/bureau/"))
    known = {"checked_how": "Rappel au numéro connu"}
    assert buyer.post(f"{page}confirmer-le-compte/", known).status_code == 302
    assert buyer.get(f"{page}payer/").status_code == 403
    assert "Payer, 120,00 € TTC" in text_of(finance.get("/bureau/"))
    part = {"amount_eur_ttc": "50,00", "paid_on": "2026-11-26", "reference": "M-1"}
    assert finance.post(f"{page}payer/", {**part, "amount_eur_ttc": "120,01"}).status_code == 400
    assert finance.post(f"{page}payer/", part).status_code == 302
    rest = {**part, "amount_eur_ttc": "70", "reference": "M-2"}
    assert finance.post(f"{page}payer/", rest).status_code == 302
    assert finance.get(f"{page}payer/").status_code == 409


OUTCOME = {
    "order": "acknowledged",
    "statement": "certified",
    "invoice": "paid",
    "due_on": dt.date(2026, 12, 26),
    "served_on": dt.date(2026, 1, 31),
    "total_eur_ttc": Decimal("120.00"),
    "paid_eur_ttc": Decimal("120.00"),
    "recorded_by_others": True,
}


def outcome(invoice):
    """What the whole road left in the database, whichever door was taken."""
    found = Invoice.objects.for_pages().get(pk=invoice.pk)
    payers = {payment.recorded_by for payment in found.payments.all()}
    return {
        "order": found.contract.order.state,
        "statement": found.statement.state,
        "invoice": found.state,
        "due_on": found.due_on,
        "served_on": found.service_day,
        "total_eur_ttc": found.total_eur_ttc,
        "paid_eur_ttc": sum(payment.amount_eur_ttc for payment in found.payments.all()),
        "recorded_by_others": not payers & {found.account.confirmed_by, found.account.entered_by},
    }


def acknowledged(purchase, acknowledge):
    """An order sent, then acknowledged by the supplier through that door."""
    order = make_order(purchase, state="sent", **YEAR)
    answer = acknowledge(order)
    assert answer.status_code in (200, 302), answer.content
    return Contract.objects.for_lists().get(order=order)


def certified_by_pages(contract, supplier, requester, finance):
    created = supplier.post(
        f"/contrats/{contract.number}/releves/ecrire/",
        {"starts_on": "2026-01-01", "ends_on": "2026-01-31", "q_poste": "10"},
    )
    assert created.status_code == 302, text_of(created)
    made = contract.statements.get()
    page = made.get_absolute_url()
    for client, slug, values in (
        (supplier, "envoyer", {}),
        (requester, "attester", {"service_done_on": "2026-01-31"}),
        (finance, "certifier", {}),
    ):
        made.refresh_from_db()
        answer = client.post(f"{page}{slug}/", {"version": made.version, **values})
        assert answer.status_code == 302, text_of(answer)
    made.refresh_from_db()
    assert made.is_certified
    return made


def body_of(contract, **values):
    line = {
        "label": "Poste",
        "quantity": "10",
        "unit_price_eur_ht": "10",
        "total_eur_ht": "100.00",
        "vat_rate": "20",
    }
    return {
        "contract": str(contract.uuid), "supplier_number": "A-1", "issued_on": "2026-02-01", "iban": IBAN,
        "lines": [{**line, "order_line": contract.order.lines.get().position}],
        "total_eur_ht": "100.00", "vat_eur": "20.00", "total_eur_ttc": "120.00", **values,
    }  # fmt: skip


def test_the_same_outcome_by_the_api(purchase):
    supplier, finance = client_for_token(purchase.manager), client_for_token(purchase.finance)
    contract = acknowledged(
        purchase, lambda order: supplier.post(f"/api/v1/orders/{order.uuid}/acknowledge/", {}, format="json")
    )
    problem_of(client_for_token(purchase.requester).post(URL, body_of(contract), format="json"), 403)
    problem_of(client_for_token(make_purchase().manager).post(URL, body_of(contract), format="json"), 404)
    for wrong, field in (
        ({"currency": "CHF"}, "currency"),
        ({"total_eur_ttc": "120.01"}, "total_eur_ttc"),
        ({"total_eur_ht": "90.00", "vat_eur": "30.00"}, "total_eur_ht"),
        ({"total_eur_ttc": "1e15"}, "total_eur_ttc"),
    ):
        assert faults(supplier.post(URL, body_of(contract, **wrong), format="json")) == {field}
    statement = certified_by_api(purchase, contract, supplier)
    made = supplier.post(URL, body_of(contract, statement=statement), format="json")
    assert made.status_code == 201, made.content
    assert (made.json()["state"], made.json()["served_on"]) == ("matched", "2026-01-31")
    url = f"{URL}{made.json()['id']}/"
    assert finance.get(f"{url}matching/").json()["agrees"] is True
    assert finance.post(f"{url}accept/", {}, format="json").json()["due_on"] == "2026-12-26"
    pay = {"amount_eur_ttc": "120.00", "paid_on": "2026-11-26", "reference": "M-1"}
    problem_of(finance.post(f"{url}pay/", pay, format="json"), 409)
    buyer = client_for_token(make_member(Role.PURCHASING, organisation=purchase.buyer))
    said = buyer.post(f"{url}confirm-account/", {"checked_how": "Rappel"}, format="json")
    assert said.json()["account"] == {"iban": IBAN, "confirmed": True}
    problem_of(supplier.post(f"{url}pay/", pay, format="json"), 403)
    assert faults(finance.post(f"{url}pay/", {**pay, "amount_eur_ttc": "120.01"}, format="json")) == {
        "amount_eur_ttc"
    }
    paid = finance.post(f"{url}pay/", pay, format="json").json()
    assert (paid["state"], paid["left_eur_ttc"], paid["late_interest"]) == ("paid", "0.00", None)
    problem_of(finance.post(f"{url}pay/", pay, format="json"), 409)
    assert outcome(Invoice.objects.get()) == OUTCOME


def certified_by_api(purchase, contract, supplier):
    rows = [{"component": "poste", "quantity": "10"}]
    body = {"contract": str(contract.uuid), "starts_on": "2026-01-01", "ends_on": "2026-01-31", "rows": rows}
    made = supplier.post("/api/v1/usage-statements/", body, format="json")
    assert made.status_code == 201, made.content
    url = f"/api/v1/usage-statements/{made.json()['id']}/"
    other = make_member(Role.FINANCE, organisation=purchase.buyer)
    for client, act, values in (
        (supplier, "submit", {}),
        (client_for_token(purchase.requester), "attest", {"service_done_on": "2026-01-31"}),
        (client_for_token(other), "certify", {}),
    ):
        answer = client.post(f"{url}{act}/", values, format="json")
        assert answer.status_code == 200, answer.content
    return made.json()["id"]


def test_files_by_the_api_and_interest_said(purchase):
    contract = make_contract(purchase)
    supplier, finance = client_for_token(purchase.manager), client_for_token(purchase.finance)
    sent = {"contract": str(contract.uuid), "file": upload(xml_of(paper(contract), flavor="ubl-2.1"))}
    made = supplier.post(f"{URL}upload/", sent, format="multipart")
    assert (made.status_code, made.json()["format"]) == (201, "ubl"), made.content
    sent["file"] = upload(b"<!DOCTYPE a><a/>")
    assert faults(supplier.post(f"{URL}upload/", sent, format="multipart")) == {"file"}
    late = accepted(purchase, contract, number="A-LATE")
    Invoice.objects.filter(pk=late.pk).update(due_on=dt.date(2026, 3, 3))
    read = finance.get(f"{URL}{late.uuid}/").json()["late_interest"]
    # 120 € for 268 days at 10.15 %.
    assert (read["interest_eur"], read["total_eur"]) == ("8.94", "48.94")
    assert [each["supplier_number"] for each in finance.get(f"{URL}?late=true").json()["results"]] == [
        "A-LATE"
    ]
    Invoice.objects.filter(pk=late.pk).update(due_on=dt.date(2026, 8, 3))
    read = finance.get(f"{URL}{late.uuid}/").json()["late_interest"]
    assert read["interest_eur"] is None and Decimal(read["flat_fee_eur"]) == 40
    assert "Inconnu : le taux de la Banque centrale" in text_of(
        client_for(purchase.finance).get(late.get_absolute_url())
    )
