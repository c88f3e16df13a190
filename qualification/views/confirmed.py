"""Waivers and links to registers: asked by one person, answered by another."""

from __future__ import annotations

import uuid as uuids
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from catalog.models import Offer
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import date_text
from qualification import confirmations
from qualification.abilities_confirmed import confirmed_abilities, links_abilities, waiver_refusal
from qualification.forms import ConfirmForm, LinkForm, WaiverForm
from qualification.models import RegisterLink, Waiver
from qualification.models.confirmed import ASKED, IN_FORCE, Confirmed
from qualification.progress import runs_of
from qualification.views.find import trail, visible_dossier

PAGE_SIZE = 30
LINKS = ("Rattachements", "/pilotage/rattachements/")
MOVES = {
    "accept": (confirmations.accept, "Accepté."),
    "refuse": (confirmations.refuse, "Refusé."),
    "end": (confirmations.end, "Terminé."),
}


@login_required
@once
@require_http_methods(["GET", "POST"])
def ask_waiver(request: HttpRequest, number: str, code: str) -> HttpResponse:
    actor = actor_of(request)
    dossier = visible_dossier(request, number)
    runs = runs_of(dossier, code)
    if not runs:
        raise NotVisible
    require({"ask": waiver_refusal(actor, dossier)}, "ask")
    form = WaiverForm.of(request)
    if request.method == "POST" and form.is_valid():
        try:
            made = confirmations.ask_waiver(runs[0], actor=actor, **form.cleaned_data)
        except RuleBroken as refused:
            form.refuse(refused)
        else:
            messages.success(request, "Écart demandé. Une autre personne répond.")
            return redirect(made)
    context = {
        "title": "Demander qu’un écart soit accepté",
        "lead": "Ce contrôle n’a pas pu conclure. Un écart accepté ne dit jamais qu’il est conforme.",
        "facts": [("Contrôle", runs[0].title), ("Constat", runs[0].message), ("Règle", runs[0].rule)],
        "form": form,
        "button_label": "Demander",
        "cancel_url": runs[0].get_absolute_url(),
        "breadcrumb_data": trail(dossier, current="Écart"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


@login_required
@once
@require_http_methods(["GET", "POST"])
def waiver(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    found = Waiver.objects.visible_to(actor_of(request)).for_lists().select_related("run", "dossier")
    row = found.filter(uuid=uuid).first()
    if row is None:
        raise NotVisible
    facts = [
        ("Offre", row.offer.name),
        ("Contrôle", row.title),
        ("Ce qui n’a pas pu être vérifié", row.run.message),
        ("Jusqu’au", date_text(row.valid_until)),
    ]
    trail_to = breadcrumb((row.offer.name, row.offer.get_absolute_url()), current="Écart")
    return _page(request, row, title=f"Écart : {row.title}", facts=facts, trail_to=trail_to)


@login_required
@require_GET
def links(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(links_abilities(actor), "see")
    rows = RegisterLink.objects.visible_to(actor).for_lists()
    rows = rows.order_by("ended_at", "answered_at", "-asked_at", "-pk")
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "may_create": allowed(links_abilities(actor), "create"),
        "breadcrumb_data": breadcrumb(current=LINKS[0]),
    }
    return render(request, "qualification/register_links.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def ask_link(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(links_abilities(actor), "create")
    form = LinkForm.of(request)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        rows = Offer.objects.visible_to(actor).select_related("supplier__organisation")
        offer = rows.filter(number=given.pop("offer")).first()
        if offer is None:
            form.add_error("offer", "Aucune offre ne porte ce numéro.")
        else:
            try:
                made = confirmations.ask_link(offer, actor=actor, **given)
            except RuleBroken as refused:
                form.refuse(refused)
            else:
                messages.success(request, "Rattachement demandé. Une autre personne le confirme.")
                return redirect(made)
    context = {
        "title": "Rattacher une offre à un registre",
        "lead": "Comparez le service, le périmètre et le fournisseur avant de demander.",
        "form": form,
        "button_label": "Demander le rattachement",
        "cancel_url": LINKS[1],
        "breadcrumb_data": breadcrumb(LINKS, current="Nouveau"),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)


@login_required
@once
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    found = RegisterLink.objects.visible_to(actor_of(request)).for_lists().select_related("organisation")
    row = found.filter(uuid=uuid).first()
    if row is None:
        raise NotVisible
    facts = [
        ("Offre", row.offer.name),
        ("Fournisseur vérifié", f"{row.organisation.name} ({row.organisation.identifier})"),
        ("Registre", f"{row.register_label}, édition {row.edition}" if row.edition else row.register_label),
        ("Service au registre", row.row.get("service")),
        ("Prestataire au registre", row.row.get("provider")),
        ("Numéro", row.number),
        ("Périmètre", row.row.get("perimeter")),
    ]
    trail_to = breadcrumb(LINKS, current=row.offer.name)
    return _page(request, row, title=f"Rattachement de {row.offer.name}", facts=facts, trail_to=trail_to)


def _page(
    request: HttpRequest, row: Confirmed, *, title: str, facts: list[tuple[str, Any]], trail_to: Any
) -> HttpResponse:
    verdicts = confirmed_abilities(actor_of(request), row)
    form = ConfirmForm.of(request)
    if request.method == "POST":
        move = request.POST.get("move", "")
        if move not in MOVES:
            raise NotVisible
        require(verdicts, move)
        if form.is_valid():
            act, done = MOVES[move]
            try:
                act(row, actor=actor_of(request), reason=form.cleaned_data["reason"])
            except RuleBroken as refused:
                form.refuse(refused)
            else:
                messages.success(request, done)
                return redirect(request.path)
    waiting, lives = row.standing == ASKED, row.standing in (ASKED, IN_FORCE)
    context = {
        "row": row,
        "title": title,
        "facts": facts,
        "form": form,
        "may": {
            "accept": waiting and allowed(verdicts, "accept"),
            "end": lives and allowed(verdicts, "end"),
        },
        "breadcrumb_data": trail_to,
    }
    return render(request, "qualification/confirmed.html", context, status=400 if form.errors else 200)
