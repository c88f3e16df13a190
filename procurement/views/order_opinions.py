"""The avis of the RSSI and of the DPO on an order."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from marketplace.accounts.abilities import require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.abilities import opinion_refusal
from procurement.actions.opinions import advise_on_order
from procurement.enums import OpinionKind
from procurement.forms.answers import OpinionForm
from procurement.models import Order
from procurement.models.opinion import ROLE_OF_KIND
from procurement.views.find import actor_of
from procurement.views.order_find import posted, visible_order
from procurement.views.order_moves import order_facts


def opinion_links(order: Order, *, actor: Actor) -> list[tuple[str, str]]:
    """(words, address) of the avis this person may give."""
    return [
        (f"Donner l’avis du {kind.label}", reverse("procurement:order_opinion", args=[order.number, kind]))
        for kind in OpinionKind
        if actor.has(ROLE_OF_KIND[kind])
    ]


@login_required
@once
def order_opinion(request: HttpRequest, number: str, kind: str) -> HttpResponse:
    if kind not in OpinionKind.values:
        raise NotVisible()
    actor = actor_of(request)
    order = visible_order(request, number)
    require({"give": opinion_refusal(actor, kind=kind, organisation_id=order.buyer_id)}, "give")
    form = OpinionForm(posted(request))
    if request.method == "POST" and form.is_valid():
        advise_on_order(order, actor=actor, kind=kind, **form.cleaned_data)
        messages.success(request, "Avis enregistré. L’approbation s’ouvre quand les deux avis sont là.")
        return redirect("procurement:order", number)
    here = reverse("procurement:order", args=[number])
    title = f"Donner l’avis du {OpinionKind(kind).label}"
    context = {
        "title": f"{title} — {order.number}",
        "lead": "Votre avis est montré à la personne qui approuve. Défavorable, il ne bloque pas.",
        "facts": order_facts(order),
        "form": form,
        "button_label": "Donner mon avis",
        "cancel_url": here,
        "cancel_label": "Revenir au bon de commande",
        "breadcrumb_data": breadcrumb(
            ("Commandes", reverse("procurement:orders")), (order.number, here), current=title
        ),
    }
    return render(request, "pages/confirm.html", context, status=400 if form.is_bound else 200)
