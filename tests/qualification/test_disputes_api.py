"""disputes/: the same right of reply, in JSON."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.accounts.enums import Role
from qualification.models import Dispute
from tests.builders import make_member
from tests.qualification import builders
from tests.rest.builders import client_for_token, problem_of

pytestmark = pytest.mark.django_db
BASE = "/api/v1/disputes/"


@pytest.fixture
def people():
    return builders.make_people()


@pytest.fixture
def run(people):
    return builders.make_failed_run(people)


def pdf():
    return SimpleUploadedFile("preavis.pdf", b"%PDF-1.7\n%%EOF\n")


def fields(answer):
    return [error["field"] for error in problem_of(answer, 400)["errors"]]


def test_a_stranger_first(people, run):
    dispute = builders.contest(run, people)
    assert client_for_token(None).get(BASE).status_code == 401
    other = client_for_token(make_member(Role.SUPPLIER_MANAGER))
    assert other.get(BASE).json()["count"] == 0
    for tried in (
        other.get(f"{BASE}{dispute.uuid}/"),
        other.get(f"{BASE}{dispute.uuid}/file/"),
        other.post(BASE, {"check": str(run.uuid), "reason": "Non."}, format="json"),
    ):
        problem_of(tried, 404)


def test_lodged_whole(people, run):
    manager = client_for_token(people.manager)
    shown = manager.get(f"/api/v1/checks/{run.uuid}/").json()
    assert (shown["verdict"], shown["dispute"], shown["dispute_before"]) == (
        "fail",
        None,
        run.dispute_before.isoformat(),
    )
    made = manager.post(BASE, {"check": str(run.uuid), "reason": "Deux mois."}, format="json")
    assert made.status_code == 201, made.content
    dispute = Dispute.objects.get()
    assert made.json() == {
        "id": str(dispute.uuid),
        "number": dispute.number,
        "state": "lodged",
        "version": 1,
        "dossier": str(run.dossier.uuid),
        "check": str(run.uuid),
        "check_code": "exit_terms",
        "reason": "Deux mois.",
        "file_name": None,
        "file_scan": None,
        "lodged_at": made.json()["lodged_at"],
        "effect": "",
        "answer": "",
        "answered_by": None,
        "answered_at": None,
        "moves": ["uphold", "reject"],
    }


def test_a_file_is_joined_then_the_officer_answers(people, run):
    manager, officer = client_for_token(people.manager), client_for_token(people.officer)
    dispute = builders.contest(run, people, with_file=False)
    url = f"{BASE}{dispute.uuid}/"
    assert manager.get(f"/api/v1/checks/{run.uuid}/").json()["dispute"] == str(dispute.uuid)
    problem_of(manager.get(f"{url}file/"), 404)
    problem_of(manager.post(f"{url}uphold/", {"effect": "rerun", "reason": "Oui."}, format="json"), 403)
    joined = manager.post(f"{url}file/", {"file": pdf()}, format="multipart")
    assert (joined.status_code, joined.json()["file_name"]) == (201, "preavis.pdf")
    assert joined.json()["file_scan"] == "unscanned"
    assert officer.get(f"{url}file/").content.startswith(b"%PDF-")
    answered = officer.post(f"{url}uphold/", {"effect": "set_aside", "reason": "Mal lu."}, format="json")
    body = answered.json()
    assert (body["state"], body["effect"], body["answer"], body["moves"]) == (
        "upheld",
        "set_aside",
        "Mal lu.",
        [],
    )
    problem_of(officer.post(f"{url}reject/", {"reason": "Non."}, format="json"), 409)
    problem_of(manager.post(f"{url}file/", {"file": pdf()}, format="multipart"), 409)


def test_bad_input_names_its_field(people, run):
    manager, officer = client_for_token(people.manager), client_for_token(people.officer)
    for body, field in (
        ({"check": str(run.uuid)}, "reason"),
        ({"check": str(run.uuid), "reason": ""}, "reason"),
        ({"check": "x", "reason": "Non."}, "check"),
    ):
        assert fields(manager.post(BASE, body, format="json")) == [field], body
    url = f"{BASE}{builders.contest(run, people).uuid}/"
    assert fields(officer.post(f"{url}uphold/", {"reason": "A"}, format="json")) == ["effect"]
    assert fields(officer.post(f"{url}reject/", {}, format="json")) == ["reason"]


def test_a_pass_is_not_contested(people, run):
    passed = run.dossier.runs.get(check_code="prices")
    answer = client_for_token(people.manager).post(
        BASE, {"check": str(passed.uuid), "reason": "Non."}, format="json"
    )
    assert problem_of(answer, 409)["code"] == "nothing_to_dispute"
    assert (
        client_for_token(people.manager).get(f"/api/v1/checks/{passed.uuid}/").json()["dispute_before"]
        is None
    )
