"""`/projets/…/conventions/ecrire/` and `/conventions/CNV-…/`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.once import once
from procurement.actions.projects import refuse_closed
from procurement.conventions import actions
from procurement.conventions.abilities import convention_abilities, write_ability
from procurement.conventions.enums import SIGNED_BY_BOTH
from procurement.conventions.forms import (
    ChargeForm,
    CloseForm,
    ConventionForm,
    CountersignForm,
    SignForm,
    VersionForm,
)
from procurement.forms.refusals import put_refusal
from procurement.models import Convention
from procurement.views.find import actor_of, trail, visible_project


@dataclass(frozen=True, slots=True)
class ActPage:
    name: str
    act: Callable[..., Convention]
    title: str
    said: str
    form: type[VersionForm]
    lead: str = ""


ACTS = {
    "signer": ActPage(
        "sign",
        actions.sign,
        "Signer la convention",
        "Convention signée. La signature du service est attendue.",
        SignForm,
        "Vous engagez votre administration. Le service qui exploite le cloud signe ensuite.",
    ),
    "contresigner": ActPage(
        "countersign",
        actions.countersign,
        "Enregistrer la signature du service",
        "La convention est en vigueur.",
        CountersignForm,
        "Joignez le document qui porte les deux signatures.",
    ),
    "refacturation": ActPage(
        "record_charge",
        actions.record_charge,
        "Enregistrer une année",
        "Année enregistrée.",
        ChargeForm,
        "Une année se réécrit\u00a0: le journal garde les deux montants. La TVA ne s’applique pas.",
    ),
    "terminer": ActPage("end", actions.end, "Terminer la convention", "Convention terminée.", CloseForm),
    "abandonner": ActPage(
        "abandon", actions.abandon, "Abandonner la convention", "Convention abandonnée.", CloseForm
    ),
}


@login_required
@once
def convention_write(request: HttpRequest, number: str) -> HttpResponse:
    project = visible_project(request, number)
    actor = actor_of(request)
    require(write_ability(actor, project), "create")
    refuse_closed(project)
    form = ConventionForm.of(request)
    if form.is_bound and form.is_valid():
        try:
            made = actions.write_convention(project, actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, f"{made} écrite. L’ordonnateur est prévenu.")
            return redirect(made)
    context = {
        "title": "Écrire une convention",
        "lead": "Un cloud interne de l’État se prend par convention entre services de l’État, sans marché ni "
        "bon de commande\u00a0: rien n’en est publié aux données de la commande publique.",
        "form": form,
        "button_label": "Enregistrer la convention",
        "cancel_url": project.get_absolute_url(),
        "breadcrumb_data": trail(project, current="Écrire une convention"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def convention_page(request: HttpRequest, number: str) -> HttpResponse:
    shown = _visible(request, number)
    charges = list(shown.charges.all())
    context = {
        "convention": shown,
        "charges": charges,
        "expected": sum(each.expected_eur_ht for each in charges),
        "charged": sum(each.charged_eur_ht or 0 for each in charges),
        "acts": _acts_for(actor_of(request), shown),
        "breadcrumb_data": trail(shown.project, current=shown.number),
    }
    return render(request, "procurement/conventions/page.html", context)


def _acts_for(actor: Actor, shown: Convention) -> list[tuple[str, str]]:
    """Title and address of each act that the state and the reader's roles allow."""
    verdicts = convention_abilities(actor, shown)
    open_now = {move.name for move in shown.available_moves()}
    if shown.is_living or shown.state in SIGNED_BY_BOTH:
        open_now.add("record_charge")
    return [
        (page.title, reverse("procurement:convention_act", args=[shown.number, slug]))
        for slug, page in ACTS.items()
        if page.name in open_now and allowed(verdicts, page.name)
    ]


@login_required
@once
def convention_act(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    shown, page = _visible(request, number), ACTS.get(slug)
    if page is None:
        raise NotVisible
    actor = actor_of(request)
    require(convention_abilities(actor, shown), page.name)
    if page.name == "record_charge":
        actions.refuse_uncharged(shown)
    else:
        shown.check_move(page.name)
    form = page.form.of(request, initial={"version": shown.version})
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            page.act(shown, actor=actor, expected_version=values.pop("version", None), **values)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, page.said)
            return redirect(shown)
    context = {
        "title": page.title,
        "lead": page.lead,
        "facts": [("Convention", shown.number), ("Projet", str(shown.project)), ("Avec", shown.provider)],
        "form": form,
        "button_label": page.title,
        "cancel_url": shown.get_absolute_url(),
        "breadcrumb_data": trail(shown.project, current=page.title),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


@login_required
@require_safe
def convention_document(request: HttpRequest, number: str) -> HttpResponse:
    """The paper with both signatures; every reading is journalled."""
    shown = _visible(request, number)
    if shown.document is None:
        raise NotVisible
    return download_response(shown.document, actor=actor_of(request))


def _visible(request: HttpRequest, number: str) -> Convention:
    """Raises NotVisible (404)."""
    found = Convention.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if found is None:
        raise NotVisible
    return found
