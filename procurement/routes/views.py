"""`/achat/voies/`: which way a purchase may go. Open to all; who buys finds their own vehicles in it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from marketplace.accounts.actors import Actor
from marketplace.ui.breadcrumb import breadcrumb
from procurement.routes import RouteResult, pick
from procurement.routes.actions import bought_without_competition, vehicles_seen
from procurement.routes.forms import RouteForm
from procurement.views.find import actor_of


@require_safe
def routes(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    form = _form(request, actor)
    result: RouteResult | None = None
    if form.is_bound and form.is_valid():
        on = form.cleaned_data["on"]
        result = pick(form.facts(vehicles_seen(actor, on=on)), on=on)
    context = {
        "form": form,
        "result": result,
        "bought": _bought(actor),
        "page_has_errors": bool(form.errors),
        "breadcrumb_data": breadcrumb(("Doctrine", "/doctrine/"), current="Voies d’achat"),
    }
    return render(request, "procurement/routes/page.html", context, status=400 if form.errors else 200)


def _form(request: HttpRequest, actor: Actor) -> RouteForm:
    """Unbound until a value is asked; who is signed in finds their administration filled in."""
    if "value_eur_ht" in request.GET:
        return RouteForm(request.GET)
    initial: dict[str, Any] = {}
    if actor.organisation is not None and actor.is_buyer:
        initial = {"buyer_kind": actor.organisation.kind}
    return RouteForm(initial=initial)


def _bought(actor: Actor) -> Any:
    """None for who buys nothing here."""
    if actor.organisation is None or not actor.is_buyer:
        return None
    return bought_without_competition(actor.organisation, on=timezone.localdate())
