"""`/supports-d-achat/SUP-…/modifier/`: a vehicle corrected, with what another person wrote meanwhile."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from marketplace.accounts.abilities import require
from marketplace.errors import RuleBroken, VersionStale
from marketplace.ui.once import once
from procurement.abilities_orders import vehicle_abilities
from procurement.actions.vehicle_edits import edit_vehicle, is_leant_on
from procurement.forms.refusals import put_refusal
from procurement.forms.vehicles import VehicleEditForm, initial_of
from procurement.views.find import actor_of, posted
from procurement.views.vehicles import trail, visible


@login_required
@once
def edit(request: HttpRequest, number: str) -> HttpResponse:
    vehicle, actor = visible(request, number), actor_of(request)
    require(vehicle_abilities(actor, vehicle), "edit")
    leant_on = is_leant_on(vehicle)
    form = VehicleEditForm(posted(request), initial=initial_of(vehicle), vehicle=vehicle, leant_on=leant_on)
    if form.is_bound and form.is_valid():
        terms = {name: value for name, value in form.cleaned_data.items() if name != "version"}
        try:
            edit_vehicle(vehicle, actor=actor, expected_version=form.cleaned_data["version"], **terms)
        except VersionStale:
            form.told_stale(visible(request, number))
        except RuleBroken as refused:
            put_refusal(form, refused)
        else:
            messages.success(request, "Support d’achat modifié.")
            return redirect(vehicle)
    held = " Des achats s’y appuient : sa nature et son titulaire dans le catalogue ne changent plus."
    context = {
        "title": "Modifier le support d’achat",
        "lead": f"{vehicle}, {vehicle.get_kind_display().lower()}.{held if leant_on else ''}",
        "form": form,
        "button_label": "Enregistrer",
        "cancel_url": vehicle.get_absolute_url(),
        "breadcrumb_data": trail(vehicle, current="Modifier"),
    }
    return render(request, "pages/form.html", context, status=400 if form.errors else 200)
