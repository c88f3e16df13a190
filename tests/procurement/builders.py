"""Needs for tests: plainly fictitious, made by the same actions as real ones."""

from __future__ import annotations

from typing import Any

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Organisation
from procurement.actions.assessments import decide, request_opinions, save_answers
from procurement.actions.opinions import advise_on_assessment
from procurement.actions.projects import create_project
from procurement.models import Assessment, Project
from tests.builders import actor_for, make_organisation

SENSITIVE = {
    "sensitive_data": ["protected_secret"],
    "harms": ["health_life"],
    "personal_data": True,
    "health_data": False,
}
PLAIN = {"sensitive_data": [], "harms": [], "personal_data": False, "health_data": False}


class Administration:
    """One ministry and a person per role."""

    def __init__(self, organisation: Organisation | None = None) -> None:
        self.organisation = organisation or make_organisation()
        self.requester = self.person(Role.REQUESTER)
        self.rssi = self.person(Role.SECURITY_OFFICER)
        self.dpo = self.person(Role.DATA_OFFICER)
        self.authority = self.person(Role.QUALIFIED_AUTHORITY)

    def person(self, *roles: str) -> Actor:
        return actor_for(*roles, organisation=self.organisation)


def make_project(administration: Administration, **values: Any) -> Project:
    given = {
        "title": "Messagerie d’essai",
        "project_kind": "new",
        "hosting": "commercial_cloud",
        "service_models": ["saas"],
        **values,
    }
    return create_project(actor=administration.requester, **given)


def awaiting(
    administration: Administration, *, answers: dict[str, Any] | None = None, **values: Any
) -> Assessment:
    """An analysis whose avis are asked."""
    assessment = make_project(administration, **values).current_assessment()
    assert assessment is not None
    save_answers(assessment, actor=administration.requester, answers=answers or SENSITIVE)
    return request_opinions(assessment, actor=administration.requester)


def advised(administration: Administration, **values: Any) -> Assessment:
    """An analysis with both avis, the DPO's unfavourable."""
    assessment = awaiting(administration, **values)
    give = {"text": "Avis d’essai."}
    advise_on_assessment(assessment, actor=administration.rssi, kind="rssi", verdict="favourable", **give)
    advise_on_assessment(assessment, actor=administration.dpo, kind="dpo", verdict="unfavourable", **give)
    return assessment


def assessed_project(administration: Administration, **values: Any) -> Project:
    assessment = advised(administration, **values)
    decide(assessment, actor=administration.authority, reason="Conforme à nos données.")
    project = assessment.project
    project.refresh_from_db()
    return project
