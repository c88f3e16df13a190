"""S5: what price lists come to for one usage, leaving included."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from catalog.comparison import MOST
from catalog.costing import Buyer, OfferCost, offer_costs, offers_to_cost
from catalog.forms.usage import DEFAULT_PLACE, UsageForm
from catalog.views.compare import address, asked_numbers
from catalog.views.finding import actor_of
from marketplace.accounts.actors import Actor
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.drawings import Curve, step_chart


def cost(request: HttpRequest) -> HttpResponse:
    """The whole question is in the address; 400 with the form when a figure is refused."""
    actor = actor_of(request)
    numbers = asked_numbers(request.GET)
    found_by = {o.number: o for o in offers_to_cost(actor=actor, number__in=numbers[:MOST])}
    offers = [found_by[number] for number in numbers[:MOST] if number in found_by]
    form = _form(request, actor)
    found: list[OfferCost] = []
    if form.is_bound and form.is_valid():
        found = offer_costs(offers, usage=form.usage(), buyer=buyer_of(form))
    kept = [offer.number for offer in offers]
    context = {
        "form": form,
        "offers": [(offer, address([n for n in kept if n != offer.number])) for offer in offers],
        "here": address(kept),
        "costs": found,
        "chart": _chart(found),
        "too_many": len(numbers) > MOST,
        "page_has_errors": bool(form.errors),
        "compare_url": f"{reverse('catalog:compare')}?{address(kept)}",
        "breadcrumb_data": breadcrumb(("Offres", "/offres/"), current="Coût pour mon usage"),
    }
    return render(request, "catalog/cost.html", context, status=400 if form.errors else 200)


def buyer_of(form: UsageForm) -> Buyer:
    """Call after is_valid()."""
    said = form.cleaned_data
    return Buyer(kind=said["buyer_kind"], place=said["place"] or DEFAULT_PLACE)


def _form(request: HttpRequest, actor: Actor) -> UsageForm:
    """Unbound until a duration is asked; who is signed in finds their administration filled in."""
    if "months" in request.GET:
        return UsageForm(request.GET)
    organisation = actor.organisation
    initial: dict[str, Any] = {}
    if organisation is not None and organisation.is_buyer:
        initial = {"buyer_kind": organisation.kind, "place": organisation.vat_territory}
    return UsageForm(initial=initial)


def _chart(costs: list[OfferCost]) -> Any:
    curves = [Curve(each.offer.name, each.cost.monthly) for each in costs if each.cost is not None]
    return step_chart(curves) if curves else None
