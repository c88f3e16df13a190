"""`/projets/PRJ-…/voie/`: the routes of a project, the one chosen, and the answer of the service achats."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once
from procurement.actions.homogeneous import like_needs
from procurement.enums import OPEN_PROJECTS
from procurement.forms.refusals import put_refusal
from procurement.models import Project, RouteChoice
from procurement.routes import actions as routes
from procurement.routes.abilities import choose_ability, route_choice_abilities
from procurement.routes.enums import RouteChoiceState
from procurement.routes.forms import ChosenRouteForm, ProjectRouteForm, RefuseRouteForm
from procurement.views.find import actor_of, posted, trail, typed_version, visible_project


@login_required
@require_safe
def route(request: HttpRequest, number: str) -> HttpResponse:
    """The whole question is in the address."""
    project = visible_project(request, number)
    form = ProjectRouteForm(request.GET) if "value_eur_ht" in request.GET else ProjectRouteForm()
    return _page(request, project, form=form)


def _page(
    request: HttpRequest, project: Project, *, form: ProjectRouteForm, refusal: str = ""
) -> HttpResponse:
    actor, result, today = actor_of(request), None, timezone.localdate()
    alike = like_needs(project, on=today)
    if not form.is_bound and alike.total_eur_ht:
        form.initial["homogeneous_eur_ht"] = alike.total_eur_ht
    if form.is_bound and form.is_valid():
        result = routes.routes_of(project, form.facts(None), actor=actor, on=form.cleaned_data["on"])
    choices = list(project.route_choices.for_pages())
    living = next((choice for choice in choices if choice.is_living), None)
    verdicts = route_choice_abilities(actor, living) if living else {}
    context = {
        "project": project,
        "form": form,
        "result": result,
        "living": living,
        "older": [choice for choice in choices if choice is not living],
        "may_choose": project.state in OPEN_PROJECTS and allowed(choose_ability(actor, project), "create"),
        "may_decide": living is not None
        and living.state == RouteChoiceState.PROPOSED
        and allowed(verdicts, "confirm"),
        "bought": routes.bought_without_competition(project.organisation, on=today),
        "alike": alike,
        "refusal": refusal,
        "page_has_errors": bool(form.errors or refusal),
        "breadcrumb_data": trail(project, current="Voie d’achat"),
    }
    status = 400 if form.errors or refusal else 200
    return render(request, "procurement/routes/project.html", context, status=status)


@login_required
@require_POST
@once
def choose(request: HttpRequest, number: str) -> HttpResponse:
    project, actor = visible_project(request, number), actor_of(request)
    require(choose_ability(actor, project), "create")
    form = ChosenRouteForm(request.POST)
    if not form.is_valid():
        return _page(request, project, form=form)
    said = form.cleaned_data
    try:
        choice = routes.choose(project, actor=actor, key=said["route"], facts=form.facts(None), on=said["on"])
    except RuleBroken as refused:
        return _page(request, project, form=form, refusal=refused.message)
    messages.success(request, f"Voie proposée : {choice.label}. Le service achats la confirme.")
    return redirect("procurement:project_route", project.number)


@login_required
@once
def confirm(request: HttpRequest, number: str) -> HttpResponse:
    project, choice = _waiting(request, number)
    if request.method == "POST":
        routes.confirm(choice, actor=actor_of(request), expected_version=typed_version(request))
        messages.success(request, "Voie d’achat confirmée.")
        return redirect("procurement:project_route", project.number)
    return _act(request, project, choice, title="Confirmer la voie d’achat")


@login_required
@once
def refuse(request: HttpRequest, number: str) -> HttpResponse:
    project, choice = _waiting(request, number, move="refuse")
    form = RefuseRouteForm(posted(request))
    if form.is_bound and form.is_valid():
        try:
            routes.refuse(
                choice,
                actor=actor_of(request),
                expected_version=typed_version(request),
                reason=form.cleaned_data["reason"],
            )
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Voie d’achat refusée. La personne qui l’a choisie est prévenue.")
            return redirect("procurement:project_route", project.number)
    return _act(request, project, choice, title="Refuser la voie d’achat", form=form)


def _waiting(request: HttpRequest, number: str, *, move: str = "confirm") -> tuple[Project, RouteChoice]:
    """Raises NotVisible without a choice, NotAllowed, MoveRefused when it was decided meanwhile."""
    project = visible_project(request, number)
    choice = project.route_choices.for_pages().living().first()
    if choice is None:
        raise NotVisible
    require(route_choice_abilities(actor_of(request), choice), move)
    choice.check_move(move)
    return project, choice


def _act(
    request: HttpRequest, project: Project, choice: RouteChoice, *, title: str, form: MarketForm | None = None
) -> HttpResponse:
    context = {
        "title": title,
        "facts": [("Projet", str(project)), ("Voie", choice.label)],
        "form": form or MarketForm(),
        "version": choice.version,
        "button_label": title,
        "cancel_url": reverse("procurement:project_route", args=[project.number]),
        "breadcrumb_data": trail(project, current=title),
    }
    status = 400 if form and form.errors else 200
    return render(request, "procurement/derogation_act.html", context, status=status)
