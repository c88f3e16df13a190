"""The collections of procurement: doctrine and need here, orders and contracts in api_orders."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from procurement.api_doctrine import DoctrineAssessmentViewSet, DoctrineRuleViewSet
from procurement.api_needs import AssessmentViewSet, OpinionViewSet, ProjectViewSet
from procurement.awards import api as api_awards
from procurement.candidates import api as api_candidates
from procurement.compliance import api as api_compliance
from procurement.consultations import api_responses
from procurement.controls import api as api_controls
from procurement.conventions import api as api_conventions
from procurement.derogations import api as api_derogations
from procurement.diversity import api as api_diversity
from procurement.dynamic import api as api_dynamic
from procurement.evaluation import api as api_evaluation
from procurement.groups import api as api_groups
from procurement.peers import api as api_peers
from procurement.publication import api as api_publications
from procurement.publication import api_open as api_open_publications
from procurement.routes import api as api_routes
from procurement.search_proofs import api as api_search_proofs
from procurement.voices import api as api_voices

ROUTES: list[tuple[str, Any, str]] = [
    ("doctrine/assessments", DoctrineAssessmentViewSet, "doctrine-assessment"),
    ("doctrine/rules", DoctrineRuleViewSet, "doctrine-rule"),
    ("projects", ProjectViewSet, "project"),
    ("assessments", AssessmentViewSet, "assessment"),
    ("opinions", OpinionViewSet, "opinion"),
    *api_routes.ROUTES,
    *api_derogations.ROUTES,
    *api_voices.ROUTES,
    *api_peers.ROUTES,
    *api_publications.ROUTES,
    *api_responses.ROUTES,
    *api_search_proofs.ROUTES,
    *api_evaluation.ROUTES,
    *api_conventions.ROUTES,
    *api_controls.ROUTES,
    *api_compliance.ROUTES,
    *api_diversity.ROUTES,
    *api_awards.ROUTES,
    *api_groups.ROUTES,
    *api_candidates.ROUTES,
    *api_dynamic.ROUTES,
]
PATHS = api_open_publications.PATHS
if find_spec("procurement.api_orders") is not None:
    ROUTES += import_module("procurement.api_orders").ROUTES
