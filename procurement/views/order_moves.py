"""One page per move of an order: read what will happen, then do it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from marketplace.accounts.abilities import allowed
from marketplace.accounts.actors import Actor
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from marketplace.ui.typography import UNKNOWN, date_text, euros
from procurement.abilities_orders import order_abilities
from procurement.actions import orders
from procurement.enums_orders import OrderState
from procurement.forms.orders import CommitForm
from procurement.forms.versioned import ReasonForm
from procurement.models import Order
from procurement.order_opinions import opinions_complete
from procurement.views.act_pages import ActPage, Acts
from procurement.views.order_find import visible_order


def _approved(order: Order) -> str:
    if order.state == OrderState.AWAITING_APPROVAL:
        return "Signature enregistrée. Une autre est attendue."
    return "Bon de commande approuvé. Le service financier saisit maintenant le numéro d’engagement."


ACTS = Acts(
    {
        "demander-les-avis": ActPage(
            "request_opinions",
            orders.request_opinions,
            "Demander les avis du RSSI et du DPO",
            "Avis demandés. Le bon de commande passera à l’approbation avec le second avis.",
            lead="Le contenu est figé pendant les avis et l’approbation. Le reprendre en brouillon les "
            "annule.",
        ),
        "demander-l-approbation": ActPage(
            "request_approval",
            orders.request_approval,
            "Demander l’approbation",
            "Approbation demandée.",
        ),
        "approuver": ActPage(
            "approve",
            orders.approve,
            "Approuver le bon de commande",
            _approved,
            lead="Vous approuvez exactement ce contenu\u00a0: tout changement annulera votre approbation.",
        ),
        "refuser-d-approuver": ActPage(
            "reject",
            orders.reject,
            "Refuser d’approuver",
            "Refus enregistré. Les personnes qui ont rédigé sont prévenues.",
            ReasonForm,
        ),
        "engager": ActPage(
            "commit",
            orders.commit,
            "Saisir le numéro d’engagement",
            "Numéro d’engagement enregistré. Le bon de commande peut être envoyé.",
            CommitForm,
        ),
        "envoyer": ActPage(
            "send",
            orders.send,
            "Envoyer au fournisseur",
            "Bon de commande envoyé.",
            lead="À l’envoi, le numéro est attribué, le PDF figé et les statuts de l’offre revérifiés.",
        ),
        "accuser-reception": ActPage(
            "acknowledge",
            orders.acknowledge,
            "Accuser réception",
            "Réception accusée. Le contrat est ouvert.",
            lead="L’accusé de réception ouvre le contrat, aux prix et aux dates du bon de commande.",
        ),
        "refuser": ActPage(
            "refuse",
            orders.refuse,
            "Refuser le bon de commande",
            "Refus enregistré. L’administration est prévenue.",
            ReasonForm,
        ),
        "reprendre": ActPage(
            "reopen",
            orders.reopen,
            "Reprendre en brouillon",
            "Le bon de commande est de nouveau un brouillon.",
            ReasonForm,
            lead="Avis, approbation et numéro d’engagement ne compteront plus.",
        ),
        "annuler": ActPage(
            "cancel",
            orders.cancel,
            "Annuler le bon de commande",
            "Bon de commande annulé.",
            ReasonForm,
        ),
    },
    abilities=order_abilities,
    url_name="procurement:order_move",
)
# By move: the words of its address, then those of its button where they are not its title.
ADDRESSES = {page.name: words for words, page in ACTS.pages.items()}
BUTTONS = {
    "request_opinions": "Demander les avis",
    "approve": "Approuver {amount}",
    "reject": "Refuser et dire pourquoi",
    "refuse": "Refuser et dire pourquoi",
}
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
    names = [name for name in ADDRESSES if name in possible]
    first = next((name for name in PRIMARY if name in names), "")
    names.sort(key=lambda name: name != first)
    return [
        Button(_button_words(order, name), move_url(order, name), primary=name == first) for name in names
    ]


def move_url(order: Order, name: str) -> str:
    return reverse("procurement:order_move", args=[order.number, ADDRESSES[name]])


def _button_words(order: Order, name: str) -> str:
    ttc, ht = order.total_eur_ttc, order.total_eur_ht
    amount = euros(ttc, tax="TTC") if ttc is not None else euros(ht, tax="HT")
    words = BUTTONS.get(name) or ACTS.pages[ADDRESSES[name]].title
    return words.format(amount=amount)


@login_required
@once
def order_move(request: HttpRequest, number: str, slug: str) -> HttpResponse:
    order = visible_order(request, number)
    here = order.get_absolute_url()
    return ACTS.serve(
        request,
        order,
        slug,
        about=lambda page: {
            "title": f"{page.title} — {order.number}",
            "facts": order_facts(order),
            "button_label": _button_words(order, page.name),
            "cancel_label": "Revenir au bon de commande",
            "breadcrumb_data": breadcrumb(
                ("Commandes", reverse("procurement:orders")), (order.number, here), current=page.title
            ),
        },
    )


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
