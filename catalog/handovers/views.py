"""An offer passes to another supplier: proposed, followed, answered."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.abilities import catalog_abilities, handover_abilities
from catalog.enums import HandoverState
from catalog.handovers import actions as handovers
from catalog.handovers.forms import AnswerForm, HandOverForm
from catalog.models import Offer, OfferHandover
from catalog.views.finding import actor_of, on_offer
from catalog.views.search import page_number
from catalog.views.sheet import trail
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once

PAGE_SIZE = 30
DONE = {
    "accept": "Transfert accepté. L’offre est à vous : confirmez ses informations.",
    "refuse": "Transfert refusé. L’offre reste à son fournisseur.",
    "cancel": "Transfert annulé. L’offre reste à son fournisseur.",
}


@once
@on_offer(ability="hand_over")
def hand_over(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    handovers.refuse_unmovable(offer)
    form = HandOverForm.of(request)
    if request.method == "POST" and form.is_valid():
        try:
            made = handovers.propose(offer, actor=actor_of(request), **form.cleaned_data)
        except RuleBroken as error:
            for field, said in (error.fields or {None: [error.message]}).items():
                form.add_error(field, said)
        else:
            messages.success(request, "Transfert proposé. Il prendra effet quand le fournisseur l’acceptera.")
            return redirect(made)
    context = {
        "title": f"Transférer {offer.name}",
        "offer": offer,
        "form": form,
        "marks": handovers.marks_to_prove(offer),
        "button_label": "Proposer le transfert",
        "cancel_url": offer.get_absolute_url(),
        "cancel_label": "Revenir sans transférer",
        "breadcrumb_data": trail(offer, part="Transférer"),
    }
    return render(request, "catalog/hand_over.html", context, status=400 if form.errors else 200)


def handover_list(request: HttpRequest) -> HttpResponse:
    """Curators and the auditor all of them; a supplier its own."""
    actor = actor_of(request)
    require(catalog_abilities(actor), "see_handovers")
    rows = OfferHandover.objects.visible_to(actor).with_people()
    pages = Paginator(rows.exclude(state=HandoverState.PROPOSED).order_by("-decided_at", "-pk"), PAGE_SIZE)
    page = pages.page(min(page_number(request.GET), pages.num_pages))
    context = {
        "waiting": rows.waiting(),
        "page": page,
        "breadcrumb_data": breadcrumb(current="Transferts"),
    }
    return render(request, "catalog/handovers.html", context)


@once
def handover(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    rows = OfferHandover.objects.visible_to(actor).with_people().select_related("decided_by")
    found = rows.filter(uuid=uuid).first()
    if found is None:
        require(catalog_abilities(actor), "see_handovers")
        raise NotVisible()
    verdicts = handover_abilities(actor, found)
    form = AnswerForm.of(request)
    if request.method == "POST":
        move = request.POST.get("move", "")
        require(verdicts, move)
        found.check_move(move)
        if form.is_valid() and _act(found, move, form, request):
            messages.success(request, DONE[move])
            return redirect(found)
    return render(
        request, "catalog/handover.html", _context(found, form, verdicts), status=400 if form.errors else 200
    )


def _act(found: OfferHandover, move: str, form: AnswerForm, request: HttpRequest) -> bool:
    """False, with the error on its field, when the reason is missing."""
    actor, reason = actor_of(request), form.cleaned_data["reason"]
    if move == "accept":
        handovers.accept(found, actor=actor)
        return True
    if not reason:
        form.add_error("reason", "Dites pourquoi : votre motif est lu par les personnes concernées.")
        return False
    act = handovers.refuse if move == "refuse" else handovers.cancel
    act(found, actor=actor, reason=reason)
    return True


def _context(found: OfferHandover, form: AnswerForm, verdicts: dict[str, str]) -> dict[str, Any]:
    is_open = found.state == HandoverState.PROPOSED
    return {
        "handover": found,
        "form": form,
        "is_open": is_open,
        "may": {name: is_open and allowed(verdicts, name) for name in verdicts},
        "marks": handovers.marks_to_prove(found.offer) if is_open else [],
        "breadcrumb_data": breadcrumb(("Transferts", "/transferts/"), current=found.offer.name),
    }
