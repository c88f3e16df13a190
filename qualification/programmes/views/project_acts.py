"""One page per act on a project: members, demonstrator, grid, sending, the operator’s letter."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from marketplace.accounts.abilities import Verdicts, allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.once import once
from qualification.forms import RuledForm
from qualification.programmes import demonstrators, projects
from qualification.programmes.abilities import proposal_abilities
from qualification.programmes.forms import OutcomeForm, SelectedForm, WithdrawForm
from qualification.programmes.forms_projects import DemonstratorForm, InviteForm, ResultForm
from qualification.programmes.models import ProjectProposal
from qualification.programmes.views.find import actor_of
from qualification.programmes.views.moves import LETTER, MovePage, done
from qualification.programmes.views.project_pages import PROJECTS, project_page, trail, visible_proposal


@login_required
@once
def invite(request: HttpRequest, number: str) -> HttpResponse:
    found = visible_proposal(request, number)
    require(proposal_abilities(actor_of(request), found), "edit")
    form = InviteForm.of(request)
    if form.is_bound and form.is_valid():
        given = dict(form.cleaned_data)
        organisation = given.pop("supplier").organisation
        if _acted(form, partial(projects.invite, found), request, organisation=organisation, **given):
            messages.success(request, f"{organisation.name} est invité et prévenu.")
            return redirect(found)
    lead = "Le fournisseur est prévenu et répond pour lui-même."
    return project_page(request, found, form, title="Inviter un partenaire", lead=lead, button="Inviter")


@login_required
@once
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, number: str) -> HttpResponse:
    """Two buttons: confirm, decline."""
    actor, found = actor_of(request), visible_proposal(request, number)
    require(proposal_abilities(actor, found), "answer")
    if request.method == "POST":
        confirms = "decliner" not in request.POST
        projects.answer_invitation(found, actor=actor, confirms=confirms)
        messages.success(request, "Votre réponse est enregistrée." if confirms else "Invitation déclinée.")
        return redirect(found if confirms else PROJECTS[1])
    own = next(each for each in found.standing if each.organisation == actor.organisation)
    context = {
        "title": "Répondre à l’invitation",
        "lead": "Le projet ne part pas sans votre accord. Vous pouvez changer d’avis jusqu’à l’envoi.",
        "facts": [
            ("Projet", found.title),
            ("Chef de file", found.organisation.name),
            ("Votre rôle", own.get_role_display()),
            ("Ce que vous ferez", own.part),
        ],
        "button_label": "Confirmer",
        "cancel_url": found.get_absolute_url(),
        "breadcrumb_data": trail(found, "Répondre"),
    }
    return render(request, "qualification/programmes/answer.html", context)


@login_required
@once
def demonstrator(request: HttpRequest, number: str) -> HttpResponse:
    found = visible_proposal(request, number)
    require(proposal_abilities(actor_of(request), found), "demonstrate")
    initial = {
        "url": found.demonstrator_url,
        "available_from": found.demonstrator_from,
        "note": found.demonstrator_note,
    }
    form = DemonstratorForm.of(request, initial=initial)
    if (
        form.is_bound
        and form.is_valid()
        and _acted(form, partial(demonstrators.set_demonstrator, found), request)
    ):
        messages.success(request, "Démonstrateur enregistré.")
        return redirect(found)
    lead = "Là où l’opérateur pourra voir fonctionner ce que le projet promet."
    return project_page(
        request, found, form, title="Indiquer le démonstrateur", lead=lead, button="Enregistrer"
    )


@login_required
@once
def evaluate(request: HttpRequest, number: str) -> HttpResponse:
    """One target at a time; the grid is on the project's page."""
    found = visible_proposal(request, number)
    require(proposal_abilities(actor_of(request), found), "evaluate")
    form = ResultForm.of(request, proposal=found)
    if (
        form.is_bound
        and form.is_valid()
        and _acted(form, partial(demonstrators.record_result, found), request)
    ):
        messages.success(request, "Résultat enregistré dans la grille.")
        return redirect(found)
    lead = "Ce que le démonstrateur a montré. Un nouveau résultat remplace l’ancien, qui reste au journal."
    return project_page(
        request, found, form, title="Enregistrer un résultat", lead=lead, button="Enregistrer"
    )


def _outcome(name: str) -> Callable[..., Any]:
    def act(proposal: ProjectProposal, **given: Any) -> Any:
        return demonstrators.record_outcome(proposal, name, **given)

    return act


PAGES = {
    "envoyer": MovePage(
        "send",
        projects.send,
        "Projet envoyé. Chaque membre reçoit le récépissé.",
        "Le projet est figé avec son groupement. L’heure de la base de données fait foi.",
    ),
    "reprendre": MovePage(
        "take_back",
        projects.take_back,
        "Projet repris : corrigez-le, puis renvoyez-le avant la clôture.",
        "Il redevient un brouillon. Sans nouvel envoi avant la clôture, il ne compte pas.",
    ),
    "retirer": MovePage(
        "withdraw", projects.withdraw, "Projet retiré.", "Il ne sera pas examiné.", WithdrawForm
    ),
    "retenu": MovePage(
        "record_selected", _outcome("record_selected"), "Choix enregistré.", LETTER, SelectedForm
    ),
    "non-retenu": MovePage(
        "record_rejected", _outcome("record_rejected"), "Choix enregistré.", LETTER, OutcomeForm
    ),
}


def steps_for(proposal: ProjectProposal, verdicts: Verdicts) -> list[tuple[str, str]]:
    """Words and address of each act that the state and the reader's roles allow."""
    open_now = {move.name: move.label for move in proposal.available_moves()}
    return [
        (open_now[page.move], reverse("qualification:project_move", args=[proposal.number, words]))
        for words, page in PAGES.items()
        if page.move in open_now and allowed(verdicts, page.move)
    ]


@login_required
@once
def move(request: HttpRequest, number: str, words: str) -> HttpResponse:
    found, page = visible_proposal(request, number), PAGES.get(words)
    if page is None:
        raise NotVisible
    require(proposal_abilities(actor_of(request), found), page.move)
    found.check_move(page.move)
    form = page.form.of(request, initial={"version": found.version})
    if form.is_bound and form.is_valid() and done(partial(page.act, found), form, request):
        messages.success(request, page.said)
        return redirect(found)
    label = found.MOVES[page.move].label
    return project_page(request, found, form, title=label, lead=page.lead, button=label)


def _acted(form: RuledForm, act: Callable[..., Any], request: HttpRequest, **given: Any) -> bool:
    """With what the form holds unless given. False when a rule refused, said on the form."""
    try:
        act(actor=actor_of(request), **(given or form.cleaned_data))
    except RuleBroken as refused:
        form.refuse(refused)
        return False
    return True
