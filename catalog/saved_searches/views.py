"""« Mes recherches »: saving the query string of a search, reading what is new in it."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from catalog.filters import OfferFilterSet
from catalog.models import SavedSearch
from catalog.saved_searches import actions as saved_searches
from catalog.saved_searches.abilities import search_abilities, searches_abilities
from catalog.saved_searches.forms import EditSearchForm, SaveSearchForm
from catalog.saved_searches.news import MOST_WATCHED
from catalog.search.engine import search as search_offers
from catalog.views.finding import actor_of
from catalog.views.search import active_filters
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.addresses import Asked
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once

PER_PAGE = 20
LIST = ("Mes recherches", "/mes-recherches/")


@login_required
def saved_search_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = SavedSearch.objects.visible_to(actor).select_related("user").prefetch_related("followers")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, row.belongs_to(actor), actor.user in row.followers.all()) for row in page],
        "may_create": allowed(searches_abilities(actor), "create"),
        "breadcrumb_data": breadcrumb(current="Mes recherches"),
    }
    return render(request, "catalog/saved_searches.html", context)


@login_required
@once
def saved_search_new(request: HttpRequest) -> HttpResponse:
    """Prefilled from the query string of `/offres/`."""
    actor = actor_of(request)
    require(searches_abilities(actor), "create")
    asked = saved_searches.parsed(request.POST.get("query", "")) if request.method == "POST" else request.GET
    shown = in_words(asked)
    initial = {"query": asked.urlencode(), "follow": True, "name": ", ".join(shown["filters"])[:120]}
    form = SaveSearchForm(request.POST) if request.method == "POST" else SaveSearchForm(initial=initial)
    if form.is_bound and form.is_valid():
        try:
            made = saved_searches.save(actor=actor, **form.cleaned_data)
        except RuleBroken as refusal:
            _show(form, refusal)
        else:
            messages.success(request, f"Recherche « {made.name} » enregistrée.")
            return redirect(made)
    context = shown | {
        "title": "Enregistrer cette recherche",
        "form": form,
        "button_label": "Enregistrer cette recherche",
        "cancel_url": f"{reverse('catalog:offers')}?{asked.urlencode()}",
        "cancel_label": "Revenir aux résultats sans enregistrer",
        "breadcrumb_data": breadcrumb(LIST, current="Enregistrer cette recherche"),
    }
    return render(request, "catalog/saved_search_form.html", context, status=400 if form.errors else 200)


@login_required
def saved_search(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    shown = visible_search(actor, uuid)
    verdicts = search_abilities(actor, shown)
    page = Paginator(shown.news.select_related("offer"), PER_PAGE).get_page(request.GET.get("page"))
    context = in_words(QueryDict(shown.query)) | {
        "search": shown,
        "may": {name: allowed(verdicts, name) for name in verdicts},
        "is_followed": actor.user is not None and shown.followers.filter(pk=actor.user.pk).exists(),
        "most_watched": MOST_WATCHED,
        "page": page,
        "breadcrumb_data": breadcrumb(LIST, current=shown.name),
    }
    return render(request, "catalog/saved_search.html", context)


@login_required
@once
def saved_search_edit(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    shown = visible_search(actor, uuid)
    require(search_abilities(actor, shown), "edit")
    initial = {"name": shown.name, "is_shared": shown.is_shared}
    form = EditSearchForm(request.POST) if request.method == "POST" else EditSearchForm(initial=initial)
    if form.is_bound and form.is_valid():
        try:
            saved_searches.edit(shown, actor=actor, **form.cleaned_data)
        except RuleBroken as refusal:
            _show(form, refusal)
        else:
            messages.success(request, "Recherche modifiée.")
            return redirect(shown)
    context = in_words(QueryDict(shown.query)) | {
        "title": "Modifier la recherche",
        "form": form,
        "button_label": "Enregistrer",
        "cancel_url": shown.get_absolute_url(),
        "breadcrumb_data": breadcrumb(LIST, (shown.name, shown.get_absolute_url()), current="Modifier"),
    }
    return render(request, "catalog/saved_search_form.html", context, status=400 if form.errors else 200)


@login_required
def saved_search_delete(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    shown = visible_search(actor, uuid)
    require(search_abilities(actor, shown), "delete")
    if request.method == "POST":
        saved_searches.delete(shown, actor=actor)
        messages.success(request, f"Recherche « {shown.name} » supprimée.")
        return redirect("catalog:saved_search_list")
    context = {
        "title": f"Supprimer la recherche « {shown.name} »",
        "lead": "Ses alertes cessent et ce qu’elle a trouvé est effacé, pour vous et pour vos collègues.",
        "button_label": "Supprimer cette recherche",
        "cancel_url": shown.get_absolute_url(),
        "breadcrumb_data": breadcrumb(LIST, (shown.name, shown.get_absolute_url()), current="Supprimer"),
    }
    return render(request, "pages/confirm.html", context)


@login_required
@require_POST
def saved_search_follow(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    """`cesser` in the body: no more alerts."""
    actor = actor_of(request)
    shown = visible_search(actor, uuid)
    if "cesser" in request.POST:
        saved_searches.unfollow(shown, actor=actor)
        messages.success(request, "Vous ne recevrez plus les alertes de cette recherche.")
    else:
        saved_searches.follow(shown, actor=actor)
        messages.success(request, "Vous recevrez les alertes de cette recherche.")
    return redirect(shown)


def visible_search(actor: Actor, uuid: uuids.UUID) -> SavedSearch:
    """Raises NotVisible."""
    rows = SavedSearch.objects.visible_to(actor).select_related("organisation", "user")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible()
    return found


def in_words(asked: QueryDict) -> dict[str, Any]:
    """What a query string looks for, what is not understood in it, how many offers it finds now."""
    found = OfferFilterSet(asked, lenient=True)
    found.is_valid()
    query = found.query(with_facets=True)
    page = search_offers(query, categories=found.categories)
    ignored = [name for name in found.ignored if name not in saved_searches.LEFT_OUT]
    return {
        "filters": [one.label for one in active_filters(query, page, Asked(asked))],
        "ignored": ignored,
        "total": page.total,
    }


def _show(form: MarketForm, refusal: RuleBroken) -> None:
    """On the field it names, or above all of them."""
    for field, texts in refusal.fields.items():
        form.add_error(field if field in form.fields and field != "query" else None, texts)
