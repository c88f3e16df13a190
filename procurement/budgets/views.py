"""`/budgets/`: ceilings, what is committed and what is left, with the orders behind each figure."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.drawings import Bar
from marketplace.ui.once import once
from marketplace.ui.typography import NBSP, euros
from procurement.budgets import lines
from procurement.budgets.abilities import budget_abilities, budgets_abilities
from procurement.budgets.forms import (
    BudgetEditForm,
    BudgetFilterForm,
    BudgetForm,
    initial_of,
)
from procurement.forms.refusals import put_refusal
from procurement.forms.versioned import ReasonForm
from procurement.models import BudgetLine, Project
from procurement.views.act_pages import ActPage, Acts
from procurement.views.find import actor_of, posted

PAGE_SIZE = 20


MOVES = Acts(
    {
        "clore": ActPage(
            "close",
            lines.close_line,
            "Clore le budget",
            "Budget clos.",
            ReasonForm,
            "Ce qui est engagé le reste\u202f; aucun nouveau bon de commande n’y prendra rien.",
        ),
        "rouvrir": ActPage(
            "reopen",
            lines.reopen_line,
            "Rouvrir le budget",
            "Budget rouvert.",
            ReasonForm,
            "De nouveaux bons de commande pourront y être engagés.",
        ),
    },
    abilities=budget_abilities,
    url_name="procurement:budget_move",
)


@login_required
@require_safe
def budget_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    verdicts = budgets_abilities(actor)
    require(verdicts, "list")
    form = BudgetFilterForm(request.GET or None)
    rows = BudgetLine.objects.visible_to(actor).for_pages().order_by("-year", "label", "pk")
    if form.is_bound and form.is_valid():
        rows = form.narrowed(rows)
    context = {
        "form": form,
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "filtered": bool(request.GET.get("annee") or request.GET.get("etat")),
        "may_create": allowed(verdicts, "create"),
        "page_has_errors": bool(form.errors),
        "breadcrumb_data": _trail("Budgets"),
    }
    status = 400 if form.errors else 200
    return render(request, "procurement/budgets/list.html", context, status=status)


@login_required
@require_safe
def budget_page(request: HttpRequest, number: str) -> HttpResponse:
    line = _visible(request, number)
    verdicts = budget_abilities(actor_of(request), line)
    taken = line.commitments_of().select_related("order__offer", "order__project")
    context = {
        "line": line,
        "bars": bars_of(line),
        "page": Paginator(taken.order_by("-made_at", "-pk"), PAGE_SIZE).get_page(request.GET.get("page")),
        "may_edit": line.state == "open" and allowed(verdicts, "edit"),
        "acts": MOVES.links(actor_of(request), line),
        "breadcrumb_data": _trail(line.number, _LIST),
    }
    return render(request, "procurement/budgets/page.html", context)


def bars_of(line: BudgetLine) -> list[Bar]:
    """The ceiling, what is taken of it and what is left, told apart without colour."""
    rows = (
        ("Plafond", line.ceiling_eur, "empty"),
        ("Engagé", line.committed_eur, "solid"),
        ("Reste", line.left_eur, "hatched"),
    )
    return [
        Bar(
            f"{label}, {euros(value, tax=line.basis)}",
            value,
            words=f"{int(value * 100 / line.ceiling_eur)}{NBSP}%",
            pattern=pattern,
        )
        for label, value, pattern in rows
    ]


@login_required
@once
def budget_create(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(budgets_abilities(actor), "create")
    projects = Project.objects.visible_to(actor).order_by("-pk")
    form = BudgetForm(posted(request), projects=projects)
    if form.is_bound and form.is_valid():
        try:
            line = lines.create_line(actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, f"Budget {line.number} enregistré.")
            return redirect(line.get_absolute_url())
    context = {
        "title": "Enregistrer un budget",
        "lead": "À l’approbation d’un bon de commande, son montant est pris sur la ligne qu’il nomme.",
        "form": form,
        "button_label": "Enregistrer le budget",
        "cancel_url": reverse("procurement:budgets"),
        "breadcrumb_data": _trail("Enregistrer", _LIST),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


@login_required
@once
def budget_edit(request: HttpRequest, number: str) -> HttpResponse:
    line = _visible(request, number)
    require(budget_abilities(actor_of(request), line), "edit")
    lines.refuse_closed(line)
    form = BudgetEditForm(posted(request), initial=initial_of(line))
    if form.is_bound and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version", None)
        try:
            lines.edit_line(line, actor=actor_of(request), expected_version=version, **values)
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Budget modifié.")
            return redirect(line.get_absolute_url())
    context = {
        "title": f"Modifier le budget {line.number}",
        "lead": str(line),
        "form": form,
        "button_label": "Enregistrer",
        "cancel_url": line.get_absolute_url(),
        "breadcrumb_data": _trail("Modifier", _LIST, (line.number, line.get_absolute_url())),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)


@login_required
@once
def budget_move(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    line = _visible(request, number)
    return MOVES.serve(
        request,
        line,
        slug,
        about=lambda move: {
            "title": f"{move.title} {line.number}",
            "facts": [("Budget", str(line)), ("Engagé", euros(line.committed_eur, tax=line.basis))],
            "breadcrumb_data": _trail(move.title, _LIST, (line.number, line.get_absolute_url())),
        },
    )


_LIST = ("Budgets", "/budgets/")


def _trail(current: str, *links: tuple[str, str]) -> dict[str, object]:
    return breadcrumb(("Commandes", reverse("procurement:orders")), *links, current=current)


def _visible(request: HttpRequest, number: str) -> BudgetLine:
    """Raises NotVisible (404)."""
    line = BudgetLine.objects.visible_to(actor_of(request)).for_pages().filter(number=number).first()
    if line is None:
        raise NotVisible
    return line
