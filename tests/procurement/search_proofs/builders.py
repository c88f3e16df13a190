"""A frozen list and its paper, for tests."""

from __future__ import annotations

from typing import Any

from procurement.actions.eligibility import freeze_offers
from procurement.actions.projects import add_to_shortlist
from procurement.models import Project, SearchProof
from procurement.search_proofs.actions import issue_latest
from tests.procurement.builders import assessed_project
from tests.procurement.derogation_builders import make_saas


def frozen_project(administration: Any, **values: Any) -> Project:
    """One offer complies and is kept, one is refused."""
    kept = make_saas(trust={"secnumcloud": "in_force"})
    make_saas(trust={"secnumcloud": "expired"})
    project = assessed_project(administration, **values)
    add_to_shortlist(project, actor=administration.requester, offer=kept)
    freeze_offers(project, actor=administration.requester)
    return project


def make_proof(administration: Any, project: Project | None = None) -> SearchProof:
    return issue_latest(project or frozen_project(administration), actor=administration.requester)
