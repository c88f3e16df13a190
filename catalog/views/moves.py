"""The offer's own moves, each a page: GET to read, POST to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.actions import suspensions
from catalog.forms.marks import ReasonForm
from catalog.models import Offer
from catalog.views.finding import actor_of, on_offer
from catalog.views.sheet import trail
from marketplace.ui.once import once

Move = Callable[..., Offer]


def _page(move: str, act: Move, *, title: str, lead: str, button: str, done: str, after: str = "") -> Any:
    """A view for one move with a reason. `after`: where to go when the page itself is gone."""

    @once
    @on_offer(ability=move)
    def view(request: HttpRequest, *, offer: Offer) -> HttpResponse:
        offer.check_move(move)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            act(offer, actor=actor_of(request), reason=form.cleaned_data["reason"])
            messages.success(request, done)
            return redirect(after or offer.get_absolute_url())
        context = {
            "title": title,
            "lead": lead,
            "facts": [
                ("Offre", offer.name),
                ("Fournisseur", offer.supplier.name),
                ("État", offer.get_state_display()),
            ],
            "form": form,
            "button_label": button,
            "cancel_url": offer.get_absolute_url(),
            "breadcrumb_data": trail(offer, part=title),
        }
        return render(request, "pages/confirm.html", context, status=400 if form.errors else 200)

    return view


@once
@on_offer(ability="suspend")
def suspend(request: HttpRequest, *, offer: Offer) -> HttpResponse:
    """Two clicks: the link of the sheet or of a dossier, then this page, effects read first."""
    offer.check_move("suspend")
    seen = suspensions.read_suspension([offer])
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        suspensions.suspend_offer(
            offer,
            actor=actor_of(request),
            reason=form.cleaned_data["reason"],
            sha256=request.POST.get("sha256", ""),
        )
        messages.success(request, "Offre suspendue. Elle ne peut plus être commandée.")
        return redirect(offer)
    context = {
        "title": f"Suspendre {offer.name} à titre conservatoire",
        "offer": offer,
        "preview": seen.preview,
        "sentence": seen.preview.sentence("Cette suspension"),
        "sha256": seen.sha256,
        "form": form,
        "breadcrumb_data": trail(offer, part="Suspendre"),
    }
    return render(request, "catalog/suspend_offer.html", context, status=400 if form.errors else 200)


lift = _page(
    "lift",
    suspensions.lift_offer,
    title="Lever la suspension",
    lead="L’offre redevient référencée et peut de nouveau être commandée.",
    button="Lever la suspension",
    done="Suspension levée.",
)
withdraw = _page(
    "withdraw",
    Offer.withdraw,
    title="Retirer l’offre",
    lead="La fiche ne sera plus visible que des titulaires d’une commande ou d’un contrat. "
    "Les autres liront la date et le motif.",
    button="Retirer l’offre",
    done="Offre retirée.",
    after="/offres/",
)
remove = _page(
    "remove",
    Offer.remove,
    title="Supprimer l’offre",
    lead="La fiche disparaît pour tout le monde. Son adresse dira la date et le motif.",
    button="Supprimer l’offre",
    done="Offre supprimée.",
    after="/offres/",
)
