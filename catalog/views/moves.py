"""The offer's own moves, each a page: GET to read, POST to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from catalog.forms.marks import ReasonForm
from catalog.models import Offer
from catalog.views.finding import actor_of, on_offer
from catalog.views.sheet import trail
from marketplace.ui.once import once

Move = Callable[..., Offer]


def _page(move: str, *, title: str, lead: str, button: str, done: str, after: str = "") -> Any:
    """A view for one move with a reason. `after`: where to go when the page itself is gone."""

    @once
    @on_offer(ability=move)
    def view(request: HttpRequest, *, offer: Offer) -> HttpResponse:
        offer.check_move(move)
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            act: Move = getattr(offer, move)
            act(actor=actor_of(request), reason=form.cleaned_data["reason"])
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


suspend = _page(
    "suspend",
    title="Suspendre à titre conservatoire",
    lead="C’est un acte de l’opérateur sur le référencement. Le statut des qualifications ne change pas.",
    button="Suspendre l’offre",
    done="Offre suspendue. Elle ne peut plus être commandée.",
)
lift = _page(
    "lift",
    title="Lever la suspension",
    lead="L’offre redevient référencée et peut de nouveau être commandée.",
    button="Lever la suspension",
    done="Suspension levée.",
)
withdraw = _page(
    "withdraw",
    title="Retirer l’offre",
    lead="La fiche ne sera plus visible que des titulaires d’une commande ou d’un contrat. "
    "Les autres liront la date et le motif.",
    button="Retirer l’offre",
    done="Offre retirée.",
    after="/offres/",
)
remove = _page(
    "remove",
    title="Supprimer l’offre",
    lead="La fiche disparaît pour tout le monde. Son adresse dira la date et le motif.",
    button="Supprimer l’offre",
    done="Offre supprimée.",
    after="/offres/",
)
