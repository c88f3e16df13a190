"""`/supports-d-achat/`: what an administration may order through, and one of them with its lots."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import require
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.drawings import Bar
from marketplace.ui.once import once
from marketplace.ui.typography import number_text
from procurement.abilities_orders import vehicle_abilities, vehicles_abilities
from procurement.actions.vehicles import create_vehicle
from procurement.enums_orders import VehicleKind
from procurement.forms.refusals import put_refusal
from procurement.forms.vehicles import VehicleForm
from procurement.models import DynamicSystem, PurchasingVehicle, VehicleLot
from procurement.views.find import actor_of
from procurement.views.order_find import posted

PAGE_SIZE = 20


@login_required
@require_safe
def vehicle_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    verdicts = vehicles_abilities(actor)
    require(verdicts, "list")
    rows = PurchasingVehicle.objects.visible_to(actor).select_related("counterpart")
    vehicles = rows.with_consumption().order_by("title", "pk")
    return render(
        request,
        "procurement/vehicles/list.html",
        {
            "page": Paginator(vehicles, PAGE_SIZE).get_page(request.GET.get("page")),
            "may_create": verdicts["create"] == "",
            "breadcrumb_data": breadcrumb(
                ("Commandes", reverse("procurement:orders")), current="Supports d’achat"
            ),
        },
    )


def visible(request: HttpRequest, number: str) -> PurchasingVehicle:
    """Raises NotVisible (404)."""
    rows = PurchasingVehicle.objects.visible_to(actor_of(request)).with_consumption().select_related("holder")
    found = rows.filter(number=number).first()
    if found is None:
        raise NotVisible
    return found


def trail(vehicle: PurchasingVehicle, *, current: str) -> dict[str, Any]:
    listed = ("Supports d’achat", reverse("procurement:vehicles"))
    own = (vehicle.reference, vehicle.get_absolute_url())
    return breadcrumb(("Commandes", reverse("procurement:orders")), listed, own, current=current)


@login_required
@require_safe
def vehicle_page(request: HttpRequest, number: str) -> HttpResponse:
    """Its terms, and of a framework agreement each lot: holders, dates, what is consumed and what is left."""
    actor, vehicle = actor_of(request), visible(request, number)
    verdicts = vehicle_abilities(actor, vehicle)
    lots = list(vehicle.lots.for_pages())
    context = {
        "vehicle": vehicle,
        "consumed": _consumption(vehicle),
        "lots": [(lot, _consumption(lot)) for lot in lots],
        "has_lots": vehicle.kind == VehicleKind.FRAMEWORK,
        "system": DynamicSystem.objects.filter(vehicle=vehicle).first()
        if vehicle.kind == VehicleKind.DYNAMIC
        else None,
        "may_edit": verdicts["edit"] == "",
        "discounts": list(vehicle.discounts.for_pages()),
        "breadcrumb_data": breadcrumb(
            ("Commandes", reverse("procurement:orders")),
            ("Supports d’achat", reverse("procurement:vehicles")),
            current=vehicle.reference,
        ),
    }
    return render(request, "procurement/vehicles/page.html", context)


def _consumption(row: PurchasingVehicle | VehicleLot) -> list[Bar]:
    """What is drawn of a vehicle or of a lot, in the basis of its maximum; `ordered` and `awarded` were
    read with it."""
    ordered, awarded = row.ordered, row.awarded
    rows = [
        Bar("Bons de commande", ordered, words=_rounded(ordered)),
        Bar("Marchés signés", awarded, words=_rounded(awarded), pattern="hatched"),
    ]
    if row.maximum_eur is None or row.without_ttc:
        return rows
    left = max(row.maximum_eur - ordered - awarded, Decimal(0))
    return [*rows, Bar("Reste sous le maximum", left, words=_rounded(left), pattern="empty")]


def _rounded(amount: Decimal) -> str:
    """To the euro: beside a bar there is no place for cents, which the table gives."""
    return f"{number_text(amount.quantize(Decimal(1), rounding=ROUND_HALF_UP))}\u00a0€"


@login_required
@once
def vehicle_create(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    require(vehicles_abilities(actor), "create")
    form = VehicleForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            vehicle = create_vehicle(actor=actor, **form.cleaned_data)
        except RuleBroken as error:
            put_refusal(form, error)
        else:
            messages.success(request, f"Support d’achat {vehicle.reference} enregistré.")
            return redirect(vehicle)
    listed = reverse("procurement:vehicles")
    context = {
        "title": "Enregistrer un support d’achat",
        "lead": "Un bon de commande nomme le support par lequel l’administration achète.",
        "form": form,
        "button_label": "Enregistrer le support",
        "cancel_url": listed,
        "breadcrumb_data": breadcrumb(
            ("Commandes", reverse("procurement:orders")), ("Supports d’achat", listed), current="Enregistrer"
        ),
    }
    return render(request, "pages/form.html", context, status=400 if form.is_bound else 200)
