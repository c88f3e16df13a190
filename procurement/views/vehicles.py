from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from marketplace.accounts.abilities import require
from marketplace.errors import RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.abilities_orders import vehicles_abilities
from procurement.actions.vehicles import create_vehicle
from procurement.forms.refusals import put_refusal
from procurement.forms.vehicles import VehicleForm
from procurement.models import PurchasingVehicle
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
    vehicles = rows.with_engaged().order_by("title", "pk")
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
            return redirect("procurement:vehicles")
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
