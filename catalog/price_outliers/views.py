"""Prices far from those of their category and unit: the queue, and one price among its peers."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone

from catalog.abilities import catalog_abilities, price_outlier_abilities
from catalog.enums import PriceOutlierState
from catalog.filters_prices import DIRECTIONS, PLACES, narrowed
from catalog.forms.marks import ReasonForm
from catalog.models import Category, PriceOutlier
from catalog.price_outliers import actions as price_outliers
from catalog.price_place import FAR, FEWEST_PEERS
from catalog.views.finding import actor_of
from catalog.views.search import page_number
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.working_days import working_days_between

LANDING = ("Modération", "/pilotage/moderation/")
LIST = ("Prix loin des autres", "/pilotage/prix/")
PAGE_SIZE = 30
DONE = {
    "keep": "Prix retenu. Il ne sera plus relevé à ce montant.",
    "ask": "Fournisseur interrogé. Le prix reste tel quel en attendant.",
    "reopen": "Rouvert : le prix est de nouveau à examiner.",
}


def outlier_list(request: HttpRequest) -> HttpResponse:
    require(catalog_abilities(actor_of(request)), "see_price_outliers")
    today = timezone.localdate()
    asked = {name: request.GET.get(name, "") for name in ("etat", "categorie", "sens", "version")}
    if asked["etat"] not in PriceOutlierState.values:
        asked["etat"] = PriceOutlierState.OPEN.value
    pages = Paginator(_rows(request.GET, state=asked["etat"]), PAGE_SIZE)
    page = pages.page(min(page_number(request.GET), pages.num_pages))
    context = {
        "page": page,
        "rows": [(row, working_days_between(timezone.localdate(row.found_at), today)) for row in page],
        "asked": asked,
        "narrowed": any(asked[name] for name in ("categorie", "sens", "version")),
        "states": PriceOutlierState.choices,
        "categories": Category.objects.filter(offers__price_outliers__isnull=False).distinct(),
        "directions": DIRECTIONS.items(),
        "places": PLACES.items(),
        "far": FAR,
        "fewest": FEWEST_PEERS,
        "breadcrumb_data": breadcrumb(LANDING, current=LIST[0]),
    }
    return render(request, "catalog/price_outliers.html", context)


def _rows(given: QueryDict, *, state: str) -> QuerySet[PriceOutlier]:
    """An unknown value narrows nothing, as on the other lists."""
    rows = narrowed(
        PriceOutlier.objects.with_offer().filter(state=state),
        direction=given.get("sens", ""),
        place=given.get("version", ""),
    )
    category = given.get("categorie", "").replace("\x00", "")[:60]
    return rows.filter(offer__category__code=category) if category else rows


@once
def outlier(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    require(catalog_abilities(actor), "see_price_outliers")
    found = PriceOutlier.objects.visible_to(actor).with_offer().filter(uuid=uuid).first()
    if found is None:
        raise NotVisible()
    verdicts = price_outlier_abilities(actor, found)
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        move = request.POST.get("move", "")
        require(verdicts, move)
        found.check_move(move)
        if form.is_valid() and _act(found, move, form, request):
            messages.success(request, DONE[move])
            return redirect("catalog:price_outlier_list")
    context = {
        "outlier": found,
        "places": [found.place],
        "form": form,
        "may": {move.name: allowed(verdicts, move.name) for move in found.available_moves()},
        "breadcrumb_data": breadcrumb(LANDING, LIST, current=found.offer.name),
    }
    return render(request, "catalog/price_outlier.html", context, status=400 if form.errors else 200)


def _act(found: PriceOutlier, move: str, form: ReasonForm, request: HttpRequest) -> bool:
    """False, with the error on its field."""
    try:
        getattr(price_outliers, move)(found, actor=actor_of(request), reason=form.cleaned_data["reason"])
    except RuleBroken as error:
        form.add_error("reason", error.message)
        return False
    return True
