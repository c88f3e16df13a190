"""By which breach a harm would come: in the dialogue and by the API, read in the reason, never required."""

from __future__ import annotations

import html
from typing import Any

import pytest
from rest_framework.test import APIClient

from procurement.actions.assessments import save_answers
from procurement.doctrine import AssessmentFacts
from procurement.facts import agreeing, facts_as_json, facts_from_json
from tests.builders import client_for
from tests.procurement.builders import SENSITIVE, Administration, make_project
from tests.rest.builders import client_for_token, faults

pytestmark = pytest.mark.django_db
DOCTRINE = "/api/v1/doctrine/assessments/"
FACTS = {
    "buyer_kind": "state",
    "hosting": "commercial_cloud",
    "sensitive_data": ["essential_mission"],
    "date": "2026-11-26",
}


def secnumcloud(answer: Any) -> Any:
    return next(one for one in answer.json()["obligations"] if one["code"] == "secnumcloud")


def test_a_breach_tells_its_harm_and_is_read_in_the_reason() -> None:
    told = APIClient().post(
        DOCTRINE, {**FACTS, "harm_aspects": {"health_life": ["Integrity", "availability"]}}, format="json"
    )
    assert secnumcloud(told)["level"] == "required"
    assert "la santé ou la vie des personnes (intégrité, disponibilité)" in secnumcloud(told)["reason"]
    silent = APIClient().post(DOCTRINE, {**FACTS, "harms": ["health_life"]}, format="json")
    assert secnumcloud(silent)["level"] == "required" and "(" not in secnumcloud(silent)["reason"]
    assert "harm_aspects" not in silent.json()["unknown"]


def test_what_contradicts_itself_or_is_unknown_names_its_field() -> None:
    for said in (
        {"harms": [], "harm_aspects": {"health_life": ["integrity"]}},
        {"harm_aspects": {"weather": ["integrity"]}},
        {"harm_aspects": {"health_life": ["beauty"]}},
        {"harm_aspects": ["health_life"]},
    ):
        answer = APIClient().post(DOCTRINE, {**FACTS, **said}, format="json")
        assert any(name.startswith("harm_aspects") for name in faults(answer)), said


def test_frozen_facts_are_read_back_and_older_ones_keep_their_hash() -> None:
    facts = AssessmentFacts(
        harms=frozenset({"health_life"}), harm_aspects=frozenset({("health_life", "integrity")})
    )
    assert facts_from_json(facts_as_json(facts)) == facts
    assert "harm_aspects" not in facts_as_json(AssessmentFacts(harms=frozenset({"health_life"})))
    gone = agreeing({"harms": ["public_order"], "harm_aspects": {"health_life": ["integrity"]}})
    assert gone == {"harms": ["public_order"], "harm_aspects": None}


def test_by_the_dialogue_of_a_project_and_by_its_api() -> None:
    administration = Administration()
    project = make_project(administration)
    assessment = project.current_assessment()
    assert assessment is not None
    save_answers(assessment, actor=administration.requester, answers=SENSITIVE)
    browser = client_for(administration.requester.membership)
    page = f"{project.get_absolute_url()}analyse/?etape=3"
    body = {"harms": ["public_order"], "harm_aspects": ["health_life:integrity"]}
    refused = browser.post(page, {**body, "version": assessment.version + 1})
    assert refused.status_code == 400 and "Cochez aussi" in html.unescape(refused.content.decode())
    assert 'value="health_life:integrity"' in refused.content.decode()
    body = {"harms": ["health_life"], "harm_aspects": ["health_life:traceability", "health_life:integrity"]}
    assessment.refresh_from_db()
    assert browser.post(page, {**body, "version": assessment.version}).status_code == 302
    assessment.refresh_from_db()
    assert assessment.answers["harm_aspects"] == {"health_life": ["integrity", "traceability"]}
    checked = browser.get(page).content.decode().split('value="health_life:traceability"')[1].split(">")[0]
    assert "checked" in checked
    assert "(intégrité, traçabilité)" in html.unescape(browser.get(page[:-1] + "4").content.decode())
    api = client_for_token(administration.requester.membership)
    url = f"/api/v1/assessments/{assessment.uuid}/"
    version = api.get(url).json()["version"]
    answer = api.patch(url, {"harms": []}, format="json", headers={"If-Match": f'"{version}"'})
    assert answer.json()["answers"]["harm_aspects"] is None
