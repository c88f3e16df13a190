"""Parts of a project on their own pages: its copy, its documents, the paper of a frozen list."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.once import once
from procurement.abilities import project_abilities
from procurement.actions.projects import add_document, copy_project, refuse_closed
from procurement.forms.projects import DocumentForm
from procurement.forms.refusals import put_refusal
from procurement.models import SearchProof
from procurement.search_proofs.actions import issue_latest
from procurement.views.find import actor_of, trail, visible_project


@login_required
@once
def copy(request: HttpRequest, number: str) -> HttpResponse:
    shown = visible_project(request, number)
    actor = actor_of(request)
    require(project_abilities(actor, shown), "copy")
    if request.method == "POST":
        made = copy_project(shown, actor=actor)
        messages.success(request, f"Projet {made.number} créé. Relisez le besoin, puis les réponses.")
        return redirect(made)
    context = {
        "title": f"Copier le projet {shown.number}",
        "lead": "Le besoin, les exigences et les réponses sont repris. Les avis, la décision, les offres et "
        "les documents ne le sont pas. Vous en serez l’auteur.",
        "facts": [("Projet", str(shown))],
        "button_label": "Copier le projet",
        "cancel_url": shown.get_absolute_url(),
        "breadcrumb_data": trail(shown, current="Copier"),
    }
    return render(request, "pages/confirm.html", context)


@login_required
@once
def document_add(request: HttpRequest, number: str) -> HttpResponse:
    shown = visible_project(request, number)
    actor = actor_of(request)
    require(project_abilities(actor, shown), "add_document")
    refuse_closed(shown)
    form = DocumentForm.of(request)
    if form.is_bound and form.is_valid():
        try:
            add_document(shown, actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Document joint.")
            return redirect(shown)
    context = {
        "title": "Joindre un document",
        "lead": "Il est lu par votre administration et par l’auditeur. Il ne se retire pas.",
        "form": form,
        "button_label": "Joindre le document",
        "cancel_url": shown.get_absolute_url(),
        "breadcrumb_data": trail(shown, current="Joindre un document"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def document(request: HttpRequest, number: str, uuid: uuids.UUID) -> HttpResponse:
    """Every reading is journalled."""
    found = visible_project(request, number).documents.filter(uuid=uuid).select_related("file").first()
    if found is None:
        raise NotVisible
    return download_response(found.file, actor=actor_of(request))


@login_required
@once
def proof_issue(request: HttpRequest, number: str) -> HttpResponse:
    shown = visible_project(request, number)
    actor = actor_of(request)
    require(project_abilities(actor, shown), "prove_search")
    if request.method == "POST":
        proof = issue_latest(shown, actor=actor)
        messages.success(request, f"Justificatif {proof} établi.")
        return redirect(f"{reverse('procurement:project_shortlist', args=[shown.number])}#justificatif")
    context = {
        "title": "Établir le justificatif de recherche",
        "lead": "Un PDF daté dit le besoin, les règles appliquées, les filtres, et chaque offre conforme, à "
        "vérifier ou écartée avec sa raison. Il ne change plus.",
        "facts": [("Projet", str(shown)), ("Liste", str(shown.eligibility_lists.by_hand().first() or ""))],
        "button_label": "Établir le justificatif",
        "cancel_url": reverse("procurement:project_shortlist", args=[shown.number]),
        "breadcrumb_data": trail(shown, current="Justificatif de recherche"),
    }
    return render(request, "pages/confirm.html", context)


@login_required
@require_safe
def proof(request: HttpRequest, number: str, proof_number: str) -> HttpResponse:
    shown = visible_project(request, number)
    found = SearchProof.objects.for_pages().filter(project=shown, number=proof_number).first()
    if found is None:
        raise NotVisible
    return download_response(found.file, actor=actor_of(request))
