"""Missing needs: the list, reporting one after reading those that look alike, joining."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from catalog.enums import NeedState, ServiceModel
from catalog.models import MissingNeed
from catalog.needs import actions as needs
from catalog.needs.abilities import need_abilities, needs_abilities
from catalog.needs.forms import NeedForm, initial_of_search
from catalog.needs.move_pages import moves_for
from catalog.views.finding import actor_of
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once

PER_PAGE = 20
LIST = ("Besoins non couverts", "/besoins/")


@login_required
def need_list(request: HttpRequest) -> HttpResponse:
    """`q` sorts by likeness, `etat` keeps one state; merged needs are told by those that replace them."""
    actor = actor_of(request)
    require(needs_abilities(actor), "list")
    words, state = request.GET.get("q", "").replace("\x00", "").strip()[:200], request.GET.get("etat", "")
    rows = MissingNeed.objects.visible_to(actor).exclude(state=NeedState.MERGED).with_joins()
    if state in NeedState.values:
        rows = rows.filter(state=state)
    if words:
        rows = rows.near(words)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "total": page.paginator.count,
        "words": words,
        "state": state,
        "states": [choice for choice in NeedState.choices if choice[0] != NeedState.MERGED],
        "may_create": allowed(needs_abilities(actor), "create"),
        "breadcrumb_data": breadcrumb(current="Besoins non couverts"),
    }
    return render(request, "catalog/needs.html", context)


@login_required
@once
def need_new(request: HttpRequest) -> HttpResponse:
    """Prefilled from the query string of a search (`/besoins/signaler/?q=…&model=…`)."""
    require(needs_abilities(actor_of(request)), "create")
    return write_need(
        request,
        initial=initial_of_search(request.GET),
        cancel_url=reverse("catalog:need_list"),
        trail=breadcrumb(LIST, current="Signaler un besoin"),
    )


def write_need(
    request: HttpRequest,
    *,
    initial: dict[str, Any],
    cancel_url: str,
    trail: dict[str, Any],
    lead: str = "",
    after: Callable[[MissingNeed], object] = lambda need: None,
) -> HttpResponse:
    """The page that reports a need: what looks alike is read first, and joined in place of a new one.

    `after` runs in the transaction that reports or joins (an upper app links its own rows to the need).
    """
    actor = actor_of(request)
    if request.method == "POST" and "rejoindre" in request.POST:
        return _joined(request, request.POST["rejoindre"], after=after)
    form = NeedForm(request.POST) if request.method == "POST" else NeedForm(initial=initial)
    near = needs.near_needs(initial.get("title", ""))
    if form.is_bound and form.is_valid():
        near = needs.near_needs(f"{form.cleaned_data['title']}")
        if {need.number for need in near} <= set(request.POST.getlist("vu")):
            with transaction.atomic():
                made = needs.report(actor=actor, **form.cleaned_data)
                after(made)
            messages.success(request, f"Besoin {made.number} signalé. L’opérateur y répondra.")
            return redirect(made)
    context = {
        "form": form,
        "near": near,
        "asked_to_read": form.is_bound and not form.errors,
        "lead": lead,
        "cancel_url": cancel_url,
        "breadcrumb_data": trail,
    }
    return render(request, "catalog/need_new.html", context, status=400 if form.errors else 200)


@login_required
def need(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    shown = visible_need(actor, number)
    if shown.merged_into is not None:
        return HttpResponsePermanentRedirect(shown.merged_into.get_absolute_url())
    joins = list(shown.joins.all())
    is_in = actor.organisation is not None and any(
        row.organisation_id == actor.organisation.pk for row in joins
    )
    context = {
        "need": shown,
        "joins": joins,
        "is_in": is_in,
        "may_leave": shown.is_open and is_in and allowed(need_abilities(actor, shown), "leave"),
        "may_join": shown.is_open and not is_in and allowed(need_abilities(actor, shown), "join"),
        "moves": moves_for(actor, shown),
        "service_models": ", ".join(str(ServiceModel(code).label) for code in shown.service_models),
        "absorbed": list(shown.absorbed.all()),
        "breadcrumb_data": breadcrumb(LIST, current=shown.number),
    }
    return render(request, "catalog/need.html", context)


@login_required
@require_POST
@once
def need_join(request: HttpRequest, number: str) -> HttpResponse:
    return _joined(request, number)


@login_required
@require_POST
@once
def need_leave(request: HttpRequest, number: str) -> HttpResponse:
    actor = actor_of(request)
    found = visible_need(actor, number)
    require(need_abilities(actor, found), "leave")
    needs.leave(found, actor=actor)
    messages.success(request, f"Votre administration a quitté le besoin {found.number}.")
    return redirect(found)


def _joined(
    request: HttpRequest, number: str, *, after: Callable[[MissingNeed], object] = lambda need: None
) -> HttpResponse:
    actor = actor_of(request)
    found = visible_need(actor, number)
    require(need_abilities(actor, found), "join")
    with transaction.atomic():
        needs.join(found, actor=actor)
        after(found)
    messages.success(request, f"Votre administration a rejoint le besoin {found.number}.")
    return redirect(found)


def visible_need(actor: Actor, number: str) -> MissingNeed:
    """Raises NotVisible."""
    rows = MissingNeed.objects.visible_to(actor).with_joins()
    found = rows.filter(number=number).first() if "\x00" not in number else None
    if found is None:
        raise NotVisible()
    return found
