"""One page per act on an application: read what will happen, then do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from marketplace.accounts.abilities import Verdicts, allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.once import once
from marketplace.ui.typography import datetime_text
from qualification.forms import VersionedForm
from qualification.programmes import applications, progress
from qualification.programmes.abilities import application_abilities
from qualification.programmes.forms import (
    MilestoneForm,
    OutcomeForm,
    ReportForm,
    SelectedForm,
    WithdrawForm,
)
from qualification.programmes.models import ProgrammeApplication
from qualification.programmes.views.find import actor_of, application_trail, visible_application


@dataclass(frozen=True, slots=True)
class MovePage:
    move: str
    act: Callable[..., Any]
    said: str
    lead: str
    form: type[VersionedForm] = VersionedForm


def _outcome(move: str) -> Callable[..., Any]:
    def act(application: ProgrammeApplication, **given: Any) -> Any:
        return progress.record_outcome(application, move, **given)

    return act


LETTER = "Recopiez la lettre de l’opérateur du programme. La place de marché ne choisit pas et ne verse rien."
PAGES = {
    "envoyer": MovePage(
        "send",
        applications.send,
        "Candidature envoyée. Le récépissé est ci-dessous et dans vos messages.",
        "Ce que vous avez écrit est figé avec les faits de l’offre. L’heure de la base de données fait foi.",
    ),
    "reprendre": MovePage(
        "take_back",
        applications.take_back,
        "Candidature reprise : corrigez-la, puis renvoyez-la avant la clôture.",
        "Elle redevient un brouillon. Sans nouvel envoi avant la clôture, elle ne compte pas.",
    ),
    "retirer": MovePage(
        "withdraw",
        applications.withdraw,
        "Candidature retirée.",
        "Elle ne sera pas examinée, ou le suivi s’arrête. Ce qui a été envoyé reste lisible.",
        WithdrawForm,
    ),
    "retenue": MovePage(
        "record_selected", _outcome("record_selected"), "Choix enregistré.", LETTER, SelectedForm
    ),
    "liste-complementaire": MovePage(
        "record_waitlisted", _outcome("record_waitlisted"), "Choix enregistré.", LETTER, OutcomeForm
    ),
    "non-retenue": MovePage(
        "record_rejected", _outcome("record_rejected"), "Choix enregistré.", LETTER, OutcomeForm
    ),
}


def steps_for(application: ProgrammeApplication, verdicts: Verdicts) -> list[tuple[str, str]]:
    """Words and address of each act that the state and the reader's roles allow."""
    open_now = {move.name: move.label for move in application.available_moves()}
    return [
        (open_now[page.move], reverse("qualification:programme_move", args=[application.number, words]))
        for words, page in PAGES.items()
        if page.move in open_now and allowed(verdicts, page.move)
    ]


@login_required
@once
def move(request: HttpRequest, number: str, words: str) -> HttpResponse:
    actor, found, page = actor_of(request), visible_application(request, number), PAGES.get(words)
    if page is None:
        raise NotVisible
    require(application_abilities(actor, found), page.move)
    found.check_move(page.move)
    form = page.form.of(request, initial={"version": found.version})
    act = partial(page.act, found)
    if form.is_bound and form.is_valid() and done(act, form, request):
        messages.success(request, page.said)
        return redirect(found)
    label = found.MOVES[page.move].label
    context = {
        "title": label,
        "lead": page.lead,
        "facts": [
            ("Candidature", found.number),
            ("Fournisseur", found.organisation.name),
            ("Offre", found.offer.name),
            ("Clôture", f"{datetime_text(found.call.closes_at)} (heure de Paris)"),
        ],
        "form": form,
        "button_label": label,
        "cancel_url": found.get_absolute_url(),
        "breadcrumb_data": application_trail(found, current=label),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


@login_required
@once
def milestone(request: HttpRequest, number: str) -> HttpResponse:
    found = visible_application(request, number)
    require(application_abilities(actor_of(request), found), "milestone")
    progress.refuse_unless_chosen(found)
    form = MilestoneForm.of(request, initial={"version": found.version})
    act = partial(progress.record_milestone, found)
    if form.is_bound and form.is_valid() and done(act, form, request):
        messages.success(request, "Jalon enregistré.")
        return redirect(found)
    lead = "Un jalon est un acte de l’ANSSI. Pour corriger une date, enregistrez de nouveau le même jalon."
    return _form_page(request, found, form, title="Enregistrer un jalon", lead=lead)


@login_required
@once
def report(request: HttpRequest, number: str) -> HttpResponse:
    found = visible_application(request, number)
    require(application_abilities(actor_of(request), found), "report")
    progress.refuse_unless_chosen(found)
    owed = found.missing_reports()
    form = ReportForm.of(request, owed=owed, initial={"version": found.version})
    act = partial(progress.report_progress, found)
    if form.is_bound and form.is_valid() and done(act, form, request):
        messages.success(request, "Rapport envoyé.")
        return redirect(found)
    lead = (
        "Un rapport par trimestre écoulé, envoyé une fois."
        if owed
        else "Aucun trimestre n’attend de rapport : le prochain s’ouvre à la fin du trimestre en cours."
    )
    return _form_page(request, found, form, title="Rapport trimestriel", lead=lead)


def _form_page(
    request: HttpRequest, found: ProgrammeApplication, form: VersionedForm, *, title: str, lead: str
) -> HttpResponse:
    context = {
        "title": title,
        "lead": lead,
        "form": form,
        "button_label": "Enregistrer" if title.startswith("Enregistrer") else "Envoyer le rapport",
        "cancel_url": found.get_absolute_url(),
        "breadcrumb_data": application_trail(found, current=title),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


def done(act: Callable[..., Any], form: VersionedForm, request: HttpRequest) -> bool:
    """False when a rule refused, said on the form; other refusals have their own pages."""
    try:
        act(actor=actor_of(request), expected_version=form.cleaned_data["version"], **form.values())
    except RuleBroken as refused:
        form.refuse(refused)
        return False
    return True
