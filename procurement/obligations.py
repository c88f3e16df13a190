"""What a project's decided analysis asks of an offer, and whom a project concerns."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q

from procurement.enums import OPEN_PROJECTS
from procurement.models import Project

if TYPE_CHECKING:
    from marketplace.accounts.models import User

# Obligations that a status held by the offer answers; the others are judged by people.
SCHEME_OBLIGATIONS = frozenset({"secnumcloud", "hds"})


def required_schemes(project: Project) -> frozenset[str]:
    """Schemes made compulsory by the decided analysis; empty when nothing is decided. One query."""
    assessment = project.decided_assessment()
    if assessment is None or not assessment.result:
        return frozenset()
    return frozenset(
        obligation["code"]
        for obligation in assessment.result.get("obligations", ())
        if obligation["level"] == "required" and obligation["code"] in SCHEME_OBLIGATIONS
    )


def project_people(project: Project) -> set[User]:
    """Authors and owner."""
    owner = {project.created_by} if project.created_by is not None else set()
    return set(project.authors.all()) | owner


def projects_on(offers: Iterable[int]) -> list[Project]:
    """Open projects that kept, ordered or use one of these offers."""
    keys = list(offers)
    concerned = (
        Q(shortlist__offer__in=keys)
        | Q(eligibility_lists__rows__offer__in=keys, eligibility_lists__rows__shortlisted=True)
        | Q(orders__offer__in=keys)
    )
    found = Project.objects.filter(concerned, state__in=OPEN_PROJECTS).distinct().order_by("pk")
    return list(found.select_related("created_by").prefetch_related("authors"))
