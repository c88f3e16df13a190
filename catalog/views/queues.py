"""What waits for a curator: one page for all the queues, and those that have no page elsewhere."""

from __future__ import annotations

import uuid as uuids

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from catalog import trust
from catalog.abilities import catalog_abilities, report_abilities
from catalog.forms.marks import OutcomeForm
from catalog.freshness import facts_age
from catalog.models import FactsEvent, Offer, TrustReport
from catalog.queues import queue_states, stale_offers
from catalog.views.finding import actor_of
from catalog.views.search import page_number
from marketplace.accounts.abilities import allowed, require
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.working_days import working_days_between

LANDING = ("Modération", "/pilotage/moderation/")
PAGE_SIZE = 30


def landing(request: HttpRequest) -> HttpResponse:
    require(catalog_abilities(actor_of(request)), "curate")
    states = queue_states(on=timezone.localdate())
    context = {
        "queues": states,
        "first": next((state for state in states if state.count), None),
        "count": sum(state.count for state in states),
        "breadcrumb_data": breadcrumb(current="Modération"),
    }
    return render(request, "catalog/moderation.html", context)


def stale_facts(request: HttpRequest) -> HttpResponse:
    require(catalog_abilities(actor_of(request)), "curate")
    today = timezone.localdate()
    events = FactsEvent.objects.select_related("by").order_by("-at", "-pk")
    rows = stale_offers(on=today).select_related("supplier", "live_version")
    pages = Paginator(rows.prefetch_related(Prefetch("facts_events", queryset=events)), PAGE_SIZE)
    page = pages.page(min(page_number(request.GET), pages.num_pages))
    context = {
        "page": page,
        "rows": [(offer, facts_age(offer, on=today), *_last(offer)) for offer in page],
        "fresh_days": settings.FACTS_FRESH_DAYS,
        "stale_days": settings.FACTS_STALE_DAYS,
        "breadcrumb_data": breadcrumb(LANDING, current="Informations à reconfirmer"),
    }
    return render(request, "catalog/stale_facts.html", context)


def _last(offer: Offer) -> tuple[FactsEvent | None, FactsEvent | None]:
    """The last confirmation and the last asking after it, from the prefetched events."""
    events = list(offer.facts_events.all())
    confirmed = next((event for event in events if event.kind == "confirmed"), None)
    asked = next((event for event in events if event.kind == "asked"), None)
    if asked and confirmed and asked.at < confirmed.at:
        asked = None
    return confirmed, asked


def report_list(request: HttpRequest) -> HttpResponse:
    require(catalog_abilities(actor_of(request)), "curate")
    today = timezone.localdate()
    rows = TrustReport.objects.select_related("mark__offer", "recorded_by", "closed_by")
    waiting = rows.open().order_by("recorded_at", "pk")
    context = {
        "waiting": [
            (row, working_days_between(timezone.localdate(row.recorded_at), today)) for row in waiting
        ],
        "closed": rows.filter(closed_at__isnull=False).order_by("-closed_at", "-pk")[:30],
        "breadcrumb_data": breadcrumb(LANDING, current="Signalements"),
    }
    return render(request, "catalog/reports.html", context)


@once
def report_page(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    rows = TrustReport.objects.visible_to(actor).select_related(
        "mark__offer__supplier", "recorded_by", "closed_by"
    )
    found = rows.filter(uuid=uuid).first()
    if found is None:
        require(catalog_abilities(actor), "curate")
        raise NotVisible()
    may_close = allowed(report_abilities(actor, found), "close") and found.closed_at is None
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(report_abilities(actor, found), "close")
        if form.is_valid():
            trust.close_report(found, outcome=form.cleaned_data["outcome"], actor=actor)
            messages.success(request, "Signalement traité. Le statut de la qualification n’a pas changé.")
            return redirect("catalog:report_list")
    context = {
        "report": found,
        "form": form,
        "may_close": may_close,
        "breadcrumb_data": breadcrumb(
            LANDING, ("Signalements", "/pilotage/signalements/"), current=found.mark.offer.name
        ),
    }
    return render(request, "catalog/report.html", context, status=400 if form.errors else 200)
