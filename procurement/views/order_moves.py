"""One page per move of an order: read what will happen, then do it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from marketplace.accounts.abilities import allowed, require
from marketplace.accounts.actors import Actor
from marketplace.errors import NotVisible, RuleBroken
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import UNKNOWN, date_text, euros
from procurement.abilities_orders import order_abilities
from procurement.actions import orders
from procurement.forms.orders import CommitForm
from procurement.forms.refusals import put_refusal
from procurement.forms.versioned import ReasonForm, VersionedForm
from procurement.models import Order
from procurement.order_opinions import opinions_complete
from procurement.views.find import actor_of
from procurement.views.order_find import posted, visible_order


@dataclass(frozen=True, slots=True)
class MovePage:
    """`slug` in the address; `said` once done. `button` may hold the amount."""

    slug: str
    act: Callable[..., Order]
    button: str
    title: str
    said: str
    lead: str = ""
    form: type[VersionedForm] = VersionedForm
    danger: bool = False


PAGES = {
    "request_opinions": MovePage(
        "demander-les-avis",
        orders.request_opinions,
        "Demander les avis",
        "Demander les avis du RSSI et du DPO",
        "Avis demandés. Le bon de commande passera à l’approbation avec le second avis.",
        "Le contenu est figé pendant les avis et l’approbation. Le reprendre en brouillon les annule.",
    ),
    "request_approval": MovePage(
        "demander-l-approbation",
        orders.request_approval,
        "Demander l’approbation",
        "Demander l’approbation",
        "Approbation demandée.",
    ),
    "approve": MovePage(
        "approuver",
        orders.approve,
        "Approuver {amount}",
        "Approuver le bon de commande",
        "Bon de commande approuvé. Le service financier saisit maintenant le numéro d’engagement.",
        "Vous approuvez exactement ce contenu\u00a0: tout changement annulera votre approbation.",
    ),
    "reject": MovePage(
        "refuser-d-approuver",
        orders.reject,
        "Refuser et dire pourquoi",
        "Refuser d’approuver",
        "Refus enregistré. Les personnes qui ont rédigé sont prévenues.",
        form=ReasonForm,
    ),
    "commit": MovePage(
        "engager",
        orders.commit,
        "Saisir le numéro d’engagement",
        "Saisir le numéro d’engagement",
        "Numéro d’engagement enregistré. Le bon de commande peut être envoyé.",
        form=CommitForm,
    ),
    "send": MovePage(
        "envoyer",
        orders.send,
        "Envoyer au fournisseur",
        "Envoyer au fournisseur",
        "Bon de commande envoyé.",
        "À l’envoi, le numéro est attribué, le PDF figé et les statuts de l’offre revérifiés.",
    ),
    "acknowledge": MovePage(
        "accuser-reception",
        orders.acknowledge,
        "Accuser réception",
        "Accuser réception",
        "Réception accusée. Le contrat est ouvert.",
        "L’accusé de réception ouvre le contrat, aux prix et aux dates du bon de commande.",
    ),
    "refuse": MovePage(
        "refuser",
        orders.refuse,
        "Refuser et dire pourquoi",
        "Refuser le bon de commande",
        "Refus enregistré. L’administration est prévenue.",
        form=ReasonForm,
    ),
    "reopen": MovePage(
        "reprendre",
        orders.reopen,
        "Reprendre en brouillon",
        "Reprendre en brouillon",
        "Le bon de commande est de nouveau un brouillon.",
        "Avis, approbation et numéro d’engagement ne compteront plus.",
        form=ReasonForm,
    ),
    "cancel": MovePage(
        "annuler",
        orders.cancel,
        "Annuler le bon de commande",
        "Annuler le bon de commande",
        "Bon de commande annulé.",
        form=ReasonForm,
        danger=True,
    ),
}
BY_SLUG = {page.slug: name for name, page in PAGES.items()}
# Shown first when possible; the others are secondary.
PRIMARY = ("acknowledge", "approve", "commit", "send", "request_approval", "request_opinions")


@dataclass(frozen=True, slots=True)
class Button:
    label: str
    url: str
    primary: bool


def buttons_for(order: Order, *, actor: Actor, verdicts: dict[str, str]) -> list[Button]:
    """Moves that both the state and the person allow; at most one is primary, and it comes first."""
    possible = {move.name for move in order.available_moves() if allowed(verdicts, move.name)}
    if "request_approval" in possible and not opinions_complete(order):
        possible.discard("request_approval")
    if order.vehicle_id is not None:
        possible.discard("refuse")
    names = [name for name in PAGES if name in possible]
    first = next((name for name in PRIMARY if name in names), "")
    names.sort(key=lambda name: name != first)
    return [
        Button(_button_words(order, name), move_url(order, name), primary=name == first) for name in names
    ]


def move_url(order: Order, name: str) -> str:
    return reverse("procurement:order_move", args=[order.number, PAGES[name].slug])


def _button_words(order: Order, name: str) -> str:
    ttc, ht = order.total_eur_ttc, order.total_eur_ht
    amount = euros(ttc, tax="TTC") if ttc is not None else euros(ht, tax="HT")
    return PAGES[name].button.format(amount=amount)


@login_required
@once
def order_move(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    name = BY_SLUG.get(slug)
    if name is None:
        raise NotVisible()
    actor = actor_of(request)
    order = visible_order(request, number)
    require(order_abilities(actor, order), name)
    order.check_move(name)
    page = PAGES[name]
    form = page.form(posted(request), initial={"version": order.version})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            page.act(order, actor=actor, expected_version=values.pop("version", None), **values)
        except RuleBroken as error:
            put_refusal(form, error)
        else:
            messages.success(request, page.said)
            return redirect("procurement:order", number)
    status = 400 if form.is_bound else 200
    return render(request, "pages/confirm.html", _context(order, name, form), status=status)


def _context(order: Order, name: str, form: VersionedForm) -> dict[str, Any]:
    page, here = PAGES[name], reverse("procurement:order", args=[order.number])
    return {
        "title": f"{page.title} — {order.number}",
        "lead": page.lead,
        "facts": order_facts(order),
        "form": form,
        "button_label": _button_words(order, name),
        "danger": page.danger,
        "cancel_url": here,
        "cancel_label": "Revenir au bon de commande",
        "breadcrumb_data": breadcrumb(
            ("Commandes", reverse("procurement:orders")), (order.number, here), current=page.title
        ),
    }


def order_facts(order: Order) -> list[tuple[str, str]]:
    starts, ends = order.starts_on, order.ends_on
    period = f"du {date_text(starts)} au {date_text(ends)}" if starts and ends else UNKNOWN
    return [
        ("Offre", f"{order.offer.name}, {order.supplier.name}"),
        ("Administration", order.buyer.name),
        ("Période", period),
        ("Total HT", euros(order.total_eur_ht, tax="HT")),
        ("Total TTC", euros(order.total_eur_ttc, tax="TTC")),
    ]
