"""Projects of consortia: list, page, draft, receipt; and the needs of a call."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import MoveRefused, NotVisible, RuleBroken, VersionStale
from marketplace.ui import autosave
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification.programmes import projects
from qualification.programmes.abilities import call_abilities, programmes_abilities, proposal_abilities
from qualification.programmes.content import receipt_bytes
from qualification.programmes.enums import CallState, ProposalState
from qualification.programmes.forms_projects import CallNeedForm, NewProposalForm, ProposalForm
from qualification.programmes.models import ProjectProposal
from qualification.programmes.views.applications import STALE
from qualification.programmes.views.find import HOME, STEERING, actor_of, visible_call
from qualification.programmes.views.moves import done
from qualification.programmes.views.project_acts import steps_for
from qualification.programmes.views.project_pages import PROJECTS, page_of, project_page, visible_proposal

PER_PAGE = 20


@login_required
@once
def need_new(request: HttpRequest, number: str) -> HttpResponse:
    """A need of a call for projects, while it is a draft."""
    found = visible_call(request, number)
    require(call_abilities(actor_of(request), found), "edit")
    if found.state != CallState.DRAFT:
        raise MoveRefused("call_published", "Les besoins sont figés dès la publication.", about=found)
    form = CallNeedForm.of(request, initial={"version": found.version})
    act = partial(projects.add_need, found)
    if form.is_bound and form.is_valid() and done(act, form, request):
        messages.success(request, "Besoin ajouté à l’appel.")
        return redirect(found)
    return page_of(
        request,
        form,
        title="Ajouter un besoin",
        lead="Besoins et objectifs sont figés à la publication : tous les candidats lisent les mêmes.",
        button="Ajouter le besoin",
        back=found.get_absolute_url(),
        trail=breadcrumb(STEERING, (found.number, found.get_absolute_url()), current="Ajouter un besoin"),
    )


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(programmes_abilities(actor), "list")
    rows = ProjectProposal.objects.visible_to(actor).for_lists()
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "breadcrumb_data": breadcrumb(HOME, current="Projets"),
    }
    return render(request, "qualification/programmes/projects.html", context)


@login_required
@once
def new(request: HttpRequest, number: str) -> HttpResponse:
    actor, call = actor_of(request), visible_call(request, number)
    require(programmes_abilities(actor), "create")
    form = NewProposalForm.of(request)
    if form.is_bound and form.is_valid():
        try:
            made = projects.open_proposal(call, actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Brouillon {made.number} ouvert. Invitez vos partenaires.")
            return redirect(made)
    return page_of(
        request,
        form,
        title="Mener un groupement",
        lead="Vous êtes chef de file. Rien n’est envoyé avant que chaque partenaire ait confirmé.",
        button="Ouvrir le brouillon",
        back=call.get_absolute_url(),
        trail=breadcrumb(HOME, (call.number, call.get_absolute_url()), current="Mener un groupement"),
    )


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    actor, found = actor_of(request), visible_proposal(request, number)
    verdicts = proposal_abilities(actor, found)
    is_draft = found.state == ProposalState.DRAFT
    results = found.last_results
    context = {
        "proposal": found,
        "call": found.call,
        "grid": [
            (need, [(target, results.get(target.pk)) for target in need.targets.all()])
            for need in found.needs.all()
        ],
        "may_edit": is_draft and allowed(verdicts, "edit"),
        "may_answer": is_draft and allowed(verdicts, "answer"),
        "may_demonstrate": found.state in ("sent", "selected") and allowed(verdicts, "demonstrate"),
        "may_evaluate": found.state in ("sent", "selected") and allowed(verdicts, "evaluate"),
        "steps": steps_for(found, verdicts),
        "breadcrumb_data": breadcrumb(PROJECTS, current=found.number),
    }
    return render(request, "qualification/programmes/project.html", context)


@login_required
@once
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """A refusal keeps the typed text, a draft changed meanwhile too."""
    actor, found = actor_of(request), visible_proposal(request, number)
    require(proposal_abilities(actor, found), "edit")
    initial = {
        **{name: getattr(found, name) for name in projects.WRITTEN},
        "needs": [need.number for need in found.needs.all()],
        "version": found.version,
    }
    form, status = ProposalForm.of(request, proposal=found, initial=initial), 400
    if autosave.wanted(request):
        return autosave.attempt(form, lambda: _saved(found, actor, form).version)
    if form.is_bound and form.is_valid():
        try:
            _saved(found, actor, form)
        except RuleBroken as refused:
            form.refuse(refused)
        except VersionStale as stale:
            form = ProposalForm(_with_version(request, stale.current), proposal=found)
            form.is_valid()
            form.add_error(None, STALE)
            status = 412
        else:
            messages.success(request, "Brouillon enregistré. Rien n’est envoyé.")
            return redirect(found)
    lead = "Enregistrez quand vous voulez, même incomplet. L’envoi est une autre étape."
    return project_page(
        request,
        found,
        form,
        title="Modifier le projet",
        lead=lead,
        button="Enregistrer",
        status=status,
        autosave="version",
    )


def _saved(found: ProjectProposal, actor: Actor, form: ProposalForm) -> ProjectProposal:
    version = form.cleaned_data["version"]
    return projects.save_proposal(found, actor=actor, expected_version=version, **form.values())


def _with_version(request: HttpRequest, version: int) -> Any:
    data = request.POST.copy()
    data["version"] = str(version)
    return data


@login_required
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    found = visible_proposal(request, number)
    if not found.sent_content:
        raise NotVisible
    told = HttpResponse(receipt_bytes(found.sent_content), content_type="application/json; charset=utf-8")
    told["Content-Disposition"] = f'attachment; filename="{found.number}.json"'
    return told
