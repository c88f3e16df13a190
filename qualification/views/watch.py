"""The checks of an offer over time, for its supplier and the operator; alerts, for those who instruct."""

from __future__ import annotations

import uuid as uuids

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from catalog.forms.marks import OutcomeForm
from catalog.models import Offer
from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.middleware import actor_of
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from qualification import watch
from qualification.abilities import alert_abilities, alerts_abilities
from qualification.checks import CHECKS
from qualification.history import in_order, summary_of, trends_of
from qualification.models import CheckAlert, CheckRun, OfferCheck
from qualification.thinning import KEPT_WHOLE_DAYS

PAGE_SIZE = 30


@login_required
@require_GET
def offer_checks(request: HttpRequest, number: int) -> HttpResponse:
    offer = offer_of(request, number)
    rows = OfferCheck.objects.filter(offer=offer).select_related("run__dossier")
    trends = trends_of(offer)
    for row in (rows := in_order(list(rows))):
        row.offer = offer
    context = {
        "offer": offer,
        "rows": [(row, trends.get(row.check_code)) for row in rows],
        "summary": summary_of(rows),
        "breadcrumb_data": breadcrumb((offer.name, offer.get_absolute_url()), current="Contrôles"),
    }
    return render(request, "qualification/offer_checks.html", context)


@login_required
@require_GET
def offer_check(request: HttpRequest, number: int, code: str) -> HttpResponse:
    """Every result of one check, newest first."""
    offer = offer_of(request, number)
    row = OfferCheck.objects.filter(offer=offer, check_code=code).select_related("run__dossier").first()
    if row is None:
        raise NotVisible
    row.offer = offer
    past = CheckRun.objects.filter(dossier__offer=offer, check_code=code).exclude(verdict="")
    past = past.select_related("dossier", "offer_version", "requested_by").with_gaps().order_by("-pk")
    place = f"/controles/{offer.number}/"
    context = {
        "offer": offer,
        "row": row,
        "check": CHECKS.get(code),
        "kept_whole_days": KEPT_WHOLE_DAYS,
        "page": Paginator(past, PAGE_SIZE).get_page(request.GET.get("page")),
        "breadcrumb_data": breadcrumb(
            (offer.name, offer.get_absolute_url()), ("Contrôles", place), current=row.title
        ),
    }
    return render(request, "qualification/offer_check.html", context)


@login_required
@require_GET
def alerts(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(alerts_abilities(actor), "see")
    rows = CheckAlert.objects.visible_to(actor).for_lists()
    closed = request.GET.get("etat") == "closes"
    rows = rows.filter(closed_at__isnull=not closed).order_by("-closed_at" if closed else "opened_at", "pk")
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "closed": closed,
        "breadcrumb_data": breadcrumb(("Instruction", "/pilotage/instruction/"), current="Alertes"),
    }
    return render(request, "qualification/alerts.html", context)


@login_required
@once
@require_http_methods(["GET", "POST"])
def alert(request: HttpRequest, uuid: uuids.UUID) -> HttpResponse:
    actor = actor_of(request)
    found = CheckAlert.objects.visible_to(actor).for_lists().filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    verdicts = alert_abilities(actor, found)
    form = OutcomeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(verdicts, "close")
        if form.is_valid() and _close(found, form, request):
            messages.success(request, "Alerte close.")
            return redirect("qualification:check_alerts")
    context = {
        "alert": found,
        "form": form,
        "may_close": allowed(verdicts, "close") and found.closed_at is None,
        "breadcrumb_data": breadcrumb(
            ("Instruction", "/pilotage/instruction/"),
            ("Alertes", "/pilotage/alertes/"),
            current=found.offer.name,
        ),
    }
    return render(request, "qualification/alert.html", context, status=400 if form.errors else 200)


def _close(found: CheckAlert, form: OutcomeForm, request: HttpRequest) -> bool:
    """False, with the error on its field."""
    try:
        watch.close_alert(found, actor=actor_of(request), reason=form.cleaned_data["outcome"])
    except RuleBroken as refused:
        form.add_error("outcome", refused.message)
        return False
    return True


def offer_of(request: HttpRequest, number: int) -> Offer:
    """Of the supplier that asks, or any for those who instruct. Raises NotVisible."""
    actor = actor_of(request)
    rows = Offer.objects.all() if CheckAlert.readable_by(actor) else Offer.objects.owned_by(actor)
    found = rows.filter(number=number).select_related("supplier").first()
    if found is None:
        raise NotVisible
    return found
