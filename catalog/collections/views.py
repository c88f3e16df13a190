"""« Sélections »: reading them, and what a curator does with them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from catalog.cards import card_of
from catalog.collections import actions as collections
from catalog.collections.abilities import collection_abilities, collections_abilities
from catalog.collections.entries import entries_of
from catalog.collections.forms import CollectionForm, EntriesForm
from catalog.filters import OfferFilterSet
from catalog.models import Collection
from catalog.retained import retained_by
from catalog.saved_searches.views import in_words
from catalog.search.engine import search
from catalog.views.finding import actor_of
from catalog.views.posting import show, version_read
from catalog.views.search import page_number
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.forms import MarketForm
from marketplace.ui.once import once

LIST = ("Sélections", "/selections/")


def collection_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = list(Collection.objects.visible_to(actor))
    shown = set(Collection.objects.on_show(timezone.localdate()).values_list("pk", flat=True))
    context = {
        "shown": [row for row in rows if row.pk in shown],
        "others": [row for row in rows if row.pk not in shown],
        "may_create": allowed(collections_abilities(actor), "create"),
        "breadcrumb_data": breadcrumb(current="Sélections"),
    }
    return render(request, "catalog/collections.html", context)


def collection(request: HttpRequest, slug: str) -> HttpResponse:
    actor = actor_of(request)
    shown = visible_collection(actor, slug)
    today = timezone.localdate()
    entries = entries_of(shown, on=today, retained=retained_by(actor))
    context = {
        "collection": shown,
        "on_show": Collection.objects.on_show(today).filter(pk=shown.pk).exists(),
        "entries": [entry for entry in entries if entry.loss is None],
        "lost": [entry for entry in entries if entry.loss is not None],
        "acts": acts_for(actor, shown),
        "may_edit": shown.state != "archived" and allowed(collection_abilities(actor, shown), "edit"),
        "breadcrumb_data": breadcrumb(LIST, current=shown.title),
    }
    if shown.query:
        context |= _live(request, shown)
    return render(request, "catalog/collection.html", context)


def _live(request: HttpRequest, shown: Collection) -> dict[str, Any]:
    """What the search finds now, in its own order."""
    asked = QueryDict(shown.query)
    found = OfferFilterSet(asked, lenient=True)
    found.is_valid()
    query, retained = found.query(page=page_number(request.GET)), retained_by(actor_of(request))
    page = search(query, categories=found.categories)
    if page.page > page.pages:
        raise NotVisible()
    return {
        "page": page,
        "cards": [
            card_of(data, on=query.today, retained=retained.get(key, ""))
            for key, data in zip(page.ids, page.cards, strict=True)
        ],
        "filters": in_words(asked)["filters"],
    }


@once
def collection_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(collections_abilities(actor), "create")
    form = CollectionForm.of(request, initial={"query": request.GET.urlencode()})
    if form.is_bound and form.is_valid():
        try:
            made = collections.create(actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            show(form, refused)
        else:
            messages.success(request, "Brouillon créé. Il n’est pas encore public.")
            return redirect(made if made.query else reverse("catalog:collection_offers", args=[made.slug]))
    return _form_page(request, form, title="Nouvelle sélection", button="Créer le brouillon")


@once
def collection_edit(request: HttpRequest, slug: str) -> HttpResponse:
    actor = actor_of(request)
    shown = visible_collection(actor, slug)
    require(collection_abilities(actor, shown), "edit")
    collections.refuse_archived(shown)
    initial = {name: getattr(shown, name) for name in CollectionForm.base_fields}
    form = CollectionForm.of(request, initial=initial)
    if form.is_bound and form.is_valid():
        try:
            collections.edit(shown, actor=actor, expected_version=version_read(request), **form.cleaned_data)
        except RuleBroken as refused:
            show(form, refused)
        else:
            messages.success(request, "Sélection modifiée.")
            return redirect(shown)
    title = f"Modifier la sélection « {shown.title} »"
    return _form_page(request, form, title=title, button="Enregistrer la sélection", shown=shown)


@once
def collection_offers(request: HttpRequest, slug: str) -> HttpResponse:
    actor = actor_of(request)
    shown = visible_collection(actor, slug)
    require(collection_abilities(actor, shown), "edit")
    collections.refuse_archived(shown)
    form = EntriesForm.of(request, entries=list(shown.entries.select_related("offer")))
    if form.is_bound and form.is_valid():
        try:
            collections.edit(shown, actor=actor, expected_version=version_read(request), offers=form.offers())
        except RuleBroken as refused:
            show(form, refused)
        else:
            messages.success(request, "Offres de la sélection enregistrées.")
            stay = reverse("catalog:collection_offers", args=[shown.slug])
            return redirect(stay if form.added is not None else shown)
    context = {
        "collection": shown,
        "form": form,
        "most": collections.MOST_OFFERS,
        "breadcrumb_data": breadcrumb(LIST, (shown.title, shown.get_absolute_url()), current="Ses offres"),
    }
    return render(request, "catalog/collection_offers.html", context, status=400 if form.errors else 200)


@dataclass(frozen=True)
class ActPage:
    move: str
    act: Callable[..., Collection]
    lead: str
    done: str


ACTS = {
    "publier": ActPage(
        "publish",
        collections.publish,
        "Elle devient publique le jour prévu. Ce que chaque offre détient aujourd’hui sert de repère : "
        "une offre qui le perd n’en fait plus partie.",
        "Sélection publiée.",
    ),
    "archiver": ActPage(
        "archive",
        collections.archive,
        "Elle sort du site. Son adresse dira la date.",
        "Sélection archivée.",
    ),
    "reprendre": ActPage(
        "reopen",
        collections.reopen,
        "Elle redevient un brouillon, à la même adresse.",
        "La sélection est de nouveau un brouillon.",
    ),
}


def acts_for(actor: Actor, shown: Collection) -> list[tuple[str, str]]:
    """Words and address of each move that its state and the reader's roles allow."""
    verdicts = collection_abilities(actor, shown)
    now = {move.name: move.label for move in shown.available_moves()}
    return [
        (now[page.move], reverse("catalog:collection_act", args=[shown.slug, words]))
        for words, page in ACTS.items()
        if page.move in now and allowed(verdicts, page.move)
    ]


@once
def collection_act(request: HttpRequest, slug: str, words: str) -> HttpResponse:
    actor, page = actor_of(request), ACTS.get(words)
    if page is None:
        raise NotVisible()
    shown = visible_collection(actor, slug)
    require(collection_abilities(actor, shown), page.move)
    shown.check_move(page.move)
    form = MarketForm.of(request)
    if form.is_bound and form.is_valid():
        try:
            page.act(shown, actor=actor, expected_version=version_read(request))
        except RuleBroken as refused:
            show(form, refused)
        else:
            messages.success(request, page.done)
            return redirect(shown)
    label = shown.MOVES[page.move].label
    return _form_page(
        request,
        form,
        title=f"{label} la sélection « {shown.title} »",
        button=label,
        shown=shown,
        lead=page.lead,
    )


def visible_collection(actor: Actor, slug: str) -> Collection:
    """Raises Gone once it was public, NotVisible."""
    found = Collection.objects.visible_to(actor).filter(slug=slug).first()
    if found is not None:
        return found
    once_public = Collection.objects.filter(slug=slug).first()
    if once_public is not None:
        once_public.raise_if_gone()
    raise NotVisible()


def _form_page(
    request: HttpRequest,
    form: MarketForm,
    *,
    title: str,
    button: str,
    shown: Collection | None = None,
    lead: str = "",
) -> HttpResponse:
    links = [LIST, (shown.title, shown.get_absolute_url())] if shown else [LIST]
    context = {
        "title": title,
        "lead": lead,
        "form": form,
        "version": shown.version if shown else "",
        "button_label": button,
        "cancel_url": shown.get_absolute_url() if shown else reverse("catalog:collection_list"),
        "breadcrumb_data": breadcrumb(*links, current=title),
    }
    return render(request, "catalog/need_move.html", context, status=400 if form.errors else 200)
