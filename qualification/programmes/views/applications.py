"""Applications: a supplier's own, then read by who runs programmes once they are sent."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from catalog.models import Offer
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken, VersionStale
from marketplace.ui import autosave
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification.programmes import applications
from qualification.programmes.abilities import application_abilities, programmes_abilities
from qualification.programmes.content import WRITTEN, conditions_of, receipt_bytes, told_by_offer
from qualification.programmes.enums import ApplicationState
from qualification.programmes.forms import DraftForm, PickOfferForm
from qualification.programmes.help import estimate_for, help_for
from qualification.programmes.models import ProgrammeApplication
from qualification.programmes.views.find import (
    APPLICATIONS,
    HOME,
    actor_of,
    application_trail,
    visible_application,
    visible_call,
)
from qualification.programmes.views.moves import steps_for

PER_PAGE = 20
STALE = (
    "Une autre personne a enregistré ce brouillon entre-temps. Votre texte est ci-dessous : comparez-le au "
    "sien (ouvrez la candidature dans un autre onglet), puis enregistrez de nouveau pour garder le vôtre."
)


@login_required
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(programmes_abilities(actor), "list")
    rows = ProgrammeApplication.objects.visible_to(actor).for_lists()
    state = request.GET.get("etat", "")
    if state in ApplicationState.values:
        rows = rows.filter(state=state)
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "state": state,
        "states": ApplicationState.choices,
        "is_supplier": actor.is_supplier,
        "breadcrumb_data": breadcrumb(HOME, current="Candidatures"),
    }
    return render(request, "qualification/programmes/applications.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, number: str) -> HttpResponse:
    """Prefilled from an offer; nothing is sent."""
    actor, call = actor_of(request), visible_call(request, number)
    require(programmes_abilities(actor), "create")
    own = Offer.objects.owned_by(actor).exclude(state__in=("withdrawn", "removed"))
    form = PickOfferForm.of(
        request, offers=own.select_related("supplier__organisation"), initial={"offer": _asked(request)}
    )
    if form.is_bound and form.is_valid():
        try:
            made = applications.open_application(call, actor=actor, offer=form.cleaned_data["offer"])
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, f"Brouillon {made.number} ouvert, prérempli depuis l’offre.")
            return redirect("qualification:programme_application_edit", number=made.number)
    context = {
        "title": "Préparer une candidature",
        "lead": "Un brouillon est ouvert avec ce que votre offre dit déjà. Rien n’est envoyé.",
        "facts": [("Appel", call.title), ("Programme", call.programme.name)],
        "form": form,
        "button_label": "Ouvrir le brouillon",
        "cancel_url": call.get_absolute_url(),
        "breadcrumb_data": breadcrumb(HOME, (call.number, call.get_absolute_url()), current="Candidater"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


def _asked(request: HttpRequest) -> str:
    text = request.GET.get("offre", "")
    return text if text.isascii() and text.isdigit() and len(text) < 16 else ""


@login_required
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    actor, found = actor_of(request), visible_application(request, number)
    verdicts = application_abilities(actor, found)
    is_draft = found.state == ApplicationState.DRAFT
    context = {
        "application": found,
        "call": found.call,
        "programme": found.call.programme,
        "conditions": conditions_of(found.call.programme, found.offer) if is_draft else (),
        "from_offer": told_by_offer(found.offer) if is_draft else found.sent_content.get("from_offer", ()),
        "may_edit": is_draft and allowed(verdicts, "edit"),
        "may_follow": found.state == ApplicationState.SELECTED and allowed(verdicts, "report"),
        "may_find_help": allowed(verdicts, "find_help"),
        "steps": steps_for(found, verdicts),
        "missing_reports": found.missing_reports(),
        "today": timezone.localdate(),
        "breadcrumb_data": breadcrumb(APPLICATIONS, current=found.number),
    }
    return render(request, "qualification/programmes/application.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, number: str) -> HttpResponse:
    """Saves what is written, complete or not. A refusal keeps the typed text."""
    actor, found = actor_of(request), visible_application(request, number)
    require(application_abilities(actor, found), "edit")
    if request.method != "POST":
        initial = {name: getattr(found, name) for name in WRITTEN}
        return _draft(request, found, DraftForm(initial={**initial, "version": found.version}))
    form, status = DraftForm(request.POST), 400
    if autosave.wanted(request):
        return autosave.attempt(form, lambda: _saved(found, actor, form).version)
    if form.is_valid():
        try:
            _saved(found, actor, form)
        except VersionStale as stale:
            form = _with_version(form, stale.current)
            form.add_error(None, STALE)
            status = 412
        else:
            messages.success(request, "Brouillon enregistré. Rien n’est envoyé.")
            return redirect(found)
    return _draft(request, found, form, status=status)


def _saved(found: ProgrammeApplication, actor: Actor, form: DraftForm) -> ProgrammeApplication:
    version = form.cleaned_data["version"]
    return applications.save_draft(found, actor=actor, expected_version=version, **form.values())


def _with_version(form: DraftForm, version: int) -> DraftForm:
    data = form.data.copy()
    data["version"] = str(version)
    again = DraftForm(data)
    again.full_clean()
    return again


def _draft(
    request: HttpRequest, found: ProgrammeApplication, form: DraftForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "title": f"Candidature {found.number}",
        "lead": "Enregistrez quand vous voulez, même incomplet. L’envoi est une autre étape.",
        "form": form,
        "from_offer": told_by_offer(found.offer),
        "call": found.call,
        "button_label": "Enregistrer le brouillon",
        "autosave": "version",
        "cancel_url": found.get_absolute_url(),
        "breadcrumb_data": application_trail(found, current="Modifier"),
    }
    return render(request, "qualification/programmes/draft.html", context, status=status)


@login_required
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """The file that the receipt's digest is of; 404 before the first sending."""
    found = visible_application(request, number)
    if not found.sent_content:
        raise NotVisible
    answer = HttpResponse(receipt_bytes(found.sent_content), content_type="application/json; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.number}.json"'
    return answer


@login_required
@require_safe
def find_help(request: HttpRequest, number: str) -> HttpResponse:
    """Advisors, evidence below, suppliers on the same base; what it takes, as far as a source says it."""
    actor, found = actor_of(request), visible_application(request, number)
    require(application_abilities(actor, found), "find_help")
    today = timezone.localdate()
    context = {
        "application": found,
        "help": help_for(found, on=today),
        "estimate": estimate_for(found, found.call.programme, on=today),
        "breadcrumb_data": application_trail(found, current="Se faire aider"),
    }
    return render(request, "qualification/programmes/help.html", context)
