"""`/projets/…/controle/`: what is owed and why; `/controles/CTL-…/`: the file, its papers, the answer."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.once import once
from procurement.controls import actions
from procurement.controls.abilities import control_file_abilities, prepare_ability
from procurement.controls.enums import ASPECTS, ControlKind, ControlState
from procurement.controls.forms import (
    AcknowledgeForm,
    AnswerForm,
    PaperForm,
    PrepareForm,
    SendForm,
)
from procurement.forms.refusals import put_refusal
from procurement.forms.versioned import ReasonForm
from procurement.models import ControlFile
from procurement.views.act_pages import ActPage, Acts
from procurement.views.find import actor_of, posted, trail, visible_project

ACTS = Acts(
    {
        "transmettre": ActPage(
            "send",
            actions.send,
            "Enregistrer la transmission",
            "Transmission enregistrée.",
            SendForm,
            forward=True,
        ),
        "accuser": ActPage(
            "acknowledge",
            actions.acknowledge,
            "Enregistrer l’accusé de réception",
            "Accusé de réception enregistré.",
            AcknowledgeForm,
            forward=True,
        ),
        "avis": ActPage(
            "answer", actions.answer, "Enregistrer l’avis", "Avis enregistré.", AnswerForm, forward=True
        ),
        "joindre": ActPage(
            "add_paper",
            actions.add_paper,
            "Joindre une pièce",
            "Pièce jointe.",
            PaperForm,
            refuse=actions.refuse_sent,
        ),
        "retirer": ActPage("withdraw", actions.withdraw, "Retirer le dossier", "Dossier retiré.", ReasonForm),
    },
    abilities=control_file_abilities,
    url_name="procurement:control_act",
)


@login_required
@require_safe
def project_control(request: HttpRequest, number: str) -> HttpResponse:
    project = visible_project(request, number)
    files = list(project.control_files.for_pages())
    living = {each.kind: each for each in files if each.state != ControlState.WITHDRAWN}
    writes = allowed(prepare_ability(actor_of(request), project), "create")
    context = {
        "project": project,
        "rows": [
            (each, living.get(each.kind), writes and each.kind not in living)
            for each in actions.owed_of(project)
        ],
        "files": files,
        "breadcrumb_data": trail(project, current="Contrôle de la doctrine"),
    }
    return render(request, "procurement/controls/project.html", context)


@login_required
@once
def control_prepare(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    project = visible_project(request, number)
    if kind not in ControlKind.values:
        raise NotVisible
    actor = actor_of(request)
    require(prepare_ability(actor, project), "create")
    owed = actions.refuse_unowed(project, kind)
    form = PrepareForm(posted(request), request.FILES or None, kind=kind)
    if form.is_bound and form.is_valid():
        try:
            made = actions.prepare(project, actor=actor, kind=kind, **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Dossier ouvert. La DNUM le transmet.")
            return redirect(made)
    context = {
        "title": ControlKind(kind).label,
        "lead": f"{owed.reason} Source\u00a0: {owed.source}.",
        "form": form,
        "button_label": "Ouvrir le dossier",
        "cancel_url": reverse("procurement:project_control", args=[project.number]),
        "breadcrumb_data": trail(project, current="Ouvrir un dossier de contrôle"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def control_page(request: HttpRequest, number: str) -> HttpResponse:
    shown = _visible(request, number)
    context = {
        "file": shown,
        "aspects": [(label, getattr(shown, name)) for name, label in ASPECTS.items()]
        if shown.kind == ControlKind.STUDY
        else [],
        "papers": list(shown.papers.all()),
        "acts": ACTS.links(actor_of(request), shown),
        "breadcrumb_data": trail(shown.project, current=shown.number),
    }
    return render(request, "procurement/controls/page.html", context)


@login_required
@once
def control_act(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    shown = _visible(request, number)
    facts = [("Dossier", shown.number), ("Projet", str(shown.project)), ("Adressé à", shown.addressee)]
    return ACTS.serve(
        request,
        shown,
        slug,
        about=lambda page: {
            "facts": facts,
            "breadcrumb_data": trail(shown.project, current=page.title),
        },
    )


@login_required
@require_safe
def control_paper(request: HttpRequest, number: str, uuid: uuids.UUID) -> HttpResponse:
    """Every reading is journalled."""
    found = next((one for one in _visible(request, number).papers.all() if one.uuid == uuid), None)
    if found is None:
        raise NotVisible
    return download_response(found.document, actor=actor_of(request))


def _visible(request: HttpRequest, number: str) -> ControlFile:
    """Raises NotVisible (404)."""
    rows = ControlFile.objects.visible_to(actor_of(request)).for_pages()
    found = rows.prefetch_related("project__authors").filter(number=number).first()
    if found is None:
        raise NotVisible
    return found
