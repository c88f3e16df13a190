"""The curators' tree of categories: reading it, adding, changing, retiring."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from catalog.abilities import catalog_abilities
from catalog.actions import categories
from catalog.categories import CategoryTree, category_tree
from catalog.enums import CategoryState
from catalog.forms.categories import CategoryForm, RetireForm
from catalog.models import Category
from catalog.models.offer import CLOSED_STATES
from catalog.views.finding import actor_of
from catalog.views.posting import show, version_read
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once

MODERATION = ("Modération", "/pilotage/moderation/")
LIST = ("Catégories", "/pilotage/categories/")
FIRST_LEVEL = "Aucune : premier niveau"
NOWHERE = "Aucune : la catégorie est vide"


def category_list(request: HttpRequest) -> HttpResponse:
    """Two queries: the tree, and how many public offers each category holds itself."""
    verdicts = catalog_abilities(actor_of(request))
    require(verdicts, "see_categories")
    tree = category_tree()
    public = Q(offers__live_version__isnull=False) & ~Q(offers__state__in=CLOSED_STATES)
    rows = Category.objects.select_related("merged_into").annotate(own=Count("offers", filter=public))
    found = {row.code: row for row in rows}
    context = {
        "rows": [
            (node, found[code], sum(found[leaf].own for leaf in tree.under.get(code, (code,))))
            for code, node in tree.nodes.items()
        ],
        "retired": [row for row in found.values() if row.state == CategoryState.RETIRED],
        "may_curate": allowed(verdicts, "curate"),
        "breadcrumb_data": breadcrumb(MODERATION, current="Catégories"),
    }
    return render(request, "catalog/categories.html", context)


@once
def category_add(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(catalog_abilities(actor), "curate")
    initial = {"parent": request.GET.get("sous", "").replace("\x00", "")}
    form = CategoryForm.of(request, tree=category_tree(), none=FIRST_LEVEL, initial=initial)
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            made = categories.add(
                actor=actor, label=given["label"], parent=form.category(), position=given["position"]
            )
        except RuleBroken as refused:
            show(form, refused)
        else:
            messages.success(request, f"Catégorie « {made.label} » ajoutée.")
            return redirect("catalog:category_list")
    return _page(request, form, title="Ajouter une catégorie", button="Ajouter la catégorie")


@once
def category_edit(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    require(catalog_abilities(actor), "curate")
    category, tree = _open(code), category_tree()
    initial = {"label": category.label, "parent": tree.nodes[code].parent, "position": category.position}
    form = CategoryForm.of(
        request, tree=tree, none=FIRST_LEVEL, but=tree.under.get(code, (code,)), initial=initial
    )
    if form.is_bound and form.is_valid():
        values: dict[str, Any] = {"label": form.cleaned_data["label"], "parent": form.category()}
        if form.cleaned_data["position"] is not None:
            values["position"] = form.cleaned_data["position"]
        try:
            categories.edit(category, actor=actor, expected_version=version_read(request), **values)
        except RuleBroken as refused:
            show(form, refused)
        else:
            messages.success(request, "Catégorie modifiée.")
            return redirect("catalog:category_list")
    return _page(
        request,
        form,
        title=f"Modifier la catégorie « {category.label} »",
        button="Enregistrer la catégorie",
        category=category,
        lead="Ses offres et ses sous-catégories la suivent. Son code reste le même.",
    )


@once
def category_retire(request: HttpRequest, code: str) -> HttpResponse:
    actor = actor_of(request)
    require(catalog_abilities(actor), "curate")
    category, tree = _open(code), category_tree()
    form = RetireForm.of(request, tree=tree, none=NOWHERE, but=tree.under.get(code, (code,)))
    if form.is_bound and form.is_valid():
        try:
            categories.retire(
                category,
                actor=actor,
                into=form.category(),
                reason=form.cleaned_data["reason"],
                expected_version=version_read(request),
            )
        except RuleBroken as refused:
            show(form, refused)
        else:
            messages.success(request, f"Catégorie « {category.label} » retirée.")
            return redirect("catalog:category_list")
    return _page(
        request,
        form,
        title=f"Retirer la catégorie « {category.label} »",
        button="Retirer la catégorie",
        category=category,
        lead="On ne la choisit plus. Une recherche ou une adresse qui la cite mène à celle qui la remplace.",
        facts=_held(category, tree),
    )


def _held(category: Category, tree: CategoryTree) -> list[tuple[str, str]]:
    below = [tree.nodes[code].label for code in tree.under.get(category.code, ())[1:]]
    return [
        ("Offres, brouillons compris", str(category.offers.count())),
        ("Sous-catégories", ", ".join(below) or "Aucune"),
    ]


def _page(
    request: HttpRequest,
    form: MarketForm,
    *,
    title: str,
    button: str,
    category: Category | None = None,
    **more: Any,
) -> HttpResponse:
    context = more | {
        "title": title,
        "form": form,
        "version": category.version if category else "",
        "button_label": button,
        "cancel_url": reverse("catalog:category_list"),
        "breadcrumb_data": breadcrumb(MODERATION, LIST, current=title),
    }
    return render(request, "catalog/need_move.html", context, status=400 if form.errors else 200)


def _open(code: str) -> Category:
    """Raises NotVisible."""
    found = Category.objects.open().filter(code=code).first()
    if found is None:
        raise NotVisible()
    return found
