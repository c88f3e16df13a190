"""Programmes and calls as everybody reads them; a supplier sees the conditions read on its own offers."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.models import Offer
from marketplace.accounts.abilities import allowed
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from qualification.programmes.abilities import call_abilities, programmes_abilities
from qualification.programmes.content import conditions_of
from qualification.programmes.eligibility import all_met
from qualification.programmes.facts import programmes
from qualification.programmes.models import ProgrammeCall
from qualification.programmes.views.find import HOME, actor_of, visible_call

PER_PAGE = 20
MOST_OFFERS = 20


@require_safe
def programme_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    calls = ProgrammeCall.objects.visible_to(actor)
    verdicts = programmes_abilities(actor)
    context = {
        "programmes": programmes().values(),
        "open_calls": calls.open_at(timezone.now()).order_by("closes_at"),
        "page": Paginator(calls, PER_PAGE).get_page(request.GET.get("page")),
        "may_list": allowed(verdicts, "list"),
        "breadcrumb_data": breadcrumb(current="Programmes"),
    }
    return render(request, "qualification/programmes/list.html", context)


@require_safe
def programme(request: HttpRequest, code: str) -> HttpResponse:
    found = programmes().get(code)
    if found is None:
        raise NotVisible
    calls = ProgrammeCall.objects.visible_to(actor_of(request)).filter(programme_code=code)
    context = {
        "programme": found,
        "calls": calls[:MOST_OFFERS],
        "breadcrumb_data": breadcrumb(HOME, current=found.name),
    }
    return render(request, "qualification/programmes/programme.html", context)


@require_safe
def call(request: HttpRequest, number: str) -> HttpResponse:
    actor, found = actor_of(request), visible_call(request, number)
    context = {
        "call": found,
        "programme": found.programme,
        "offers": offers_judged(actor, found),
        "own": found.applications.filter(organisation=actor.organisation) if actor.is_supplier else (),
        "may_run": allowed(call_abilities(actor, found), "postpone"),
        "needs": found.needs.prefetch_related("targets"),
        "may_lead": not found.programme.is_support and allowed(programmes_abilities(actor), "create"),
        "breadcrumb_data": breadcrumb(HOME, current=found.number),
    }
    return render(request, "qualification/programmes/call.html", context)


def offers_judged(actor: Actor, found: ProgrammeCall) -> list[dict[str, object]]:
    """Each of the supplier's own offers with its conditions; nothing for others. One query an offer."""
    if not allowed(programmes_abilities(actor), "create") or not found.programme.is_support:
        return []
    own = Offer.objects.owned_by(actor).exclude(state__in=("withdrawn", "removed"))
    judged = []
    for offer in own.select_related("supplier__organisation")[:MOST_OFFERS]:
        conditions = conditions_of(found.programme, offer)
        judged.append({"offer": offer, "conditions": conditions, "is_met": all_met(conditions)})
    return judged
