"""`/projets/…/conventions/ecrire/` and `/conventions/CNV-…/`."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.files.store import download_response
from marketplace.ui.once import once
from procurement.actions.projects import refuse_closed
from procurement.conventions import actions
from procurement.conventions.abilities import convention_abilities, write_ability
from procurement.conventions.forms import (
    ChargeForm,
    ConventionForm,
    CountersignForm,
    SignForm,
)
from procurement.forms.refusals import put_refusal
from procurement.forms.versioned import ReasonForm
from procurement.models import Convention
from procurement.views.act_pages import ActPage, Acts
from procurement.views.find import actor_of, trail, visible_project

ACTS = Acts(
    {
        "signer": ActPage(
            "sign",
            actions.sign,
            "Signer la convention",
            "Convention signée. La signature du service est attendue.",
            SignForm,
            lead="Vous engagez votre administration. Le service qui exploite le cloud signe ensuite.",
        ),
        "contresigner": ActPage(
            "countersign",
            actions.countersign,
            "Enregistrer la signature du service",
            "La convention est en vigueur.",
            CountersignForm,
            lead="Joignez le document qui porte les deux signatures.",
        ),
        "refacturation": ActPage(
            "record_charge",
            actions.record_charge,
            "Enregistrer une année",
            "Année enregistrée.",
            ChargeForm,
            lead="Une année se réécrit\u00a0: le journal garde les deux montants. La TVA ne s’applique pas.",
            refuse=actions.refuse_uncharged,
        ),
        "terminer": ActPage("end", actions.end, "Terminer la convention", "Convention terminée.", ReasonForm),
        "abandonner": ActPage(
            "abandon", actions.abandon, "Abandonner la convention", "Convention abandonnée.", ReasonForm
        ),
    },
    abilities=convention_abilities,
    url_name="procurement:convention_act",
)


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
        "acts": ACTS.links(actor_of(request), shown),
        "breadcrumb_data": trail(shown.project, current=shown.number),
    }
    return render(request, "procurement/conventions/page.html", context)


@login_required
@once
def convention_act(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    shown = _visible(request, number)
    facts = [("Convention", shown.number), ("Projet", str(shown.project)), ("Avec", shown.provider)]
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
