"""derogations/: strangers first, then the whole JSON, the moves and the signed papers."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from procurement.models import Derogation
from tests.builders import make_member
from tests.procurement.builders import Administration, assessed_project
from tests.procurement.derogation_builders import days_ago, engaged_project, make_derogation, make_saas, pdf
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
DEROGATIONS = "/api/v1/derogations/"


@pytest.fixture
def ministry() -> Administration:
    return Administration()


def api(actor: Any) -> Any:
    return client_for_token(actor.membership)


def typed(**more: Any) -> dict[str, Any]:
    return {"dated_on": days_ago(1).isoformat(), "reference": "ESSAI-1", "document": pdf(), **more}


def post(client: Any, url: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(url, body, format="multipart", headers=headers)


def test_strangers_and_others(ministry: Administration) -> None:
    made = make_derogation(ministry)
    url = f"{DEROGATIONS}{made.uuid}/"
    problem_of(client_for_token(None).get(DEROGATIONS), 401)
    for role in ("requester", "supplier_manager", "curator"):
        client = client_for_token(make_member(role))
        assert client.get(DEROGATIONS).json()["results"] == []
        problem_of(client.get(url), 404)
        problem_of(post(client, f"{url}sign/", typed()), 404)
    problem_of(post(api(ministry.requester), f"{url}sign/", typed()), 403)
    problem_of(post(api(ministry.person("dnum")), f"{url}record_finding/", typed()), 403)
    problem_of(post(api(ministry.authority), DEROGATIONS, typed()), 403)


def test_a_derogation_whole(ministry: Administration) -> None:
    project = engaged_project(ministry)
    client = api(ministry.requester)
    answer = post(client, DEROGATIONS, typed(project=str(project.uuid), reason="Rien ne convient."))
    assert answer.status_code == 201, answer.content
    made = Derogation.objects.get()
    shown = client.get(answer["Location"]).json()
    act = shown["acts"][0]
    assert all((shown.pop("created_at"), shown.pop("state_since"), act.pop("recorded_at"), act.pop("id")))
    assert len(act.pop("document_sha256")) == 64
    assert act.pop("document_scan") == "unscanned"
    assert shown == {
        "id": str(made.uuid),
        "number": made.number,
        "project": str(project.uuid),
        "state": "asked",
        "recorded_state": "asked",
        "version": 1,
        "reason": "Rien ne convient.",
        "starts_on": None,
        "available_on": None,
        "months": None,
        "ends_on": None,
        "acts": [
            {
                "kind": "request",
                "dated_on": days_ago(1).isoformat(),
                "reference": "ESSAI-1",
                "text": "Rien ne convient.",
                "offer": None,
            }
        ],
    }


def test_bad_input_and_projects_without_it(ministry: Administration) -> None:
    client = api(ministry.requester)
    wanted = {"project", "reason", "dated_on", "reference", "document"}
    assert faults(client.post(DEROGATIONS, {}, format="json")) == wanted
    problem_of(post(client, DEROGATIONS, typed(project=str(uuid.uuid4()), reason="x")), 404)
    new = assessed_project(ministry, project_kind="new")
    refused = post(client, DEROGATIONS, typed(project=str(new.uuid), reason="x"))
    assert problem_of(refused, 400)["code"] == "project_not_engaged"
    engaged = engaged_project(ministry)
    wrong = typed(project=str(engaged.uuid), reason="x", document="pas un fichier", dated_on="hier")
    assert faults(post(client, DEROGATIONS, wrong)) == {"document", "dated_on"}
    assert not Derogation.objects.exists()


def test_the_road_by_api(ministry: Administration) -> None:
    made, client = make_derogation(ministry), api(ministry.authority)
    url, offer = f"{DEROGATIONS}{made.uuid}/", make_saas(trust={"secnumcloud": "in_force"})
    problem_of(post(client, f"{url}validate/", typed()), 409)
    problem_of(post(client, f"{url}sign/", typed(), **{"If-Match": '"9"'}), 412)
    assert post(client, f"{url}sign/", typed()).json()["state"] == "minister_signed"
    assert post(client, f"{url}validate/", typed()).json()["state"] == "prime_minister_validated"
    begun = client.post(f"{url}activate/", {"starts_on": days_ago(0).isoformat()}, format="json")
    assert begun.json()["state"] == "active"
    finding = {
        "reason": "Compensable.",
        "available_on": days_ago(300).isoformat(),
        "offer": str(uuid.uuid4()),
    }
    assert faults(post(client, f"{url}record_finding/", typed(**finding))) == {"offer"}
    found = post(client, f"{url}record_finding/", typed(**{**finding, "offer": str(offer.uuid)})).json()
    assert (found["state"], found["recorded_state"], found["months"]) == ("expiring", "active", 12)
    assert found["acts"][-1]["offer"] == str(offer.uuid)
    refused = post(client, f"{url}record_finding/", typed(**finding))
    assert problem_of(refused, 409)["code"] == "finding_recorded"
    problem_of(post(client, f"{url}refuse/", typed(reason="x")), 409)
    assert [row["id"] for row in client.get(f"{DEROGATIONS}?state=active").json()["results"]] == [
        str(made.uuid)
    ]


def test_the_signed_paper(ministry: Administration) -> None:
    made = make_derogation(ministry)
    url = f"{DEROGATIONS}{made.uuid}/acts/{made.acts.get().uuid}/document/"
    problem_of(client_for_token(make_member("requester")).get(url), 404)
    paper = api(ministry.requester).get(url)
    assert paper.status_code == 200 and paper["Content-Type"] == "application/pdf"
    problem_of(api(ministry.requester).get(url.replace(str(made.acts.get().uuid), str(uuid.uuid4()))), 404)


def test_eligible_offers_say_it_beside(ministry: Administration) -> None:
    made = make_derogation(ministry, upto="active")
    body = api(ministry.requester).get(f"/api/v1/projects/{made.project.uuid}/eligible_offers/").json()
    assert body["derogation"] == {"number": made.number, "state": "active", "ends_on": None}
    assert body["counts"]["eligible"] == 0
    none = engaged_project(ministry)
    body = api(ministry.requester).get(f"/api/v1/projects/{none.uuid}/eligible_offers/").json()
    assert body["derogation"] is None


def test_the_needs_of_a_project(ministry: Administration) -> None:
    project, client = engaged_project(ministry), api(ministry.requester)
    url = f"/api/v1/projects/{project.uuid}/needs/"
    problem_of(client_for_token(make_member("requester")).get(url), 404)
    problem_of(api(ministry.person("approver")).post(url, {"title": "Essai"}, format="json"), 403)
    assert client.get(url).json() == []
    made = client.post(url, {"title": "Essai", "service_models": ["saas"]}, format="json")
    assert made.status_code == 201 and made.json()["organisations_count"] == 1
    other = client_for_token(make_member("requester"))
    far = other.post("/api/v1/needs/", {"title": "Autre"}, format="json").json()
    joined = client.post(url, {"need": far["id"]}, format="json")
    assert joined.status_code == 201 and joined.json()["organisations_count"] == 2
    assert faults(client.post(url, {"need": far["id"], "title": "x"}, format="json")) == {"title"}
    assert faults(client.post(url, {}, format="json")) == {"title"}
    assert [row["number"] for row in client.get(url).json()] == [made.json()["number"], far["number"]]
