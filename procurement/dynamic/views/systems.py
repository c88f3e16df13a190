"""`/systemes-d-acquisition/` and one system: what is bought, who is admitted, may I apply."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.consultations.views.find import tried
from procurement.dynamic import admitting
from procurement.dynamic.abilities import system_abilities, systems_abilities
from procurement.dynamic.forms import AskForm, CategoriesForm, SystemForm
from procurement.dynamic.opening import open_system, refuse_applied, write_categories
from procurement.dynamic.rules import answer_rule_on, categories_rule_on, reception_rule_on
from procurement.models import Admission, DynamicSystem
from procurement.views.find import actor_of, posted

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

PER_PAGE = 20
HOME = ("Systèmes d’acquisition dynamiques", "/systemes-d-acquisition/")


def visible(number: str) -> DynamicSystem:
    """Raises NotVisible (404)."""
    found = DynamicSystem.objects.for_pages().filter(vehicle__number=number).first()
    if found is None:
        raise NotVisible
    return found


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    rows = DynamicSystem.objects.for_pages().open_on(timezone.localdate()).order_by("vehicle__ends_on", "pk")
    context = {
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "may_create": allowed(systems_abilities(actor_of(request)), "create"),
        "breadcrumb_data": breadcrumb(current=HOME[0]),
    }
    return render(request, "procurement/dynamic/index.html", context)


@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    actor, system = actor_of(request), visible(number)
    verdicts, today = system_abilities(actor, system), timezone.localdate()
    inside, own = allowed(verdicts, "see_admissions"), _own(actor, system)
    rows = Admission.objects.visible_to(actor).for_pages().filter(system=system).order_by("-asked_at", "-pk")
    is_open = system.vehicle.is_open(today)
    categories = list(system.categories.all())
    living = {one.category_id for one in own if _lives(one)}
    context = {
        "categories": categories,
        "categories_rule": categories_rule_on(today) if categories else None,
        "reception": reception_rule_on(today),
        "may_categorise": allowed(verdicts, "write_categories") and not system.admissions.exists(),
        "system": system,
        "vehicle": system.vehicle,
        "is_open": is_open,
        "inside": inside,
        "admissions": [(one, one.is_late(today)) for one in rows] if inside else [],
        "own": own,
        "may_ask": is_open
        and allowed(verdicts, "ask")
        and bool({one.pk for one in categories} - living if categories else not living),
        "rule": answer_rule_on(today),
        "breadcrumb_data": breadcrumb(HOME, current=system.vehicle.number),
    }
    return render(request, "procurement/dynamic/show.html", context)


def _own(actor: Actor, system: DynamicSystem) -> list[Admission]:
    if not actor.is_supplier:
        return []
    return list(Admission.objects.visible_to(actor).select_related("category").filter(system=system))


def _lives(one: Admission) -> bool:
    return one.state in ("asked", "admitted")


@login_required
@once
def create(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(systems_abilities(actor), "create")
    form = SystemForm(posted(request))
    if form.is_bound and form.is_valid():
        made: list[DynamicSystem] = []
        said = form.cleaned_data
        if tried(form, lambda: made.append(open_system(actor=actor, **said))):
            messages.success(request, "Système ouvert : tout fournisseur peut y candidater.")
            return redirect(made[0])
    context = {
        "title": "Ouvrir un système d’acquisition dynamique",
        "lead": "Il reste ouvert à tout fournisseur toute sa durée. Publiez d’abord son avis de marché.",
        "form": form,
        "button_label": "Ouvrir le système",
        "cancel_url": HOME[1],
        "breadcrumb_data": breadcrumb(HOME, current="Ouvrir"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@once
def categorise(request: HttpRequest, number: str) -> HttpResponse:
    actor, system = actor_of(request), visible(number)
    require(system_abilities(actor, system), "write_categories")
    refuse_applied(system)
    rows = [{name: getattr(one, name) for name in CategoriesForm.columns} for one in system.categories.all()]
    form = CategoriesForm(posted(request), rows=rows)
    if form.is_bound and form.is_valid():
        said: Any = form.values()
        if tried(form, lambda: write_categories(system, actor=actor, categories=said)):
            messages.success(request, "Catégories enregistrées.")
            return redirect(system)
    rule = categories_rule_on(timezone.localdate())
    context = {
        "title": "Catégories du système",
        "lead": f"{rule.text} ({rule.source}.)" if rule is not None else "",
        "form": form,
        "button_label": "Enregistrer",
        "cancel_url": system.get_absolute_url(),
        "breadcrumb_data": breadcrumb(
            HOME, (system.vehicle.number, system.get_absolute_url()), current="Catégories"
        ),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)


@login_required
@once
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """The application, with its first paper."""
    actor, system = actor_of(request), visible(number)
    require(system_abilities(actor, system), "ask")
    admitting.refuse_over(system)
    form = AskForm.of(request, categories=list(system.categories.all()))
    if form.is_bound and form.is_valid():
        made: list[Admission] = []
        said = form.cleaned_data
        if tried(form, lambda: made.append(admitting.ask(system, actor=actor, **said))):
            messages.success(request, "Candidature envoyée. Vous pouvez joindre d’autres pièces.")
            return redirect(made[0])
    rule = answer_rule_on(timezone.localdate())
    context = {
        "title": "Candidater",
        "lead": f"{system.vehicle.title}. {rule.text} ({rule.source}.)",
        "form": form,
        "button_label": "Envoyer la candidature",
        "cancel_url": system.get_absolute_url(),
        "breadcrumb_data": breadcrumb(
            HOME, (system.vehicle.number, system.get_absolute_url()), current="Candidater"
        ),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)
