"""dossiers/ and checks/: the same rules as the pages, in JSON."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.accounts.enums import Role
from qualification.models import Dossier
from qualification.schemes import LISTING, load_scheme
from tests.builders import make_member
from tests.qualification import builders
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
BASE = "/api/v1/dossiers/"


@pytest.fixture
def people():
    return builders.make_people()


def url(dossier, move=""):
    return f"{BASE}{dossier.uuid}/{move}/" if move else f"{BASE}{dossier.uuid}/"


def test_a_stranger_first(people):
    dossier = builders.make_dossier(people, upto="instruction")
    client = client_for_token(None)
    assert [client.get(path).status_code for path in (BASE, url(dossier), "/api/v1/checks/")] == [401] * 3
    other = client_for_token(make_member(Role.SUPPLIER_MANAGER))
    problem_of(other.get(url(dossier)), 404)
    assert other.get(BASE).json()["count"] == 0
    problem_of(other.post(url(dossier, "decide"), {}, format="json"), 404)


def test_one_dossier_whole(people):
    dossier = builders.make_dossier(people, upto="instruction")
    answer = client_for_token(people.manager).get(url(dossier))
    assert answer["ETag"]
    body = answer.json()
    assert body.pop("clock") == {
        "used": 0,
        "left": 20,
        "limit": 20,
        "paused_since": None,
        "due_on": dossier.clock().due_on.isoformat(),
    }
    assert body == {
        "id": str(dossier.uuid),
        "number": dossier.number,
        "state": "instruction",
        "version": dossier.version,
        "offer": str(dossier.offer.uuid),
        "offer_name": "Nuage Exemple",
        "organisation": "Nuage Exemple SAS",
        "offer_version": 1,
        "round": 1,
        "officer": None,
        "outcome": "",
        "submitted_at": body["submitted_at"],
        "queue_since": body["submitted_at"],
        "decided_at": None,
        "appeal_until": None,
        "moves": ["request_corrections", "propose"],
        "checks_paused": [],
    }


def test_the_whole_life_by_api(people):
    offer = builders.make_offer(people.supplier)
    manager, officer = client_for_token(people.manager), client_for_token(people.officer)
    decider = client_for_token(people.decider)
    made = manager.post(BASE, {"offer": str(offer.uuid)}, format="json")
    assert made.status_code == 201, made.content
    dossier = Dossier.objects.get(uuid=made.json()["id"])
    assert manager.post(url(dossier, "submit"), {}, format="json").json()["state"] == "checking"
    builders.run_all(dossier)
    assert (
        officer.post(url(dossier, "take"), {"no_interest": True}, format="json").json()["officer"]
        == people.officer.user.full_name
    )
    asked = officer.post(url(dossier, "request_corrections"), {"reason": "Précisez."}, format="json")
    assert asked.json()["state"] == "corrections_requested"
    manager.post(url(dossier, "answer_corrections"), {"reason": "Précisé."}, format="json")
    builders.run_all(dossier)
    finding = {"verdict": "conform", "observation": "Vu."}
    for code in [requirement.code for requirement in load_scheme(*LISTING).requirements]:
        written = officer.post(
            url(dossier, "record_finding"), {**finding, "requirement": code}, format="json"
        )
        assert written.status_code == 200, written.content
    builders.waive_unknowns(dossier, people)
    proposal = {"outcome": "listed", "reasons": "Conforme."}
    assert officer.post(url(dossier, "propose"), proposal, format="json").json()["state"] == "proposed"
    problem_of(officer.post(url(dossier, "decide"), proposal, format="json"), 403)
    declared = proposal | {"no_interest": True}
    decided = decider.post(url(dossier, "decide"), declared, format="json").json()
    assert (decided["state"], decided["outcome"]) == ("decided", "listed")
    offer.refresh_from_db()
    assert offer.state == "listed"


def test_answers_come_in_the_one_order(people):
    dossier = builders.make_dossier(people, upto="instruction")
    manager, editor = client_for_token(people.manager), client_for_token(people.editor)
    problem_of(editor.post(url(dossier, "submit"), {"rien": 1}, format="json"), 403)
    problem_of(manager.post(url(dossier, "submit"), {"rien": 1}, format="json", HTTP_IF_MATCH='"99"'), 412)
    problem_of(manager.post(url(dossier, "submit"), {"rien": 1}, format="json"), 409)
    proposed = builders.make_dossier(people, upto="proposed")
    decider = client_for_token(people.decider)
    problem = problem_of(decider.post(url(proposed, "decide"), {"outcome": "qualified"}, format="json"), 400)
    assert {error["field"] for error in problem["errors"]} == {"outcome", "reasons"}
    refusal = {"outcome": "refused", "reasons": "Non."}
    problem = problem_of(decider.post(url(proposed, "decide"), refusal, format="json"), 400)
    assert (problem["code"], problem["errors"][0]["field"]) == ("hearing_missing", "hearing")


@pytest.mark.parametrize(
    ("offer", "status"), [(None, 400), ("x", 400), (3, 400), (str(uuid.UUID(int=1)), 404)]
)
def test_a_dossier_on_nothing(people, offer, status):
    problem_of(client_for_token(people.manager).post(BASE, {"offer": offer}, format="json"), status)


def test_only_a_manager_opens(people):
    offer = builders.make_offer(people.supplier)
    problem_of(client_for_token(people.editor).post(BASE, {"offer": str(offer.uuid)}, format="json"), 403)


def test_lists_are_filtered(people):
    draft = builders.make_dossier(people)
    builders.make_dossier(people, upto="instruction")
    client = client_for_token(people.manager)
    rows = client.get(BASE, {"state": "draft", "fields": "number,state"}).json()["results"]
    assert rows == [{"number": draft.number, "state": "draft"}]
    problem_of(client.get(BASE, {"state": "inconnu"}), 400)


def test_checks_are_read_and_run_again(people):
    dossier = builders.make_dossier(people, upto="instruction")
    client = client_for_token(people.manager)
    rows = client.get("/api/v1/checks/", {"dossier": str(dossier.uuid)}).json()["results"]
    assert {row["check_code"]: row["verdict"] for row in rows}["exit_terms"] == "pass"
    run = next(row for row in rows if row["check_code"] == "exit_terms")
    assert (run["status"], run["run_number"], len(run["input_hash"])) == ("done", 1, 64)
    key = {"Idempotency-Key": "encore"}
    again = client.post(f"/api/v1/checks/{run['id']}/replay/", {}, format="json", headers=key)
    same = client.post(f"/api/v1/checks/{run['id']}/replay/", {}, format="json", headers=key)
    assert (same.status_code, same.json()["id"]) == (201, again.json()["id"])
    assert (again.status_code, again.json()["run_number"], again.json()["status"]) == (201, 2, "due")
    problem_of(client.post(f"/api/v1/checks/{run['id']}/replay/", {}, format="json"), 409)
    problem_of(
        client_for_token(people.editor).post(f"/api/v1/checks/{run['id']}/replay/", {}, format="json"), 403
    )


@pytest.mark.parametrize(("path", "who"), [(BASE, "manager"), ("/api/v1/checks/", "officer")])
def test_a_list_costs_the_same_for_one_and_for_four(people, path, who):
    client = client_for_token(getattr(people, who))

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200
        return len(captured)

    builders.make_dossier(people, upto="instruction")
    queries()
    one = queries()
    for _ in range(3):
        builders.make_dossier(people, upto="instruction")
    assert queries() == one <= 8
