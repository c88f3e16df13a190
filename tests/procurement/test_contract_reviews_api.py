"""contract-reviews/: what a lost status opened, decided once by the administration that buys."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.actions.declarations import retract_mark
from catalog.models import TrustMark
from marketplace.events.bus import consume
from marketplace.events.models import EventDelivery
from procurement.actions.contracts import terminate_contract
from procurement.models import Contract, ContractReview
from tests.builders import make_member
from tests.procurement.order_builders import Purchase, make_order, make_purchase
from tests.procurement.test_status_loss import lose
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
REVIEWS = "/api/v1/contract-reviews/"
KEEP = {"decision": "keep", "reason": "Suspension courte."}


@pytest.fixture
def purchase() -> Purchase:
    return make_purchase(schemes=("secnumcloud",))


@pytest.fixture
def contract(purchase: Purchase) -> Contract:
    found = make_order(purchase, state="acknowledged").contract
    lose(purchase.offer)
    return found


def address(contract: Contract, act: str = "") -> str:
    return f"{REVIEWS}{contract.reviews.get().uuid}/" + (f"{act}/" if act else "")


def test_strangers_then_the_other_side(purchase: Purchase, contract: Contract) -> None:
    problem_of(client_for_token(None).get(REVIEWS), 401)
    problem_of(client_for_token(None).post(address(contract, "decide"), KEEP), 401)
    for other in (purchase.manager, make_purchase().requester):
        problem_of(client_for_token(other).get(address(contract)), 404)
        problem_of(client_for_token(other).post(address(contract, "decide"), KEEP), 404)
        assert client_for_token(other).get(REVIEWS).json()["count"] == 0
    problem_of(client_for_token(purchase.approver).post(address(contract, "decide"), KEEP), 403)
    auditor = client_for_token(make_member("auditor"))
    assert auditor.get(address(contract)).status_code == 200
    problem_of(auditor.post(address(contract, "decide"), KEEP), 403)


def test_it_is_decided_once(purchase: Purchase, contract: Contract) -> None:
    client, review = client_for_token(purchase.requester), contract.reviews.get()
    before: Any = client.get(address(contract)).json()
    expected = {
        "id": str(review.uuid),
        "contract": str(contract.uuid),
        "contract_number": contract.number,
        "contract_notice_on": contract.notice_on and contract.notice_on.isoformat(),
        "kind": "review",
        "scheme": "secnumcloud",
        "status": "suspended",
        "opened_on": review.opened_on.isoformat(),
        "notice_on": None,
        "replacements": [],
        "decision": "",
        "decision_reason": "",
        "decided_at": None,
    }
    assert before == expected
    assert faults(client.post(address(contract, "decide"), {})) == {"decision", "reason"}
    wrong = {"decision": "attendre", "reason": "x" * 2001, "couleur": "bleu"}
    assert faults(client.post(address(contract, "decide"), wrong)) == {"decision", "reason", "couleur"}
    done: Any = client.post(address(contract, "decide"), KEEP).json()
    assert done.pop("decided_at")
    del expected["decided_at"]
    assert done == expected | {"decision": "keep", "decision_reason": "Suspension courte."}
    assert problem_of(client.post(address(contract, "decide"), {}), 409)["code"] == "review_decided"
    review.refresh_from_db()
    assert review.decided_by == purchase.requester.user


def test_a_contract_over_has_nothing_left_to_decide(purchase: Purchase, contract: Contract) -> None:
    terminate_contract(contract, actor=purchase.actor("requester"), reason="Perte")
    answer = client_for_token(purchase.requester).post(address(contract, "decide"), {})
    assert problem_of(answer, 409)["code"] == "contract_over"


def test_lists_filter_and_cost_the_same(purchase: Purchase, contract: Contract) -> None:
    client = client_for_token(purchase.requester)
    assert client.get(f"{REVIEWS}?contract={contract.uuid}&decided=false").json()["count"] == 1
    assert client.get(f"{REVIEWS}?decided=true").json()["count"] == 0
    with CaptureQueriesContext(connection) as few:
        client.get(REVIEWS)
    for n in range(4):
        ContractReview.objects.create(
            contract=contract,
            event_uuid=f"00000000-0000-4000-8000-00000000000{n}",
            kind="review",
            scheme="hds",
            status="suspended",
            opened_on=contract.starts_on,
        )
    with CaptureQueriesContext(connection) as many:
        assert client.get(REVIEWS).json()["count"] == 5
    assert len(many) == len(few)


def test_a_declaration_withdrawn_opens_the_exit_clause() -> None:
    purchase = make_purchase(schemes=())
    contract = make_order(purchase, state="acknowledged").contract
    mark = TrustMark.objects.create(
        offer=purchase.offer, scheme="iso27001", status="in_force", origin="declared", scope="Tout"
    )
    retract_mark(mark, actor=purchase.actor("manager"), reason="Certificat rendu.")
    delivery = EventDelivery.objects.filter(consumer="procurement.status_loss").latest("pk")
    assert consume(delivery.pk)
    review = ContractReview.objects.get(contract=contract)
    assert (review.kind, review.scheme, review.status) == ("exit_clause", "iso27001", "none")
