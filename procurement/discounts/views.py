"""`/supports-d-achat/…/remises/…`: recording a discount of a vehicle and ending it."""

from __future__ import annotations

import uuid as uuids
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.once import once
from procurement.abilities_orders import vehicle_abilities
from procurement.discounts.abilities import discount_abilities
from procurement.discounts.forms import DiscountForm, EndDiscountForm
from procurement.discounts.recording import end_discount, record_discount
from procurement.forms.refusals import put_refusal
from procurement.models import PurchasingVehicle
from procurement.views.find import actor_of, posted
from procurement.views.vehicles import trail, visible


@login_required
@once
def add(request: HttpRequest, number: str) -> HttpResponse:
    vehicle, actor = visible(request, number), actor_of(request)
    require(vehicle_abilities(actor, vehicle), "edit")
    form = DiscountForm(posted(request), initial={"starts_on": vehicle.starts_on}, vehicle=vehicle)
    return _written(
        request,
        vehicle,
        form,
        title="Ajouter une remise",
        lead="Les bons de commande écrits sous ce support la portent ; ceux déjà écrits gardent leurs prix.",
        write=lambda: record_discount(vehicle, actor=actor, **form.cleaned_data),
        said="Remise enregistrée.",
    )


@login_required
@once
def end(request: HttpRequest, number: str, uuid: uuids.UUID) -> HttpResponse:
    vehicle, actor = visible(request, number), actor_of(request)
    discount = vehicle.discounts.for_pages().filter(uuid=uuid).first()
    if discount is None:
        raise NotVisible
    require(discount_abilities(actor, discount), "end")
    form = EndDiscountForm(posted(request))
    return _written(
        request,
        vehicle,
        form,
        title="Terminer la remise",
        lead=f"{discount}. Les bons de commande déjà écrits gardent leurs prix.",
        write=lambda: end_discount(discount, actor=actor, **form.cleaned_data),
        said="La remise a un dernier jour.",
    )


def _written(
    request: HttpRequest,
    vehicle: PurchasingVehicle,
    form: DiscountForm | EndDiscountForm,
    *,
    title: str,
    lead: str,
    write: Callable[[], object],
    said: str,
) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            write()
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, said)
            return redirect(vehicle)
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "button_label": title,
        "cancel_url": vehicle.get_absolute_url(),
        "breadcrumb_data": trail(vehicle, current=title),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)
