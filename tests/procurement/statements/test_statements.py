"""Statements and the service fait: moves, races, pages and API; strangers first."""

import datetime as dt
import gzip
import hashlib
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken, VersionStale
from marketplace.files.models import FileAccess
from marketplace.files.store import read_file
from procurement.models import UsageLine, UsageStatement
from procurement.statements import serving, writing
from procurement.statements.consumption import consumption_of
from tests.builders import client_for, grant, make_member
from tests.procurement.amendments.builders import make_amendment
from tests.procurement.order_builders import make_purchase
from tests.procurement.statements.builders import (
    FEBRUARY,
    JANUARY,
    make_statement,
    make_used_contract,
    month,
)
from tests.rest.builders import client_for_token, faults, problem_of
from tests.support.racing import at_once

pytestmark = pytest.mark.django_db
URL = "/api/v1/usage-statements/"
BAD_FILE = b"composant;quantite\nposte;3\nposte;-1\npostes;2\nposte;4\n"


@pytest.fixture
def purchase():
    return make_purchase()


def text_of(response, status=200):
    assert response.status_code == status, response.content[:800]
    return response.content.decode().replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def test_a_stranger_finds_nothing_and_a_draft_is_its_suppliers_alone(purchase):
    made = make_statement(purchase, make_used_contract(purchase))
    page = made.get_absolute_url()
    assert client_for(None).get(page).status_code == 302
    for other in (make_purchase().manager, make_purchase().requester, purchase.requester):
        assert client_for(other).get(page).status_code == 404
        problem_of(client_for_token(other).get(f"{URL}{made.uuid}/"), 404)
    assert client_for_token(purchase.requester).get(URL).json()["count"] == 0
    serving.submit(made, actor=purchase.actor("manager"))
    assert client_for(purchase.requester).get(page).status_code == 200


def test_statements_of_the_year_add_up_to_the_order(purchase):
    contract = make_used_contract(purchase)
    total = Decimal(0)
    for rank in range(1, 13):
        rows = [("poste", Decimal(10)), ("base", Decimal(1))]
        total += make_statement(purchase, contract, rows=rows, **month(rank)).total_eur_ht
    assert total == contract.order.total_eur_ht + 12 * Decimal("120.50")


def test_service_is_attested_then_certified_by_somebody_else(purchase):
    made = make_statement(purchase, make_used_contract(purchase), state="attested")
    grant(purchase.requester, Role.FINANCE)
    with pytest.raises(NotAllowed, match="une autre personne"):
        serving.certify(made, actor=purchase.actor("requester"))
    with pytest.raises(IntegrityError), transaction.atomic():
        UsageStatement.objects.filter(pk=made.pk).update(
            state="certified", certified_by=made.attested_by, certified_at=made.attested_at
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        UsageLine.objects.filter(statement=made).update(quantity=11)
    done = serving.certify(made, actor=purchase.actor("finance"))
    assert done.is_certified and done.service_done_on == JANUARY["ends_on"]
    assert list(UsageStatement.objects.certified()) == [done]


@pytest.mark.parametrize("day", [dt.date(2025, 12, 31), dt.date(2999, 1, 1)])
def test_the_day_of_the_service_is_of_the_period_and_past(purchase, day):
    made = make_statement(purchase, make_used_contract(purchase), state="submitted")
    with pytest.raises(RuleBroken) as refused:
        serving.attest(made, actor=purchase.actor("requester"), service_done_on=day)
    assert set(refused.value.fields) == {"service_done_on"}


def test_sent_back_it_is_attested_again(purchase):
    made = make_statement(purchase, make_used_contract(purchase), state="attested")
    serving.send_back(made, actor=purchase.actor("finance"), reason="Jour à revoir")
    assert made.state == "submitted" and made.service_done_on is None
    day = dt.date(2026, 2, 3)
    assert serving.attest(made, actor=purchase.actor("requester"), service_done_on=day).service_done_on == day


def test_more_than_the_contract_is_not_attested(purchase):
    contract = make_used_contract(purchase)
    make_statement(purchase, contract, state="certified", seats="100")
    made = make_statement(purchase, contract, state="submitted", seats="21", **FEBRUARY)
    day = {"service_done_on": FEBRUARY["ends_on"]}
    with pytest.raises(RuleBroken) as refused:
        serving.attest(made, actor=purchase.actor("requester"), **day)
    assert refused.value.code == "contract_maximum_reached"
    from procurement.amendments.actions import approve

    change = make_amendment(contract, actor=purchase.actor("requester"), delta="10.00")
    approve(change, actor=purchase.actor("approver"))
    assert serving.attest(made, actor=purchase.actor("requester"), **day).state == "attested"
    found = consumption_of(contract)
    assert (found.certified, found.attested, found.left) == (Decimal(1000), Decimal(210), Decimal(0))


def test_a_period_and_component_are_counted_once(purchase):
    contract = make_used_contract(purchase)
    make_statement(purchase, contract, state="submitted")
    other = make_statement(purchase, contract, ends_on=dt.date(2026, 1, 15))
    with pytest.raises(MoveRefused) as refused:
        serving.submit(other, actor=purchase.actor("manager"))
    assert refused.value.code == "already_stated"
    with pytest.raises(IntegrityError), transaction.atomic():
        UsageLine.objects.filter(statement=other).update(counted=True)
    rows = [("base", Decimal(1))]
    assert make_statement(purchase, contract, rows=rows, state="submitted").total_eur_ht == Decimal("120.50")


def test_a_period_still_running_or_out_of_the_contract_is_refused(purchase):
    contract = make_used_contract(purchase)
    running = make_statement(
        purchase, contract, starts_on=dt.date(2026, 12, 1), ends_on=dt.date(2026, 12, 31)
    )
    with pytest.raises(MoveRefused) as refused:
        serving.submit(running, actor=purchase.actor("manager"))
    assert refused.value.code == "period_running"
    with pytest.raises(RuleBroken) as early:
        make_statement(purchase, contract, starts_on=dt.date(2025, 12, 31))
    assert set(early.value.fields) == {"starts_on"}


@pytest.mark.django_db(transaction=True)
def test_two_statements_at_once_of_the_same_days_one_is_counted():
    purchase = make_purchase()
    contract = make_used_contract(purchase)
    drafts = [make_statement(purchase, contract) for _ in range(2)]
    outcomes = at_once(
        *(
            lambda row=row: (
                serving.submit(UsageStatement.objects.get(pk=row.pk), actor=purchase.actor("manager")).state
            )
            for row in drafts
        )
    )
    assert sorted(outcomes) == ["already_stated", "submitted"]


@pytest.mark.django_db(transaction=True)
def test_replaced_while_it_is_attested_one_of_them_wins_whole():
    purchase = make_purchase()
    contract = make_used_contract(purchase)
    sent = make_statement(purchase, contract, state="submitted")
    better = make_statement(purchase, contract, seats="9", replaces=sent)
    outcomes = at_once(
        lambda: (
            serving.submit(UsageStatement.objects.get(pk=better.pk), actor=purchase.actor("manager")).state
        ),
        lambda: (
            serving.attest(
                UsageStatement.objects.get(pk=sent.pk),
                actor=purchase.actor("requester"),
                service_done_on=JANUARY["ends_on"],
            ).state
        ),
    )
    states = [UsageStatement.objects.get(pk=row.pk).state for row in (sent, better)]
    assert (outcomes, states) in (
        (["submitted", "wrong_state"], ["replaced", "submitted"]),
        (["wrong_state", "attested"], ["attested", "draft"]),
    )
    assert UsageLine.objects.filter(counted=True).count() == 1


def test_written_corrected_sent_attested_and_certified_by_the_pages(purchase):
    contract = make_used_contract(purchase)
    supplier, requester, finance = (
        client_for(member) for member in (purchase.manager, purchase.requester, purchase.finance)
    )
    address = f"/contrats/{contract.number}/releves/ecrire/"
    typed = {"starts_on": "2026-01-01", "ends_on": "2026-01-31"}
    assert requester.get(address).status_code == 403
    refused = supplier.post(address, {**typed, "q_poste": "-4"})
    assert "-4" in text_of(refused, 400) and "q_poste" in refused.context["form"].errors
    upload = SimpleUploadedFile("janvier.csv", BAD_FILE)
    assert supplier.post(address, {**typed, "file": upload}).status_code == 302
    made = UsageStatement.objects.get()
    page = made.get_absolute_url()
    read = text_of(supplier.get(page))
    assert "2 lignes à corriger" in read and "Ligne 3, quantité. « -1 » est négative" in read
    assert "Envoyer le relevé" not in read
    assert supplier.post(f"{page}envoyer/", {"version": "2"}).status_code == 409
    wrong = {"line_3": "poste", "quantity_3": "beaucoup", "line_4": "poste", "quantity_4": "2"}
    kept = supplier.post(f"{page}corriger/", wrong)
    assert "beaucoup" in text_of(kept, 400) and "line_3" in kept.context["form"].errors
    assert supplier.post(f"{page}corriger/", {**wrong, "quantity_3": "1"}).status_code == 302
    assert "en 4 lignes" in (read := text_of(supplier.get(page)))
    assert f"janvier.csv, 4 lignes, {len(BAD_FILE)} octets" in read
    assert hashlib.sha256(BAD_FILE).hexdigest() in read
    assert requester.get(f"{page}document/").status_code == 404, "a draft is its supplier's alone"
    assert supplier.post(f"{page}envoyer/", {}).status_code == 302
    assert supplier.get(f"{page}modifier/").status_code == 409
    is_given_to(made, supplier, requester, finance)
    assert "Attester le service fait, 100,00 € HT" in text_of(requester.get("/bureau/"))
    assert finance.get(f"{page}attester/").status_code == 403
    late = requester.post(f"{page}attester/", {"service_done_on": "2999-01-01"})
    assert "service_done_on" in late.context["form"].errors and late.status_code == 400
    assert requester.post(f"{page}attester/", {"service_done_on": "2026-01-31"}).status_code == 302
    assert "Certifier le service fait" in text_of(finance.get("/bureau/"))
    assert finance.post(f"{page}certifier/", {}).status_code == 302
    assert str(purchase.finance.user) not in text_of(supplier.get(page))
    listed = text_of(finance.get(f"/contrats/{contract.number}/releves/"))
    for words in ("100,00 € HT relevés sur 1 200,00 € HT, soit 8 %", "<svg", "Service fait certifié"):
        assert words in listed


def is_given_to(statement, *readers):
    for reader in readers:
        given = reader.get(f"{statement.get_absolute_url()}document/")
        assert b"".join(given.streaming_content) == BAD_FILE
        assert given["Content-Disposition"] == 'attachment; filename="janvier.csv"'
    assert FileAccess.objects.filter(file=statement.file).count() == len(readers)


def test_the_list_costs_the_same_whatever_its_length(purchase, django_assert_num_queries):
    contract = make_used_contract(purchase)
    client, address = client_for(purchase.finance), f"/contrats/{contract.number}/releves/"
    make_statement(purchase, contract, state="certified")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for rank in range(2, 8):
        make_statement(purchase, contract, state="submitted", **month(rank))
    with django_assert_num_queries(len(few)):
        assert client.get(address).status_code == 200


def test_the_file_of_a_draft_takes_the_place_of_the_one_before(
    purchase, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = str(tmp_path)
    contract, actor = make_used_contract(purchase), purchase.actor("manager")
    made = make_statement(purchase, contract, rows=())
    others = set(tmp_path.rglob("*"))
    problem_of(client_for_token(purchase.manager).get(f"{URL}{made.uuid}/document/"), 404)
    sent = gzip.compress(b"composant;quantite\nposte;7\n")
    for content in (b"composant;quantite\nposte;10\n", sent):
        with django_capture_on_commit_callbacks(execute=True):
            writing.fill_from_file(made, actor=actor, file=writing.UsageFile("j.csv.gz", io.BytesIO(content)))
    kept = [each for each in set(tmp_path.rglob("*")) - others if each.is_file()]
    assert [each.name for each in kept] == [made.file.uuid.hex]
    assert (read_file(made.file, actor=actor), made.total_eur_ht) == (sent, Decimal("70.00"))
    with pytest.raises(VersionStale):
        writing.fill_from_file(
            made, actor=actor, file=writing.UsageFile("j.csv.gz", io.BytesIO(sent)), expected_version=1
        )
    left = [each for each in set(tmp_path.rglob("*")) - others if each.is_file()]
    assert left == kept, "nothing is left of a refusal"


def test_a_body_of_two_hundred_megabytes_passes_for_a_usage_file_of_people_signed_in(purchase):
    """Elsewhere, and for others, it is refused before a byte of it is read."""

    class Unread:
        def read(self, *_):
            raise AssertionError("the body was read")

        readline = read

    made = make_statement(purchase, make_used_contract(purchase))
    page, large = made.get_absolute_url(), {"CONTENT_LENGTH": "200000000", "wsgi.input": Unread()}
    form = "multipart/form-data; boundary=a"
    supplier = client_for(purchase.manager)
    for client, path in (
        (client_for(None), f"{page}fichier/"), (supplier, f"{page}modifier/"),
        (supplier, f"{URL}{made.uuid}/rows/"),
    ):  # fmt: skip
        assert client.generic("POST", path, b"", content_type=form, **large).status_code == 413
    path = f"{URL}{made.uuid}/file/"
    assert client_for(None).generic("POST", path, b"", content_type=form, **large).status_code == 401
    for path in (f"{page}fichier/", f"/contrats/{made.contract.number}/releves/ecrire/"):
        answer = supplier.generic("POST", path, b"", content_type=form, **large)
        assert answer.status_code == 400 and answer.context["form"].errors
    more = large | {"CONTENT_LENGTH": "203000000"}
    assert supplier.generic("POST", f"{page}fichier/", b"", content_type=form, **more).status_code == 413


def test_the_same_by_the_api_of_a_supplier(purchase):
    contract = make_used_contract(purchase)
    api, buyer = client_for_token(purchase.manager), client_for_token(purchase.requester)
    body = {"contract": str(contract.uuid), "starts_on": "2026-01-01", "ends_on": "2026-01-31"}
    problem_of(client_for_token(make_purchase().manager).post(URL, body, format="json"), 404)
    problem_of(buyer.post(URL, body, format="json"), 403)
    rows = [{"component": "poste", "quantity": "4"}, {"component": "poste", "quantity": "6.5"}]
    unknown = api.post(URL, {**body, "rows": [{"component": "vm", "quantity": "1"}]}, format="json")
    assert faults(unknown) == {"rows"}
    made = api.post(URL, {**body, "rows": rows}, format="json")
    assert made.status_code == 201 and made.json()["total_eur_ht"] == "105.00", made.content
    url = f"{URL}{made.json()['id']}/"
    upload = {"file": SimpleUploadedFile("janvier.csv", BAD_FILE)}
    read = api.post(f"{url}file/", upload, format="multipart").json()
    assert [(fault["line"], fault["field"]) for fault in read["faults"]] == [
        (3, "quantity"), (4, "component"),
    ]  # fmt: skip
    assert read["file_rows"] == 4 and read["total_eur_ht"] == "70.00"
    assert (read["file_size"], read["file_scan"]) == (len(BAD_FILE), "unscanned")
    assert read["file_sha256"] == hashlib.sha256(BAD_FILE).hexdigest()
    problem_of(api.post(f"{url}submit/", {}, format="json"), 409)
    lines = [
        {"line": 3, "component": "poste", "quantity": "0"},
        {"line": 4, "component": "poste", "quantity": "2"},
    ]
    again = api.post(f"{url}corrections/", {"lines": [{**lines[0], "component": "vm"}]}, format="json")
    assert faults(again) == {"line_3"}
    assert api.post(f"{url}corrections/", {"lines": lines}, format="json").json()["total_eur_ht"] == "90.00"
    assert api.post(f"{url}submit/", {}, format="json").json()["state"] == "submitted"
    assert b"".join(buyer.get(f"{url}document/").streaming_content) == BAD_FILE
    problem_of(api.post(f"{url}rows/", {"rows": rows}, format="json"), 409)
    problem_of(api.post(f"{url}attest/", {"service_done_on": "2026-01-31"}, format="json"), 403)
    done = buyer.post(f"{url}attest/", {"service_done_on": "2026-01-31"}, format="json")
    assert done.json()["state"] == "attested", done.content
    finance = client_for_token(make_member(Role.FINANCE, organisation=purchase.buyer))
    assert finance.post(f"{url}certify/", {}, format="json").json()["certified_at"]
    problem_of(finance.post(f"{url}certify/", {}, format="json"), 409)
