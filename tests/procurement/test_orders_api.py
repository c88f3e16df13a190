"""/api/v1/orders/ and contracts/: strangers first, then who may, then the whole story."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.accounts.enums import Role
from tests.builders import make_member
from tests.procurement.order_builders import (
    DIRECT,
    END,
    START,
    bring_to,
    give_opinions,
    make_order,
    make_purchase,
    make_vehicle,
)
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
URL = "/api/v1/orders/"
SEATS = {
    "position": 1,
    "price_line": "poste",
    "label": "Poste",
    "kind": "unit",
    "unit": "poste",
    "period": "month",
    "prorata": "none",
    "parts": [],
}
SET_UP = {
    "position": 2,
    "price_line": "mise-en-service",
    "label": "Mise en service",
    "kind": "one_off",
    "unit": "",
    "prorata": "none",
    "parts": [],
}
LINES = [
    SEATS
    | {"unit_price_eur_ht": "10.000000", "list_price_eur_ht": None, "quantity": "10.000", "periods": 12}
    | {"total_eur_ht": "1200.00"},
    SET_UP
    | {
        "period": "none",
        "unit_price_eur_ht": "500.000000",
        "list_price_eur_ht": None,
        "quantity": "1.000",
        "periods": 1,
        "total_eur_ht": "500.00",
    },
]
VAT = {
    "category": "S",
    "rate": "20.00",
    "base_eur_ht": "1700.00",
    "amount_eur": "340.00",
    "mention": "TVA 20 %",
}
TEXTS_YET_EMPTY = ("rejection_reason", "commitment_number", "refusal_reason")
DATES_YET_UNKNOWN = ("approved_at", "sent_number", "sent_at", "reply_due_on", "answered_at")
NOTHING_YET = dict.fromkeys(TEXTS_YET_EMPTY, "") | dict.fromkeys(DATES_YET_UNKNOWN)


@pytest.fixture
def purchase():
    return make_purchase(schemes=("secnumcloud",))


def body_for(purchase, **changes):
    return {
        "project": str(purchase.project.uuid),
        "offer": str(purchase.offer.uuid),
        "plan": "standard",
        "lines": [
            {"price_line": "poste", "quantity": "10"},
            {"price_line": "mise-en-service", "quantity": 1},
        ],
        "starts_on": START.isoformat(),
        "ends_on": END.isoformat(),
        "below_threshold_reason": "Besoin isolé",
        "supplier_vat_regime": "normal",
        **changes,
    }


def create(purchase, **changes):
    return client_for_token(purchase.requester).post(URL, body_for(purchase, **changes), format="json")


def move(membership, order_id, name, body=None, **headers):
    return client_for_token(membership).post(
        f"{URL}{order_id}/{name}/", body or {}, format="json", headers=headers
    )


def test_a_visitor_is_asked_who_they_are():
    problem_of(client_for_token(None).get(URL), 401)


def parties_of(purchase):
    supplier = purchase.offer.supplier
    return {
        "buyer": str(purchase.buyer.uuid),
        "buyer_name": purchase.buyer.name,
        "supplier": str(supplier.uuid),
        "supplier_name": supplier.name,
        "offer_supplier": str(supplier.uuid),
    }


def test_the_answer_in_full(purchase):
    response = create(purchase)
    assert response.status_code == 201, response.content
    order = response.json()
    number, created, since = order.pop("number"), order.pop("created_at"), order.pop("state_since")
    assert number.startswith("CMD-") and created and since
    assert order == {
        "id": order["id"],
        "state": "draft",
        "version": 1,
        "project": str(purchase.project.uuid),
        **parties_of(purchase),
        "offer": str(purchase.offer.uuid),
        "offer_version": 1,
        "plan": "standard",
        "vehicle": None,
        "lot": None,
        "agreed_terms": "",
        "discount_percent": None,
        "counter_proposal": None,
        "below_threshold_reason": "Besoin isolé",
        "budget_line": "",
        "budget": None,
        "maximum_eur_ht": None,
        "starts_on": "2027-01-01",
        "ends_on": "2027-12-31",
        "supplier_vat_regime": "normal",
        "buyer_vat_identified": None,
        "lines": LINES,
        "total_eur_ht": "1700.00",
        "vat_lines": [VAT],
        "vat_eur": "340.00",
        "total_eur_ttc": "2040.00",
        **NOTHING_YET,
        "approvals": [],
        "contract": None,
        "flags": [],
    }


def test_the_whole_story(purchase):
    order = create(purchase).json()
    assert move(purchase.requester, order["id"], "request_opinions").json()["state"] == "awaiting_opinions"
    for who, kind in ((purchase.rssi, "rssi"), (purchase.dpo, "dpo")):
        answer = client_for_token(who).post(
            "/api/v1/opinions/",
            {"order": order["id"], "kind": kind, "verdict": "unfavourable", "text": "Réserves d’essai"},
            format="json",
        )
        assert answer.status_code == 201, answer.content
    assert (
        client_for_token(purchase.requester).get(f"{URL}{order['id']}/").json()["state"]
        == "awaiting_approval"
    )
    assert move(purchase.approver, order["id"], "approve").json()["state"] == "approved"
    committed = move(purchase.finance, order["id"], "commit", {"commitment_number": "1400001234"})
    assert committed.json()["commitment_number"] == "1400001234"
    sent = move(purchase.requester, order["id"], "send").json()
    assert sent["sent_number"].startswith(f"BC-{purchase.buyer.number}-")
    acknowledged = move(purchase.manager, order["id"], "acknowledge").json()
    contract = client_for_token(purchase.manager).get(f"/api/v1/contracts/{acknowledged['contract']}/").json()
    assert (contract["state"], contract["total_eur_ttc"]) == (
        "upcoming" if timezone.localdate() < START else "active",
        "2040.00",
    )
    assert [row["scheme"] for row in contract["current_trust"]] == ["secnumcloud"]


ROLES = {
    "request_opinions": ("draft", {"requester"}),
    "request_approval": ("awaiting_opinions", {"requester"}),
    "approve": ("awaiting_approval", {"approver"}),
    "reject": ("awaiting_approval", {"approver"}),
    "commit": ("approved", {"finance"}),
    "send": ("committed", {"requester"}),
    "acknowledge": ("sent", {"manager"}),
    "refuse": ("sent", {"manager"}),
    "cancel": ("committed", {"requester"}),
    "reopen": ("committed", {"requester"}),
}
PEOPLE = ("requester", "approver", "rssi", "dpo", "finance", "manager")
BODIES = {
    "commit": {"commitment_number": "1400001234"},
    "reject": {"reason": "Non"},
    "refuse": {"reason": "Non"},
    "cancel": {"reason": "Non"},
}


@pytest.mark.parametrize("name", ROLES)
def test_who_may_make_each_move(purchase, name):
    state, allowed = ROLES[name]
    order = make_order(purchase, state=state, **(DIRECT if name == "refuse" else {}))
    if name == "request_approval":
        give_opinions(order, purchase)
    strangers = make_purchase()
    for who in PEOPLE:
        problem_of(move(getattr(strangers, who), order.uuid, name, BODIES.get(name)), 404)
    for who in [who for who in PEOPLE if who not in allowed]:
        hidden = who == "manager" and order.sent_at is None
        problem_of(move(getattr(purchase, who), order.uuid, name, BODIES.get(name)), 404 if hidden else 403)
    editor = make_member(Role.SUPPLIER_EDITOR, organisation=purchase.manager.organisation)
    problem_of(move(editor, order.uuid, name, BODIES.get(name)), 403 if order.sent_at else 404)
    for who in allowed:
        assert move(getattr(purchase, who), order.uuid, name, BODIES.get(name)).status_code == 200
        problem_of(move(getattr(purchase, who), order.uuid, name, BODIES.get(name)), 409)


def test_an_operator_sees_no_order(purchase):
    order = make_order(purchase, state="sent")
    for role in (Role.CURATOR, Role.SUPPORT, Role.PLATFORM_ADMIN):
        problem_of(client_for_token(make_member(role)).get(f"{URL}{order.uuid}/"), 404)


def test_the_auditor_reads_and_writes_nothing(purchase):
    order = make_order(purchase)
    auditor = make_member(Role.AUDITOR)
    assert client_for_token(auditor).get(f"{URL}{order.uuid}/").status_code == 200
    problem_of(move(auditor, order.uuid, "cancel", {"reason": "Non"}), 403)


def test_the_supplier_sees_it_only_once_sent(purchase):
    order = make_order(purchase, state="committed")
    problem_of(client_for_token(purchase.manager).get(f"{URL}{order.uuid}/"), 404)
    bring_to(order, "sent", purchase)
    assert client_for_token(purchase.manager).get(f"{URL}{order.uuid}/").status_code == 200


def test_answers_come_in_order_403_then_412_then_409_then_400(purchase):
    order = make_order(purchase, state="awaiting_approval")
    problem_of(move(purchase.finance, order.uuid, "commit", {"bad": 1}, **{"If-Match": '"99"'}), 412)
    problem_of(move(purchase.requester, order.uuid, "commit", {"bad": 1}, **{"If-Match": '"99"'}), 403)
    problem_of(move(purchase.finance, order.uuid, "commit", {"bad": 1}), 409)
    approved = bring_to(order, "approved", purchase)
    assert faults(move(purchase.finance, approved.uuid, "commit", {"bad": 1})) == {"bad", "commitment_number"}


def test_a_draft_is_patched_with_its_version(purchase):
    order = create(purchase)
    client, address = client_for_token(purchase.requester), f"{URL}{order.json()['id']}/"
    change = {"lines": [{"price_line": "poste", "quantity": 20}]}
    problem_of(client.patch(address, change, format="json"), 428)
    done = client.patch(address, change, format="json", headers={"If-Match": order["ETag"]})
    assert (done.status_code, done.json()["total_eur_ht"]) == (200, "2400.00")
    problem_of(client.patch(address, change, format="json", headers={"If-Match": order["ETag"]}), 412)


def test_a_draft_that_left_is_not_patched(purchase):
    order = make_order(purchase, state="awaiting_approval")
    client = client_for_token(purchase.requester)
    answer = client.patch(
        f"{URL}{order.uuid}/", {"budget_line": "x"}, format="json", headers={"If-Match": f'"{order.version}"'}
    )
    problem_of(answer, 409)


def test_the_same_key_makes_one_order(purchase):
    client = client_for_token(purchase.requester)
    body = body_for(purchase)
    first = client.post(URL, body, format="json", headers={"Idempotency-Key": "k1"})
    second = client.post(URL, body, format="json", headers={"Idempotency-Key": "k1"})
    assert first.json()["id"] == second.json()["id"]
    assert client.get(URL).json()["count"] == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"lines": [{"price_line": "poste", "quantity": "-1"}]}, "lines.0.quantity"),
        ({"lines": [{"price_line": "poste", "quantity": "999999999999999"}]}, "lines.0.quantity"),
        ({"lines": [{"price_line": "poste", "quantity": "0.0001"}]}, "lines.0.quantity"),
        ({"lines": [{"price_line": "poste", "quantity": "99999999999"}]}, "poste"),
        ({"lines": [{"price_line": "inconnue", "quantity": "1"}]}, "inconnue"),
        ({"lines": [{"price_line": "poste", "quantity": True}]}, "lines.0.quantity"),
        (
            {"lines": [{"price_line": "poste", "quantity": 1}, {"price_line": "poste", "quantity": 1}]},
            "lines",
        ),
        ({"lines": []}, "lines"),
        ({"lines": [{"price_line": "poste", "quantity": 0}]}, "quantities"),
        ({"starts_on": "2027-02-01", "ends_on": "2027-01-31"}, "ends_on"),
        ({"starts_on": "2027-02-30"}, "starts_on"),
        ({"plan": "autre"}, "plan"),
        ({"plan": 12}, "plan"),
        ({"supplier_vat_regime": "noir"}, "supplier_vat_regime"),
        ({"below_threshold_reason": "x" * 2001}, "below_threshold_reason"),
        ({"below_threshold_reason": "a\x00b"}, "below_threshold_reason"),
        ({"vehicle": "x"}, "vehicle"),
        ({"total_eur_ht": "1.00"}, "total_eur_ht"),
        ({"state": "approved"}, "state"),
    ],
)
def test_bad_input_names_the_field(purchase, changes, field):
    assert field in faults(create(purchase, **changes))


def test_foreign_objects(purchase):
    other = make_purchase()
    problem_of(create(purchase, project=str(other.project.uuid)), 404)
    problem_of(create(purchase, project=str(uuid.uuid4())), 404)
    problem_of(create(purchase, offer=str(uuid.uuid4())), 404)
    problem_of(create(purchase, vehicle=str(uuid.uuid4())), 404)
    problem_of(create(purchase, vehicle=str(make_vehicle(other.buyer).uuid)), 404)


@pytest.mark.parametrize(
    ("state", "extra", "code"),
    [
        ("unclaimed", {}, "offer_unclaimed"),
        ("suspended", {}, "offer_suspended"),
        ("listed", {"is_internal_state": True}, "offer_internal_state"),
    ],
)
def test_offers_that_cannot_be_ordered(state, extra, code):
    purchase = make_purchase(state=state, **extra)
    assert problem_of(create(purchase), 400)["code"] == code


def test_one_and_ten_orders_cost_the_same(purchase):
    client = client_for_token(purchase.requester)
    make_order(purchase)
    client.get(URL)  # the token's first use of the day is written down
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(URL)
    for _ in range(9):
        make_order(purchase)
    with CaptureQueriesContext(connection) as ten:
        assert client.get(URL).json()["count"] == 10
    assert len(one) == len(ten)


def test_contract_moves(purchase):
    order = make_order(purchase, state="acknowledged")
    url = f"/api/v1/contracts/{order.contract.uuid}/"
    requester, manager = client_for_token(purchase.requester), client_for_token(purchase.manager)
    problem_of(client_for_token(make_purchase().requester).get(url), 404)
    problem_of(manager.post(f"{url}terminate/", {"reason": "Non"}, format="json"), 403)
    problem_of(requester.post(f"{url}end/", {"reason": "Fini"}, format="json"), 409)
    assert requester.post(f"{url}start_ending/", {"reason": "Fin"}, format="json").json()["state"] == "ending"
    assert faults(requester.post(f"{url}terminate/", {}, format="json")) == {"reason"}
    assert (
        requester.post(f"{url}terminate/", {"reason": "Perte"}, format="json").json()["state"] == "terminated"
    )
    problem_of(requester.post(f"{url}terminate/", {"reason": "Perte"}, format="json"), 409)


def test_vehicles_by_api(purchase):
    url = "/api/v1/purchasing-vehicles/"
    body = {
        "kind": "framework",
        "title": "Accord-cadre d’essai",
        "reference": "AC-1",
        "holder_name": "Titulaire d’essai",
        "starts_on": "2026-01-01",
        "ends_on": "2027-12-31",
        "maximum_eur": "100000.00",
    }
    problem_of(client_for_token(purchase.requester).post(url, body, format="json"), 403)
    buyer = client_for_token(make_member(Role.PURCHASING, organisation=purchase.buyer))
    made = buyer.post(url, body, format="json")
    assert made.status_code == 201, made.content
    assert faults(buyer.post(url, {**body, "ends_on": "2025-01-01"}, format="json")) == {"ends_on"}
    assert faults(buyer.post(url, {**body, "maximum_eur": "-1"}, format="json")) == {"maximum_eur"}
    assert create(purchase, vehicle=made.json()["id"]).json()["vehicle"] == made.json()["id"]
    problem_of(client_for_token(make_purchase().requester).get(f"{url}{made.json()['id']}/"), 404)


@pytest.mark.parametrize("accept", ["*/*", "application/pdf"])
def test_the_document_of_a_sent_order(purchase, accept):
    order = make_order(purchase, state="committed")
    url = f"{URL}{order.uuid}/document/"
    requester = client_for_token(purchase.requester)
    problem_of(client_for_token(None).get(url, HTTP_ACCEPT=accept), 401)
    problem_of(client_for_token(make_purchase().requester).get(url, HTTP_ACCEPT=accept), 404)
    problem_of(requester.get(url, HTTP_ACCEPT=accept), 404)
    problem_of(client_for_token(purchase.manager).get(url, HTTP_ACCEPT=accept), 404)
    bring_to(order, "sent", purchase)
    for client in (requester, client_for_token(purchase.manager)):
        answer = client.get(url, HTTP_ACCEPT=accept)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF-")
