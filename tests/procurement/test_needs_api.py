"""From the need to the frozen list by API; answers in the house's order."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from marketplace.accounts.enums import Role
from procurement.models import Project
from tests.builders import make_member
from tests.procurement.builders import SENSITIVE, Administration, advised, awaiting, make_project
from tests.procurement.order_builders import make_offer
from tests.rest.builders import client_for_token, faults, problem_of

pytestmark = pytest.mark.django_db
PROJECTS = "/api/v1/projects/"
ASSESSMENTS = "/api/v1/assessments/"
OPINIONS = "/api/v1/opinions/"
ANSWERS = {"non_eu_law": False, "data_processing_agreement": True}


@pytest.fixture
def administration():
    return Administration()


def client(actor):
    return client_for_token(actor.membership)


def post(who, url, body=None, **headers):
    return who.post(url, body or {}, format="json", headers=headers)


NEED = {
    "title": "Messagerie",
    "project_kind": "new",
    "hosting": "commercial_cloud",
    "service_models": ["saas"],
}


def describe(requester):
    """A project and the address of its analysis."""
    made = post(requester, PROJECTS, NEED)
    assert made.status_code == 201, made.json()
    project = made.json()
    assert (project["state"], project["hosting"]) == ("draft", "commercial_cloud")
    assert project["number"].startswith("PRJ-")
    return project, f"{ASSESSMENTS}{project['assessment']}/"


def submit(requester, analysis):
    read = requester.get(analysis)
    saved = requester.patch(analysis, SENSITIVE, format="json", headers={"If-Match": read["ETag"]})
    assert saved.status_code == 200, saved.json()
    assert saved.json()["result"]["offer_filter"]["secnumcloud"] == [
        "in_force",
        "expiring",
        "renewal_pending",
    ]
    assert post(requester, f"{analysis}request_opinions/").json()["state"] == "awaiting_opinions"


def advise_and_decide(administration, project):
    for actor, kind in ((administration.rssi, "rssi"), (administration.dpo, "dpo")):
        body = {"assessment": project["assessment"], "kind": kind, "verdict": "favourable", "text": "Vu."}
        assert post(client(actor), OPINIONS, body).status_code == 201
    assess = f"{PROJECTS}{project['id']}/assess/"
    decided = post(client(administration.authority), assess, {"reason": "Conforme."})
    assert decided.json()["state"] == "assessed", decided.json()


def test_the_whole_way(administration):
    offer = make_offer(
        answers=ANSWERS, service_models=["saas"], regions=["FR-Lyon"], trust={"secnumcloud": "in_force"}
    )
    requester = client(administration.requester)
    project, analysis = describe(requester)
    submit(requester, analysis)
    advise_and_decide(administration, project)
    url = f"{PROJECTS}{project['id']}/"
    eligible = requester.get(f"{url}eligible_offers/").json()
    assert eligible["counts"] == {"eligible": 1, "to_check": 0, "refused": 0}
    assert eligible["results"][0]["statuses"] == {"secnumcloud": "in_force", "hds": "unknown"}
    assert post(requester, f"{url}shortlist/", {"offer": str(offer.uuid)}).status_code == 200
    frozen = post(requester, f"{url}freeze_offers/")
    assert (frozen.status_code, frozen.json()["counts"]["eligible"]) == (201, 1)
    assert requester.get(url).json()["state"] == "sourcing"
    read = requester.get(analysis).json()
    assert [opinion["kind"] for opinion in read["opinions"]] == ["dpo", "rssi"]
    assert read["decision"]["reason"] == "Conforme."


def test_strangers_first(administration):
    project = make_project(administration)
    url = f"{PROJECTS}{project.uuid}/"
    nobody, other = client_for_token(None), client_for_token(make_member(Role.REQUESTER))
    problem_of(nobody.get(PROJECTS), 401)
    problem_of(nobody.get(url), 401)
    problem_of(other.get(url), 404)
    problem_of(other.get(f"{PROJECTS}{uuid.uuid4()}/"), 404)
    problem_of(post(other, f"{url}abandon/", {"reason": "x"}), 404)
    problem_of(post(client(administration.rssi), f"{url}abandon/", {"reason": "x"}), 403)
    assert other.get(PROJECTS).json()["count"] == 0
    problem_of(post(client_for_token(make_member(Role.SUPPLIER_MANAGER)), PROJECTS, {"title": "x"}), 403)


def test_versions_then_states_then_input(administration):
    project = make_project(administration)
    url, who = f"{PROJECTS}{project.uuid}/", client(administration.requester)
    problem_of(who.patch(url, {"title": "x"}, format="json"), 428)
    problem_of(who.patch(url, {"title": "x"}, format="json", headers={"If-Match": '"99"'}), 412)
    problem_of(post(who, f"{url}source/", **{"If-Match": '"99"'}), 412)
    problem_of(post(who, f"{url}source/"), 409)
    assert faults(post(who, f"{url}abandon/")) == {"reason"}
    assert faults(
        post(who, PROJECTS, {"title": "x", "starts_on": "2027-03-03", "ends_on": "2027-03-01"})
    ) == {"ends_on"}
    assert faults(post(who, PROJECTS, {"title": "x" * 200, "full_cost_eur_ht": -1})) == {
        "title",
        "full_cost_eur_ht",
    }
    assert faults(post(who, PROJECTS, {"title": "x", "state": "running"})) == {"state"}


def test_the_same_key_makes_one_project(administration):
    who = client(administration.requester)
    key = {"Idempotency-Key": "abc"}
    first, second = (post(who, PROJECTS, {"title": "Une fois"}, **key) for _ in range(2))
    assert first.json() == second.json()
    assert Project.objects.count() == 1


def test_an_avis_is_refused_to_others_and_decision_to_who_wrote(administration):
    assessment = awaiting(administration)
    body = {"assessment": str(assessment.uuid), "kind": "rssi", "verdict": "favourable", "text": "Vu."}
    problem_of(post(client(administration.requester), OPINIONS, body), 403)
    problem_of(post(client(administration.dpo), OPINIONS, body), 403)
    assert faults(post(client(administration.rssi), OPINIONS, {**body, "verdict": "yes"})) == {"verdict"}
    assert faults(post(client(administration.rssi), OPINIONS, {**body, "order": str(uuid.uuid4())})) == {
        "assessment"
    }
    problem_of(post(client(administration.rssi), OPINIONS, {**body, "assessment": str(uuid.uuid4())}), 404)
    decide = f"{ASSESSMENTS}{assessment.uuid}/decide/"
    problem_of(post(client(administration.rssi), decide, {"reason": "x"}), 403)
    answer = problem_of(post(client(administration.authority), decide, {"reason": "x"}), 409)
    assert answer["code"] == "opinions_missing"


def test_a_foreign_object_in_the_body_is_not_found(administration):
    """Read by 404, like a foreign address: the answer says nothing about what others hold."""
    other = Administration()
    who, url = client(administration.requester), f"{PROJECTS}{make_project(administration).uuid}/"
    theirs, stranger = str(awaiting(other).uuid), str(other.requester.user.uuid)
    avis = {"assessment": theirs, "kind": "rssi", "verdict": "favourable", "text": "Vu."}
    problem_of(post(client(administration.rssi), OPINIONS, avis), 404)
    problem_of(post(who, ASSESSMENTS, {"project": str(make_project(other).uuid)}), 404)
    for act in ("shortlist", "unshortlist"):
        problem_of(post(who, f"{url}{act}/", {"offer": str(uuid.uuid4())}), 404)
    problem_of(post(who, f"{url}add_author/", {"author": stranger}), 404)
    problem_of(post(who, f"{url}add_author/", {"author": str(uuid.uuid4())}), 404)
    assert faults(post(who, f"{url}add_author/", {"author": str(administration.rssi.user.uuid)})) == {
        "author"
    }


def test_a_token_without_the_scope_does_not_decide(administration):
    assessment = advised(administration)
    weak = client_for_token(administration.authority.membership, Role.REQUESTER)
    problem_of(post(weak, f"{ASSESSMENTS}{assessment.uuid}/decide/", {"reason": "x"}), 404)


def test_frozen_answers_are_a_conflict(administration):
    assessment = awaiting(administration)
    who = client(administration.requester)
    answer = who.patch(
        f"{ASSESSMENTS}{assessment.uuid}/",
        SENSITIVE,
        format="json",
        headers={"If-Match": f'"{assessment.version}"'},
    )
    problem_of(answer, 409)


@pytest.mark.parametrize(
    ("url", "make"), [(PROJECTS, make_project), (ASSESSMENTS, awaiting), (OPINIONS, advised)]
)
def test_one_row_and_ten_cost_the_same_queries(administration, url, make):
    counts = []
    who = client(administration.requester)
    who.get(url)  # the first use of a token in a while is noted
    for more in (1, 9):
        for _ in range(more):
            make(administration)
        with CaptureQueriesContext(connection) as queries:
            assert who.get(url).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
