"""A project's pages: list, creation, steps, edit with an optimistic lock, authors, moves."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.audit.models import AuditEvent
from marketplace.errors import NotVisible, RuleBroken, VersionStale
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.abilities import project_abilities, projects_abilities
from procurement.actions.assessments import result_now
from procurement.actions.project_needs import needs_of
from procurement.actions.projects import add_author, create_project, edit_project
from procurement.compliance.abilities import record_refusal
from procurement.compliance.recording import Standing, standings_of
from procurement.compliance.views import KINDS
from procurement.consultations.enums import ConsultationState
from procurement.controls.actions import owed_of
from procurement.conventions.actions import may_convene
from procurement.enums import OPEN_PROJECTS
from procurement.forms.answers import ReasonForm
from procurement.forms.projects import AuthorForm, ProjectForm, RequirementsForm
from procurement.forms.refusals import put_refusal
from procurement.models import Assessment, BudgetLine, Order, Project, RouteChoice
from procurement.project_steps import next_step, steps_of
from procurement.requirements import facts_of_need, facts_of_requirements
from procurement.states import PROJECT
from procurement.views.find import actor_of, assessment_of, posted, trail, typed_version, visible_project

PER_PAGE = 20
WORDS = {
    "create": "Projet créé",
    "edit": "Besoin modifié",
    "add_author": "Auteur ajouté",
    "add_to_shortlist": "Offre ajoutée à la présélection",
    "remove_from_shortlist": "Offre retirée de la présélection",
    "freeze_offers": "Présélection figée",
    "add_document": "Document joint",
    "copy": "Projet copié",
    "report_need": "Besoin non couvert signalé",
    "assess": "Sensibilité décidée",
    "source": "Recherche d’offres ouverte",
    "buy": "Achat commencé",
    "run": "Mise en service",
    "close": "Projet terminé",
    "abandon": "Projet abandonné",
}
# Moves that a requester makes from the project's page; the words of what follows.
MOVES = {
    "source": "La recherche d’offres est ouverte.",
    "buy": "Le projet passe à l’achat.",
    "run": "Le projet est en service.",
    "close": "Le projet est terminé.",
}


@login_required
def projects(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = Project.objects.visible_to(actor).for_lists()
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "procurement/projects.html",
        {
            "page": page,
            "total": page.paginator.count,
            "may_create": allowed(projects_abilities(actor), "create"),
            "breadcrumb_data": breadcrumb(current="Projets"),
        },
    )


@login_required
@once
def create(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(projects_abilities(actor), "create")
    form = ProjectForm(posted(request))
    if request.method == "POST" and form.is_valid():
        project = create_project(actor=actor, **form.cleaned_data)
        messages.success(
            request, f"Projet {project.number} créé. Analysez maintenant la sensibilité des données."
        )
        return redirect(project)
    context = {
        "form": form,
        "title": "Créer un projet",
        "lead": "Commencez par décrire le besoin. Dix minutes suffisent, vous pourrez compléter.",
        "button_label": "Créer le projet",
        "cancel_url": "/projets/",
        "breadcrumb_data": breadcrumb(("Projets", "/projets/"), current="Créer un projet"),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


@login_required
def project(request: HttpRequest, number: str) -> HttpResponse:
    shown = visible_project(request, number)
    actor, assessment = actor_of(request), assessment_of(shown)
    has_list = shown.eligibility_lists.by_hand().exists()
    verdicts = project_abilities(actor, shown)
    orders, conventions = _orders_of(shown, actor=actor), list(shown.conventions.all())
    living = next((each for each in conventions if each.is_living), None)
    route, consultations = _route_of(shown), list(shown.consultations.all())
    consulted = next((one for one in consultations if one.state != ConsultationState.WITHDRAWN), None)
    known: dict[str, Any] = {"assessment": assessment, "has_list": has_list, "orders": orders}
    known |= {"convention": living, "route": route, "consultation": consulted}
    return render(
        request,
        "procurement/project.html",
        {
            "project": shown,
            "orders": orders,
            "conventions": conventions,
            "may_convene": not living and may_convene(shown) and allowed(verdicts, "edit"),
            "derogation": shown.derogations.first(),
            "route_choice": route,
            "consultations": consultations,
            "missing_needs": needs_of(shown),
            "authors": list(shown.authors.all()),
            "assessment": assessment,
            "result": result_now(assessment) if assessment else None,
            "steps": steps_of(shown, **known),
            "next": next_step(shown, **known),
            "may_edit": allowed(verdicts, "edit"),
            "why_not": verdicts["edit"],
            "moves": _moves_for(shown, actor=actor),
            "may_abandon": allowed(verdicts, "abandon") and _may_start(shown, "abandon"),
            "events": _history(shown),
            "standings": _compliance(shown, actor=actor, assessment=assessment),
            **_told(shown),
            "may_copy": allowed(verdicts, "copy"),
            "breadcrumb_data": breadcrumb(("Projets", "/projets/"), current=str(shown)),
        },
    )


@login_required
@once
def edit(request: HttpRequest, number: str) -> HttpResponse:
    return _written(request, number, ProjectForm, title="Modifier le projet")


@login_required
@once
def requirements(request: HttpRequest, number: str) -> HttpResponse:
    """What the need asks: users, categories, zones, exit, portability, equivalents."""
    return _written(request, number, RequirementsForm, title="Exigences du projet")


def _written(
    request: HttpRequest, number: str, form_class: type[ProjectForm | RequirementsForm], *, title: str
) -> HttpResponse:
    """A stale version shows both texts: nothing typed is lost, nothing is overwritten unseen."""
    shown = visible_project(request, number)
    actor = actor_of(request)
    require(project_abilities(actor, shown), "edit")
    form = form_class(posted(request), instance=shown)
    status, conflicts = 200, []
    if request.method == "POST" and form.is_valid():
        try:
            edit_project(shown, actor=actor, expected_version=typed_version(request), **form.cleaned_data)
            messages.success(request, "Projet enregistré.")
            return redirect(shown)
        except VersionStale:
            status, conflicts = 412, _conflicts(form, shown)
        except RuleBroken as refused:
            status = 400
            put_refusal(form, refused)
    elif form.is_bound:
        status = 400
    context = {
        "form": form,
        "title": f"{title} {shown.number}",
        "project": shown,
        "version": shown.version,
        "conflicts": conflicts,
        "last_change": AuditEvent.objects.filter(object_type="procurement.project", object_id=shown.pk)
        .select_related("side")
        .last()
        if conflicts
        else None,
        "breadcrumb_data": trail(shown, current=title.removesuffix(" le projet")),
    }
    return render(request, "procurement/project_edit.html", context, status=status)


@login_required
@once
def authors(request: HttpRequest, number: str) -> HttpResponse:
    shown = visible_project(request, number)
    actor = actor_of(request)
    require(project_abilities(actor, shown), "add_author")
    form = AuthorForm(posted(request), project=shown)
    if request.method == "POST" and form.is_valid():
        add_author(shown, actor=actor, user=form.cleaned_data["author"])
        messages.success(request, f"{form.cleaned_data['author']} peut maintenant modifier le projet.")
        return redirect(shown)
    context = {
        "form": form,
        "title": "Ajouter un auteur",
        "button_label": "Ajouter",
        "cancel_url": shown.get_absolute_url(),
        "breadcrumb_data": trail(shown, current="Ajouter un auteur"),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


@login_required
@require_POST
@once
def move(request: HttpRequest, number: str, name: str) -> HttpResponse:
    shown = visible_project(request, number)
    if name not in MOVES:
        raise NotVisible
    actor = actor_of(request)
    require(project_abilities(actor, shown), name)
    getattr(shown, name)(actor=actor, expected_version=typed_version(request))
    messages.success(request, MOVES[name])
    return redirect(shown)


@login_required
@once
def abandon(request: HttpRequest, number: str) -> HttpResponse:
    shown = visible_project(request, number)
    actor = actor_of(request)
    require(project_abilities(actor, shown), "abandon")
    shown.check_move("abandon")
    form = ReasonForm(posted(request))
    if request.method == "POST" and form.is_valid():
        shown.abandon(actor=actor, reason=form.cleaned_data["reason"])
        messages.success(request, "Projet abandonné.")
        return redirect(shown)
    context = {
        "form": form,
        "title": f"Abandonner le projet {shown.number}",
        "lead": "Le projet reste lisible, il ne pourra plus changer.",
        "button_label": "Abandonner le projet",
        "cancel_url": shown.get_absolute_url(),
        "breadcrumb_data": trail(shown, current="Abandonner"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.is_bound else 200)


def _told(shown: Project) -> dict[str, Any]:
    """The need in words, what it carries, and what it owes."""
    return {
        "need": facts_of_need(shown),
        "requirements": facts_of_requirements(shown),
        "budget_lines": _budget_lines(shown),
        "documents": list(shown.documents.select_related("file", "added_by")),
        "proofs": list(shown.search_proofs.all()),
        "owed": owed_of(shown),
        "group": shown.groups.living().first(),
    }


def _compliance(shown: Project, *, actor: Any, assessment: Assessment | None) -> list[tuple[Standing, str]]:
    """What is recorded, with the address where this person records it, "" for the others."""
    personal = assessment.answers.get("personal_data") if assessment is not None else None
    standings = standings_of(shown, personal_data=personal)
    return [(one, _record_address(shown, one.kind, actor=actor)) for one in standings]


def _record_address(shown: Project, kind: str, *, actor: Any) -> str:
    if shown.state not in OPEN_PROJECTS or record_refusal(actor, shown, kind):
        return ""
    words = next(words for words, of in KINDS.items() if of == kind)
    return reverse("procurement:compliance_record", args=[shown.number, words])


def _budget_lines(shown: Project) -> list[BudgetLine]:
    """Its envelope, the lines kept for it, and those that its orders name."""
    rows = BudgetLine.objects.filter(Q(project=shown) | Q(orders__project=shown)).distinct()
    return list(rows.order_by("-kind", "pk"))


def _route_of(shown: Project) -> RouteChoice | None:
    return shown.route_choices.living().select_related("vehicle").first()


def _may_start(shown: Project, name: str) -> bool:
    return any(move.name == name for move in shown.available_moves())


def _orders_of(shown: Project, *, actor: Actor) -> list[Order]:
    """Newest first, with offer and contract; one query."""
    rows = Order.objects.visible_to(actor).filter(project=shown)
    return list(rows.select_related("offer", "contract").order_by("-created_at", "-pk"))


def _moves_for(shown: Project, *, actor: Actor) -> list[Any]:
    verdicts = project_abilities(actor, shown)
    # Freezing the first list opens the search for offers: no button of its own.
    shown_moves = MOVES.keys() - {"source"}
    return [m for m in shown.available_moves() if m.name in shown_moves and allowed(verdicts, m.name)]


def _history(shown: Project) -> list[dict[str, Any]]:
    """The last ten acts; a person erased leaves the line without a name."""
    events = AuditEvent.objects.filter(object_type="procurement.project", object_id=shown.pk)
    return [
        {
            "at": event.at,
            "words": WORDS.get(event.what) or PROJECT[event.what].label,
            "who": getattr(getattr(event, "side", None), "actor_label", "") or "une personne effacée",
        }
        for event in events.select_related("side").order_by("-pk")[:10]
    ]


def _conflicts(form: ProjectForm | RequirementsForm, shown: Project) -> list[dict[str, Any]]:
    """Fields whose stored text is no longer the typed one: label, stored, typed."""
    shown.refresh_from_db()
    return [
        {"label": form[name].label, "stored": getattr(shown, name), "typed": typed}
        for name, typed in form.cleaned_data.items()
        if getattr(shown, name) != typed
    ]
