"""What DINUM does: the dashboard, its file, and the calls it writes, publishes, postpones, cancels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.documents.answers import FORMATS, table_answer
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import datetime_text
from qualification.forms import VersionedForm
from qualification.programmes import calls
from qualification.programmes.abilities import call_abilities, programmes_abilities
from qualification.programmes.dashboard import applications_table, figures
from qualification.programmes.enums import ApplicationState, Milestone
from qualification.programmes.forms import CallForm, CancelForm, PostponeForm, next_minute
from qualification.programmes.models import ProgrammeCall
from qualification.programmes.views.find import STEERING, actor_of, visible_call

PER_PAGE = 10


@login_required
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    verdicts = programmes_abilities(actor)
    require(verdicts, "dashboard")
    page = Paginator(ProgrammeCall.objects.all(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "figures": figures(page.object_list),
        "states": [choice for choice in ApplicationState.choices if choice[0] != ApplicationState.DRAFT],
        "milestones": Milestone.choices,
        "may_run": allowed(verdicts, "run"),
        "formats": [(each.label, each.code) for each in FORMATS.values()],
        "breadcrumb_data": breadcrumb(current="Programmes"),
    }
    return render(request, "qualification/programmes/dashboard.html", context)


@login_required
@require_safe
def table(request: HttpRequest, kind: str) -> HttpResponseBase:
    require(programmes_abilities(actor_of(request)), "dashboard")
    if kind not in FORMATS:
        raise NotVisible
    return table_answer(applications_table(), format=FORMATS[kind], name="candidatures")


@login_required
@once
def new_call(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(programmes_abilities(actor), "run")
    form = CallForm.of(request, initial={"opens_at": next_minute(), "closes_at": next_minute(days=60)})
    if form.is_bound and form.is_valid():
        try:
            made = calls.create_call(actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Appel {made.number} en brouillon. Relisez-le, puis publiez-le.")
            return redirect(made)
    context = {
        "title": "Écrire un appel",
        "lead": "L’appel reste un brouillon jusqu’à sa publication.",
        "form": form,
        "button_label": "Enregistrer le brouillon",
        "cancel_url": STEERING[1],
        "breadcrumb_data": breadcrumb(STEERING, current="Écrire un appel"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@dataclass(frozen=True, slots=True)
class CallPage:
    ability: str
    act: Callable[..., Any]
    label: str
    said: str
    form: type[VersionedForm] = VersionedForm


PAGES = {
    "publier": CallPage("publish", calls.publish_call, "Publier l’appel", "Appel publié."),
    "reporter": CallPage(
        "postpone", calls.postpone_call, "Reporter la clôture", "Clôture reportée.", PostponeForm
    ),
    "annuler": CallPage("cancel", calls.cancel_call, "Annuler l’appel", "Appel annulé.", CancelForm),
}


@login_required
@once
def call_move(request: HttpRequest, number: str, words: str) -> HttpResponse:
    actor, found, page = actor_of(request), visible_call(request, number), PAGES.get(words)
    if page is None:
        raise NotVisible
    require(call_abilities(actor, found), page.ability)
    if page.ability in found.MOVES:
        found.check_move(page.ability)
    form = page.form.of(request, initial={"version": found.version})
    if form.is_bound and form.is_valid():
        try:
            page.act(found, actor=actor, expected_version=form.cleaned_data["version"], **form.values())
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, page.said)
            return redirect(found)
    context = {
        "title": page.label,
        "lead": "Une clôture se reporte, elle ne s’avance pas." if words == "reporter" else "",
        "facts": [
            ("Appel", str(found)),
            ("Programme", found.programme.name),
            ("Clôture", f"{datetime_text(found.closes_at)} (heure de Paris)"),
        ],
        "form": form,
        "button_label": page.label,
        "cancel_url": found.get_absolute_url(),
        "breadcrumb_data": breadcrumb(STEERING, (found.number, found.get_absolute_url()), current=page.label),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)
