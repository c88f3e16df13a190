"""`/projets/PRJ-…/besoin/`: what a project lacks, said to the others without naming the project."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from catalog.needs.views import write_need
from marketplace.accounts.abilities import require
from marketplace.ui.once import once
from procurement.abilities import project_abilities
from procurement.actions.assessments import result_now
from procurement.actions.project_needs import link_need
from procurement.actions.projects import refuse_closed
from procurement.models import Project
from procurement.views.find import actor_of, open_assessment, trail, visible_project


@login_required
@once
def project_need(request: HttpRequest, number: str) -> HttpResponse:
    project = visible_project(request, number)
    actor = actor_of(request)
    require(project_abilities(actor, project), "edit")
    refuse_closed(project)
    return write_need(
        request,
        initial=initial_of(project),
        lead="Les autres administrations et l’opérateur liront ce texte, sans le nom ni le numéro du projet. "
        "Les fournisseurs et les visiteurs ne le lisent pas.",
        cancel_url=reverse("procurement:project_offers", args=[project.number]),
        trail=trail(project, current="Signaler ce besoin"),
        after=lambda need: link_need(project, need, actor=actor),
    )


def initial_of(project: Project) -> dict[str, Any]:
    """What the project looks for, and what its analysis makes compulsory today."""
    result = result_now(open_assessment(project))
    required = ", ".join(obligation.label for obligation in result.required)
    return {
        "title": project.title,
        "description": f"Obligations à respecter : {required}." if required else "",
        "service_models": project.service_models or [],
        "searched": urlencode(result.offer_filter, doseq=True),
    }
