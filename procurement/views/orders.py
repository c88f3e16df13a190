"""Lists and page of orders (S15): where an order stands, who holds it, what the reader may do."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from catalog.models import EffectiveTrust
from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.audit.models import AuditEvent
from marketplace.errors import NotVisible
from marketplace.files.store import download_response
from marketplace.ui.breadcrumb import breadcrumb
from marketplace.ui.once import once
from procurement.abilities_orders import order_abilities, orders_abilities
from procurement.actions.order_checks import trust_gaps
from procurement.actions.orders import write_message
from procurement.approval.people import signers_for
from procurement.approval.signing import awaited_role
from procurement.electronic.chorus import chorus_gaps
from procurement.enums_orders import OrderState
from procurement.forms.orders import MessageForm
from procurement.models import Order, OrderApproval
from procurement.negotiation.abilities import propose_ability
from procurement.negotiation.enums import CounterProposalState
from procurement.obligations import required_schemes
from procurement.order_opinions import current_opinions
from procurement.order_steps import order_steps, state_sentence
from procurement.supplier_change import order_sentence
from procurement.views.find import actor_of
from procurement.views.order_find import visible_order
from procurement.views.order_moves import buttons_for
from procurement.views.order_opinions import opinion_links

PAGE_SIZE = 20
HISTORY_LENGTH = 30
MOVE_WORDS = {
    "create": "Brouillon créé",
    "edit": "Contenu modifié",
    "flag_status_loss": "Perte de statut signalée",
    "request_opinions": "Avis demandés",
    "request_approval": "Approbation demandée",
    "sign_step": "Étape signée",
    "approve": "Approuvé",
    "reject": "Approbation refusée",
    "commit": "Engagé",
    "send": "Envoyé au fournisseur",
    "acknowledge": "Réception accusée",
    "refuse": "Refusé par le fournisseur",
    "reopen": "Repris en brouillon",
    "cancel": "Annulé",
}


@login_required
@require_safe
def order_list(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    rows = Order.objects.visible_to(actor).for_lists().order_by("-created_at", "-pk")
    state = request.GET.get("etat", "")
    if state in OrderState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "procurement/orders/list.html",
        {
            "page": page,
            "states": OrderState.choices,
            "state": state,
            "may_write": orders_abilities(actor)["create"] == "",
            "sells": actor.is_supplier,
            "breadcrumb_data": breadcrumb(current="Commandes"),
        },
    )


@login_required
@require_safe
def order_page(request: HttpRequest, number: str) -> HttpResponse:
    order = visible_order(request, number)
    return _page(request, order, form=MessageForm())


@login_required
@once
def order_message(request: HttpRequest, number: str) -> HttpResponse:
    """Adds a line to the exchange; shown again on the order's page."""
    order = visible_order(request, number)
    if request.method != "POST":
        return redirect("procurement:order", number)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _page(request, order, form=form, status=400)
    write_message(order, actor=actor_of(request), body=form.cleaned_data["body"])
    return redirect(reverse("procurement:order", args=[number]) + "#messages")


@login_required
@require_safe
def order_document(request: HttpRequest, number: str) -> HttpResponse:
    order = visible_order(request, number)
    if order.document is None:
        raise NotVisible()
    return download_response(order.document, actor=actor_of(request))


@login_required
@require_safe
def order_ubl(request: HttpRequest, number: str) -> HttpResponse:
    order = visible_order(request, number)
    if order.ubl is None:
        raise NotVisible()
    return download_response(order.ubl, actor=actor_of(request))


def _page(request: HttpRequest, order: Order, *, form: MessageForm, status: int = 200) -> HttpResponse:
    actor = actor_of(request)
    verdicts = order_abilities(actor, order)
    inside = _is_inside(actor, order)
    opinions = current_opinions(order) if inside else {}
    signatures = _signatures(order) if inside else []
    approvers = signers_for(order) if inside and order.state == OrderState.AWAITING_APPROVAL else []
    proposals = list(order.counter_proposals.all()) if order.sent_at else []
    context: dict[str, Any] = {
        "order": order,
        "inside": inside,
        "lines": list(order.lines.order_by("position", "pk")),
        "sentence": state_sentence(order, approvers=approvers),
        "steps": order_steps(order, opinions=opinions, approvers=approvers, signatures=signatures),
        "buttons": buttons_for(order, actor=actor, verdicts=verdicts),
        "why_not": _why_not(order, actor=actor, verdicts=verdicts),
        "opinions": list(opinions.values()),
        "opinion_links": _opinion_links(order, actor=actor) if inside else [],
        "gaps": _gaps(order) if inside else [],
        "chorus": chorus_gaps(order) if inside and order.sent_at is None else [],
        "trust": _trust(order),
        "flags": list(order.flags.all()) if inside else [],
        "supplier_change": order_sentence(order),
        "contract": getattr(order, "contract", None),
        "counter_proposals": proposals,
        "may_propose": order.state == OrderState.SENT
        and order.vehicle_id is None
        and propose_ability(actor, order) == ""
        and not any(each.state == CounterProposalState.PROPOSED for each in proposals),
        "messages_open": order.sent_at is not None,
        "order_messages": list(order.messages.select_related("author", "organisation")),
        "may_write_message": verdicts["write_message"] == "",
        "form": form,
        "history": _history(order) if inside else [],
        "breadcrumb_data": breadcrumb(("Commandes", reverse("procurement:orders")), current=order.number),
    }
    return render(request, "procurement/orders/page.html", context, status=status)


def _signatures(order: Order) -> list[OrderApproval]:
    return list(order.approvals.living().select_related("signed_by", "delegation__giver"))


def _is_inside(actor: Actor, order: Order) -> bool:
    """The buyer's members and the auditor read the avis and the history; the supplier does not."""
    if actor.has(Role.AUDITOR):
        return True
    return actor.organisation is not None and actor.organisation.pk == order.buyer_id


def _opinion_links(order: Order, *, actor: Actor) -> list[tuple[str, str]]:
    return opinion_links(order, actor=actor) if order.state == OrderState.AWAITING_OPINIONS else []


def _why_not(order: Order, *, actor: Actor, verdicts: dict[str, str]) -> str:
    """To who holds the role that signs and cannot sign this one, the reason; nothing to the others."""
    if order.state != OrderState.AWAITING_APPROVAL or not actor.has(awaited_role(order)):
        return ""
    return verdicts["approve"]


def _gaps(order: Order) -> list[Any]:
    return trust_gaps(order.offer, schemes=required_schemes(order.project), on=timezone.localdate())


def _trust(order: Order) -> list[tuple[str, str]]:
    """(scheme, status by today's clock) of the offer; one query."""
    today = timezone.localdate()
    rows = EffectiveTrust.objects.filter(offer_id=order.offer_id).order_by("scheme")
    return [(row.scheme, str(row.status_on(today))) for row in rows]


def _history(order: Order) -> list[dict[str, Any]]:
    """Newest first; a person erased leaves the line without a name."""
    events = (
        AuditEvent.objects.filter(object_type=Order._meta.label_lower, object_id=order.pk)
        .select_related("side")
        .order_by("-at", "-pk")[:HISTORY_LENGTH]
    )
    return [
        {
            "at": event.at,
            "what": MOVE_WORDS.get(event.what, event.what),
            "who": getattr(getattr(event, "side", None), "actor_label", "") or "personne effacée",
            "reason": getattr(getattr(event, "side", None), "reason", ""),
        }
        for event in events
    ]
