"""`/projets/PRJ-…/derogation/`: the rule, where the derogation stands, its acts, what comes next."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import DomainError, MoveRefused, NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once
from procurement.actions.eligibility import offers_for
from procurement.derogations import actions as derogations
from procurement.derogations.abilities import ask_ability, derogation_abilities
from procurement.derogations.enums import LIVING_DEROGATIONS
from procurement.derogations.forms import ActForm, ActivateForm, AskForm, FindingForm, RefuseForm
from procurement.derogations.steps import steps_of
from procurement.derogations.terms import term_on
from procurement.enums import Standing
from procurement.forms.refusals import put_refusal
from procurement.models import Derogation, DerogationAct, Project
from procurement.views.find import actor_of, trail, typed_version, visible_project


@dataclass(frozen=True)
class ActPage:
    act: str
    form: type[MarketForm]
    title: str
    lead: str
    done: str
    do: Callable[..., Derogation]


PAGES = {
    "signer": ActPage(
        "sign",
        ActForm,
        "Enregistrer la signature du ministre",
        "La dérogation est accordée sous la responsabilité du ministre dont relève le projet (R9).",
        "Signature enregistrée. La validation du Premier ministre est attendue.",
        derogations.sign,
    ),
    "valider": ActPage(
        "validate",
        ActForm,
        "Enregistrer la validation du Premier ministre",
        "Sans cette validation, la dérogation ne peut pas entrer en vigueur (R9).",
        "Validation enregistrée. La dérogation peut être mise en vigueur.",
        derogations.validate,
    ),
    "activer": ActPage(
        "activate",
        ActivateForm,
        "Mettre la dérogation en vigueur",
        "Elle ne rend aucune offre conforme : elle est dite à côté des offres.",
        "Dérogation en vigueur.",
        derogations.activate,
    ),
    "constater": ActPage(
        "record_finding",
        FindingForm,
        "Constater une offre acceptable",
        "Un constat motivé et signé fait courir le délai. Un référencement seul ne le fait pas courir.",
        "Constat enregistré. Le délai court.",
        derogations.record_finding,
    ),
    "refuser": ActPage(
        "refuse",
        RefuseForm,
        "Enregistrer un refus",
        "Le refus du ministre ou du Premier ministre met fin à la demande.",
        "Refus enregistré.",
        derogations.refuse,
    ),
}


@login_required
def derogation(request: HttpRequest, number: str) -> HttpResponse:
    project = visible_project(request, number)
    actor, found = actor_of(request), list(project.derogations.with_acts())
    shown = found[0] if found else None
    refusal = _why_not(project) if shown is None or not shown.is_living else ""
    context = {
        "project": project,
        "derogation": shown,
        "older": found[1:],
        "steps": steps_of(shown) if shown else (),
        "acts": list(shown.acts.all()) if shown else [],
        "pages": _pages_for(actor, shown) if shown else [],
        "may_ask": not refusal
        and (shown is None or not shown.is_living)
        and allowed(ask_ability(actor, project), "create"),
        "refusal": refusal,
        "term": term_on(timezone.localdate()),
        "eligible": _eligible(project) if shown and shown.is_living and shown.ends_on is None else [],
        "breadcrumb_data": trail(project, current="Dérogation R9"),
    }
    return render(request, "procurement/derogation.html", context)


def _why_not(project: Project) -> str:
    try:
        derogations.refuse_not_derogable(project)
    except DomainError as refused:
        return refused.message
    return ""


def _eligible(project: Project) -> list[Any]:
    try:
        return offers_for(project).of(Standing.ELIGIBLE)
    except MoveRefused:
        return []


def _pages_for(actor: Actor, shown: Derogation) -> list[tuple[str, str]]:
    """Title and address of each act that the state and the reader's roles allow."""
    verdicts = derogation_abilities(actor, shown)
    open_now = {move.name for move in shown.available_moves()}
    if shown.state in LIVING_DEROGATIONS and shown.available_on is None:
        open_now.add("record_finding")
    return [
        (page.title, reverse("procurement:derogation_act", args=[shown.project.number, words]))
        for words, page in PAGES.items()
        if page.act in open_now and allowed(verdicts, page.act)
    ]


@login_required
@once
def ask(request: HttpRequest, number: str) -> HttpResponse:
    project = visible_project(request, number)
    actor = actor_of(request)
    require(ask_ability(actor, project), "create")
    derogations.refuse_not_derogable(project)
    form = AskForm.of(request)
    if form.is_bound and form.is_valid():
        try:
            derogations.ask(project, actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Dérogation demandée. L’autorité qualifiée est prévenue.")
            return redirect("procurement:derogation", project.number)
    context = {
        "title": "Demander une dérogation R9",
        "lead": "Réservée aux projets déjà engagés. Le ministre signe, puis le Premier ministre valide. "
        f"Source : {term_on(timezone.localdate()).source}.",
        "form": form,
        "button_label": "Demander la dérogation",
        "cancel_url": reverse("procurement:derogation", args=[project.number]),
        "breadcrumb_data": trail(project, current="Demander une dérogation R9"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@once
def act(request: HttpRequest, number: str, words: str) -> HttpResponse:
    project = visible_project(request, number)
    actor, page = actor_of(request), PAGES.get(words)
    shown = project.derogations.with_acts().first()
    if page is None or shown is None:
        raise NotVisible
    require(derogation_abilities(actor, shown), page.act)
    if page.act == "record_finding":
        derogations.refuse_findable(shown)
    else:
        shown.check_move(page.act)
    form = page.form.of(request)
    if form.is_bound and form.is_valid():
        try:
            page.do(shown, actor=actor, expected_version=typed_version(request), **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, page.done)
            return redirect("procurement:derogation", project.number)
    context = {
        "title": page.title,
        "lead": page.lead,
        "facts": [
            ("Dérogation", shown.number),
            ("Projet", str(project)),
            ("État", shown.get_state_display()),
        ],
        "form": form,
        "version": shown.version,
        "button_label": page.title,
        "cancel_url": reverse("procurement:derogation", args=[project.number]),
        "breadcrumb_data": trail(project, current=page.title),
    }
    return render(request, "procurement/derogation_act.html", context, status=400 if form.errors else 200)


@login_required
def document(request: HttpRequest, number: str, uuid: uuids.UUID) -> HttpResponse:
    """The signed paper of an act; every reading is journalled."""
    project = visible_project(request, number)
    found = DerogationAct.objects.filter(derogation__project=project, uuid=uuid, document__isnull=False)
    kept = found.select_related("document").first()
    if kept is None or kept.document is None:
        raise NotVisible
    return download_response(kept.document, actor=actor_of(request))
