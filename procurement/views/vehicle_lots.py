"""`/supports-d-achat/SUP-…/lots/…`: the lots of a framework agreement, with their holders."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible
from marketplace.ui.once import once
from procurement.abilities_orders import vehicle_abilities
from procurement.actions.vehicles import add_lot, edit_lot, refuse_no_lots
from procurement.consultations.views.find import tried
from procurement.forms.supplier_lines import suppliers_written
from procurement.forms.vehicles import VehicleLotForm
from procurement.models import PurchasingVehicle
from procurement.views.find import actor_of, posted
from procurement.views.vehicles import trail, visible


@login_required
@once
def add(request: HttpRequest, number: str) -> HttpResponse:
    vehicle, actor = _allowed(request, number, "add_lot"), actor_of(request)
    refuse_no_lots(vehicle)
    dates = {"starts_on": vehicle.starts_on, "ends_on": vehicle.ends_on}
    form = VehicleLotForm(posted(request), initial=dates)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if tried(form, lambda: add_lot(vehicle, actor=actor, **said)):
            messages.success(request, "Lot ajouté.")
            return redirect(vehicle)
    return _page(request, vehicle, form, title="Ajouter un lot", button="Ajouter le lot")


@login_required
@once
def edit(request: HttpRequest, number: str, lot: int) -> HttpResponse:
    vehicle, actor = _allowed(request, number, "edit"), actor_of(request)
    row = vehicle.lots.for_pages().filter(number=lot).first()
    if row is None:
        raise NotVisible
    names = ("title", "starts_on", "ends_on", "maximum_eur", "maximum_basis")
    kept = {name: getattr(row, name) for name in names} | {"holders": suppliers_written(row.holders)}
    form = VehicleLotForm(posted(request), initial=kept)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        if tried(form, lambda: edit_lot(row, actor=actor, **said)):
            messages.success(request, f"Lot {row.number} enregistré.")
            return redirect(vehicle)
    title = f"Modifier le lot {row.number}"
    return _page(request, vehicle, form, title=title, button="Enregistrer")


def _allowed(request: HttpRequest, number: str, ability: str) -> PurchasingVehicle:
    """Raises NotVisible, NotAllowed."""
    vehicle = visible(request, number)
    require(vehicle_abilities(actor_of(request), vehicle), ability)
    return vehicle


def _page(
    request: HttpRequest, vehicle: PurchasingVehicle, form: Any, *, title: str, button: str
) -> HttpResponse:
    context = {
        "title": title,
        "lead": f"{vehicle.reference}, {vehicle.title}. Un marché subséquent consulte tous ses titulaires.",
        "form": form,
        "button_label": button,
        "cancel_url": vehicle.get_absolute_url(),
        "breadcrumb_data": trail(vehicle, current=title),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)
