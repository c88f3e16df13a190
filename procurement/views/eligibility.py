"""Offers that comply with a project, its shortlist, and the list frozen with its reasons."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from catalog.models import Offer
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import DomainError, NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.abilities import project_abilities, projects_abilities
from procurement.actions.eligibility import (
    freeze_offers,
    frozen_rows,
    judge_offers,
)
from procurement.actions.eligible_catalogue import shown_offers
from procurement.actions.projects import add_to_shortlist, remove_from_shortlist
from procurement.derogations.actions import may_be_asked
from procurement.diversity.purchases import diversity_of
from procurement.enums import OPEN_PROJECTS, FrozenAt, ProjectState, Standing
from procurement.forms.projects import ChooseProjectForm
from procurement.models import SHORTLIST_LIMIT, SearchProof
from procurement.views.find import actor_of, posted, trail, typed_version, visible_project

MOST_OFFERS = 4


@login_required
def offers(request: HttpRequest, number: str) -> HttpResponse:
    project = visible_project(request, number)
    verdicts = project_abilities(actor_of(request), project)
    choice = shown_offers(project, pages={name: _page(request, name) for name in Standing})
    eligible, derogation = choice.sections[Standing.ELIGIBLE], project.derogations.first()
    entries = project.shortlist.select_related("offer__supplier", "offer__category", "offer__live_version")
    kept = {entry.offer_id: entry for entry in entries}
    context = {
        "project": project,
        "choice": choice,
        "result": choice.result,
        "required": choice.result.at_level("required"),
        "decided": project.state != ProjectState.DRAFT,
        "eligible": eligible,
        "derogation": derogation,
        "may_report": allowed(verdicts, "edit") and project.state in OPEN_PROJECTS,
        "may_derogate": not eligible.count and allowed(verdicts, "edit") and may_be_asked(project),
        "to_check": choice.sections[Standing.TO_CHECK],
        "refused": choice.sections[Standing.REFUSED],
        "kept": kept,
        # Wherever it stands in the lists, or on which of their pages.
        "kept_rows": judge_offers(
            [entry.offer for entry in kept.values()],
            result=choice.result,
            service_models=project.service_models,
        ),
        "compare_url": _compare_address([entry.offer for entry in kept.values()]),
        "limit": SHORTLIST_LIMIT,
        "may_shortlist": allowed(verdicts, "shortlist"),
        "may_freeze": allowed(verdicts, "freeze_offers")
        and project.state != ProjectState.DRAFT
        and bool(kept),
        "last_list": project.eligibility_lists.by_hand().first(),
        "diversity": diversity_of(
            project.organisation, on=timezone.localdate(), categories=project.categories
        ),
        "breadcrumb_data": trail(project, current="Offres conformes"),
    }
    return render(request, "procurement/project_offers.html", context)


def _page(request: HttpRequest, standing: str) -> int:
    """Of one of the three lists, by its own parameter; the first one of anything that is no number."""
    text = request.GET.get(standing, "")
    return int(text) if text.isdecimal() and len(text) < 8 else 1


@login_required
@require_POST
@once
def keep(request: HttpRequest, number: str) -> HttpResponse:
    """Add to or remove from the shortlist: `offre` is the offer's number, `retirer` removes."""
    project = visible_project(request, number)
    actor = actor_of(request)
    require(project_abilities(actor, project), "shortlist")
    offer = _offer(request, request.POST.get("offre", ""))
    if "retirer" in request.POST:
        remove_from_shortlist(project, actor=actor, offer=offer)
        messages.success(request, f"« {offer.name} » est retirée de la présélection.")
    else:
        add_to_shortlist(project, actor=actor, offer=offer)
        messages.success(request, f"« {offer.name} » est ajoutée à la présélection.")
    return redirect(f"{reverse('procurement:project_offers', args=[project.number])}#preselection")


@login_required
@once
def freeze(request: HttpRequest, number: str) -> HttpResponse:
    project = visible_project(request, number)
    actor = actor_of(request)
    require(project_abilities(actor, project), "freeze_offers")
    entries = list(project.shortlist.select_related("offer"))
    if request.method == "POST":
        freeze_offers(project, actor=actor, expected_version=typed_version(request))
        messages.success(request, "Présélection figée. Le statut actuel reste affiché à côté.")
        return redirect("procurement:project_shortlist", project.number)
    context = {
        "title": "Figer la présélection",
        "lead": "Après cette étape, la liste ne changera plus. Vous pourrez en figer une autre plus tard.",
        "facts": [("Projet", str(project)), ("Offres présélectionnées", len(entries))],
        "button_label": "Figer la présélection",
        "cancel_url": reverse("procurement:project_offers", args=[project.number]),
        "breadcrumb_data": trail(project, current="Figer la présélection"),
    }
    return render(request, "pages/confirm.html", context)


@login_required
def shortlist(request: HttpRequest, number: str) -> HttpResponse:
    """The frozen lists, the newest open; each row with today's status beside."""
    project = visible_project(request, number)
    lists = list(project.eligibility_lists.select_related("frozen_by"))
    wanted = request.GET.get("liste", "")
    by_hand = [made for made in lists if made.step == FrozenAt.SHORTLIST]
    latest = next(iter(by_hand or lists), None)
    shown = next((made for made in lists if str(made.uuid) == wanted), latest)
    rows = frozen_rows(shown) if shown else []
    context = {
        "project": project,
        "lists": lists,
        "shown": shown,
        "shortlisted": [row for row in rows if row.frozen.shortlisted],
        "others": [row for row in rows if not row.frozen.shortlisted],
        "changed": sum(row.has_changed for row in rows if row.frozen.shortlisted),
        "proof": SearchProof.objects.for_pages().filter(eligibility_list=shown).first() if shown else None,
        "may_prove": allowed(project_abilities(actor_of(request), project), "prove_search"),
        "is_latest": shown is not None and shown in by_hand[:1],
        "may_buy": project.state == ProjectState.SOURCING
        and allowed(project_abilities(actor_of(request), project), "buy"),
        "breadcrumb_data": trail(project, current="Présélection"),
    }
    return render(request, "procurement/project_shortlist.html", context)


@login_required
@once
def add_offers(request: HttpRequest) -> HttpResponse:
    """`/projets/ajouter/?offre=12&offre=57`: from a sheet or a comparison to one of my projects."""
    actor = actor_of(request)
    require(projects_abilities(actor), "create")
    numbers = request.GET.getlist("offre")[:MOST_OFFERS]
    wanted = [_offer(request, text) for text in numbers]
    if not wanted or actor.user is None or actor.organisation is None:
        raise NotVisible
    form = ChooseProjectForm(posted(request), user=actor.user, organisation_id=actor.organisation.pk)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["project"]
        require(project_abilities(actor, chosen), "shortlist")
        try:
            for offer in wanted:
                add_to_shortlist(chosen, actor=actor, offer=offer)
        except DomainError as refused:
            form.add_error("project", refused.message)
        else:
            messages.success(request, f"Présélection de {chosen.number} complétée.")
            return redirect(f"{reverse('procurement:project_offers', args=[chosen.number])}#preselection")
    context: dict[str, Any] = {
        "form": form,
        "wanted": wanted,
        "has_projects": form.fields["project"].queryset.exists(),
        "title": "Ajouter à un projet",
        "breadcrumb_data": breadcrumb(("Offres", "/offres/"), current="Ajouter à un projet"),
    }
    return render(request, "procurement/add_offers.html", context, status=400 if form.is_bound else 200)


def _compare_address(offers: list[Offer]) -> str:
    """Of the first four kept; empty when there is nothing to compare."""
    if len(offers) < 2:
        return ""
    query = urlencode({"offre": [offer.number for offer in offers[:MOST_OFFERS]]}, doseq=True)
    return f"{reverse('catalog:compare')}?{query}"


def _offer(request: HttpRequest, text: str) -> Offer:
    """A visible offer by its number. Raises NotVisible."""
    if not text.isdigit() or len(text) > 15:
        raise NotVisible
    offer = (
        Offer.objects.visible_to(actor_of(request))
        .select_related("supplier")
        .filter(number=int(text))
        .first()
    )
    if offer is None:
        raise NotVisible
    return offer
