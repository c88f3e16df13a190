"""Offers that look like one another: the queue, and the two side by side."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from catalog.abilities import catalog_abilities, duplicate_abilities
from catalog.duplicates import actions as duplicates
from catalog.duplicates.forms import ReopenForm, VerdictForm
from catalog.duplicates.looking import to_look_at
from catalog.enums import DuplicateState, ServiceModel
from catalog.likeness import LIKELY
from catalog.models import DuplicatePair, Offer
from catalog.views.finding import actor_of
from catalog.views.search import page_number
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.working_days import working_days_between

LANDING = ("Modération", "/pilotage/moderation/")
LIST = ("Doublons probables", "/pilotage/doublons/")
PAGE_SIZE = 30
SUPPLIERS = {"meme": "Même fournisseur", "autre": "Fournisseurs différents"}
DONE = {
    "dismiss": "Retenu : ce n’est pas un doublon.",
    "ask": "Retrait demandé. Le fournisseur est prévenu.",
    "confirm": "Doublon retiré. Son adresse dit la date, le motif et l’offre qui reste.",
    "reopen": "Rouvert : les deux offres sont de nouveau à examiner.",
}


def duplicate_list(request: HttpRequest) -> HttpResponse:
    require(catalog_abilities(actor_of(request)), "see_duplicates")
    today = timezone.localdate()
    state = request.GET.get("etat", "")
    state = state if state in DuplicateState.values else DuplicateState.OPEN.value
    suppliers = request.GET.get("fournisseurs", "")
    rows = DuplicatePair.objects.with_offers().filter(state=state)
    if suppliers in SUPPLIERS:
        same = {"first__supplier": F("second__supplier")}
        rows = rows.filter(**same) if suppliers == "meme" else rows.exclude(**same)
    pages = Paginator(rows, PAGE_SIZE)
    page = pages.page(min(page_number(request.GET), pages.num_pages))
    context = {
        "page": page,
        "rows": [(pair, working_days_between(timezone.localdate(pair.found_at), today)) for pair in page],
        "states": DuplicateState.choices,
        "state": state,
        "state_label": DuplicateState(state).label,
        "supplier_choices": SUPPLIERS.items(),
        "suppliers": suppliers,
        "unseen": to_look_at().count(),
        "breadcrumb_data": breadcrumb(LANDING, current=LIST[0]),
    }
    return render(request, "catalog/duplicates.html", context)


@once
def duplicate(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    require(catalog_abilities(actor), "see_duplicates")
    found = DuplicatePair.objects.visible_to(actor).with_offers().filter(uuid=uuid).first()
    if found is None:
        raise NotVisible()
    verdicts = duplicate_abilities(actor, found)
    form = _form(request, found)
    if request.method == "POST":
        move = request.POST.get("move", "")
        require(verdicts, move)
        found.check_move(move)
        if form.is_valid() and _act(found, move, form, request):
            messages.success(request, DONE[move])
            return redirect("catalog:duplicate_list")
    context = {
        "pair": found,
        "rows": compared(found),
        "likely": LIKELY,
        "form": form,
        "may": {move.name: allowed(verdicts, move.name) for move in found.available_moves()},
        "breadcrumb_data": breadcrumb(LANDING, LIST, current=f"{found.first.name} et {found.second.name}"),
    }
    return render(request, "catalog/duplicate.html", context, status=400 if form.errors else 200)


def _form(request: HttpRequest, found: DuplicatePair) -> VerdictForm | ReopenForm:
    return VerdictForm.of(request, pair=found) if found.is_waiting else ReopenForm.of(request)


def _act(found: DuplicatePair, move: str, form: VerdictForm | ReopenForm, request: HttpRequest) -> bool:
    """False, with the error on its field."""
    said = dict(form.cleaned_data)
    chosen = said.pop("duplicate", "")
    if move in ("ask", "confirm"):
        if not chosen:
            form.add_error("duplicate", "Choisissez laquelle des deux offres est le doublon.")
            return False
        said["duplicate"] = uuids.UUID(chosen)
    try:
        getattr(duplicates, move)(found, actor=actor_of(request), **said)
    except RuleBroken as error:
        form.add_error("duplicate", error.message)
        return False
    return True


def compared(pair: DuplicatePair) -> list[dict[str, Any]]:
    """What stands side by side, and how alike it is (None: not compared)."""
    parts, first, second = pair.likeness.parts, pair.first, pair.second

    def row(label: str, one: object, other: object, part: str = "") -> dict[str, Any]:
        return {"label": label, "first": one, "second": other, "percent": parts.get(part), "part": part}

    return [
        row("Nom", first.name, second.name, "name"),
        row("Description", first.description, second.description, "description"),
        row("Site", first.website, second.website, "website"),
        row("Fournisseur", first.supplier.name, second.supplier.name),
        row("État", first.get_state_display(), second.get_state_display()),
        row("Modèles", _models(first), _models(second)),
    ]


def _models(offer: Offer) -> str:
    return ", ".join(str(ServiceModel(code).label) for code in offer.service_models)
