"""What waits on the desk around orders and contracts, for each role that holds them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.ui.desk import SOON, DeskRow, Rows, one_row_each
from marketplace.ui.typography import euros
from procurement.approval.people import Powers, signing_powers, waiting_for
from procurement.budgets.amounts import taxed_in_sql
from procurement.desk_scope import about
from procurement.enums_orders import ContractState, OrderState
from procurement.models import Contract, ContractReview, CounterProposal, Opinion, Order, OrderApproval
from procurement.models.opinion import ROLE_OF_KIND
from procurement.models.order import OrderQuerySet
from procurement.views.order_moves import move_url

MOST = 50
NOTICE_WARNING, START_WARNING = dt.timedelta(days=120), dt.timedelta(days=30)


def purchase_rows(actor: Actor) -> list[Rows]:
    """One reading for each role held, one more for what is signed; none for the others."""
    if actor.organisation is None or actor.user is None:
        return []
    if actor.is_supplier:
        return [_to_acknowledge(actor)] if actor.has(Role.SUPPLIER_MANAGER) else []
    if not actor.is_buyer:
        return []
    rows = [_to_advise(actor, kind=kind) for kind, role in ROLE_OF_KIND.items() if actor.has(role)]
    rows.append(_to_approve(actor))
    if actor.has(Role.FINANCE):
        rows.append(_to_commit(actor))
    if actor.has(Role.REQUESTER):
        rows += [_mine(actor), *contract_rows(actor)]
    return rows


def contract_rows(actor: Actor, *, contract: Contract | None = None) -> list[Rows]:
    """Of contracts that I follow: a status lost, a date that comes. On the page of a contract, a row leads to
    the act itself."""
    if not actor.is_buyer or actor.user is None or not actor.has(Role.REQUESTER):
        return []
    return [_reviews(actor, contract), _notices(actor, contract)]


def _listed(orders: OrderQuerySet) -> OrderQuerySet:
    """The longest wait first, with what a row says."""
    return orders.select_related("buyer", "offer").order_by("state_since", "pk")[:MOST]


def _row(
    order: Order, *, expected: str, button: str, url: str = "", due_on: dt.date | None = None
) -> DeskRow:
    return DeskRow(
        object_label=f"{order.number} {order.offer.name}",
        url=url or reverse("procurement:order", args=[order.number]),
        expected=expected,
        due_on=due_on,
        since=order.state_since,
        button=button,
    )


def _to_advise(actor: Actor, *, kind: str) -> Rows:
    given = Opinion.objects.filter(
        order=OuterRef("pk"), kind=kind, given_at__gte=OuterRef("opinions_requested_at")
    )
    waiting = Order.objects.visible_to(actor).filter(~Exists(given), state=OrderState.AWAITING_OPINIONS)
    return one_row_each(
        _listed(waiting),
        lambda order: _row(
            order,
            expected="Donner un avis sur le bon de commande",
            button="Donner mon avis",
            url=reverse("procurement:order_opinion", args=[order.number, kind]),
        ),
    )


def _to_approve(actor: Actor) -> Rows:
    """Those I did not write, whose next signature is mine or that I give for another person."""
    powers = yield from signing_powers(actor)
    if not powers:
        return []
    own = OrderApproval.objects.filter(order=OuterRef("pk"))
    awaited, signed = own.awaited().values("role")[:1], own.bound_to_others().signed_for(actor.user)
    waiting = (
        Order.objects.visible_to(actor)
        .filter(state=OrderState.AWAITING_APPROVAL)
        .annotate(awaited=Subquery(awaited))
        .alias(asked=Coalesce("maximum_eur_ht", "total_eur_ht"))
        .alias(asked_ttc=taxed_in_sql("asked"))
        .filter(waiting_for(powers))
        .exclude(authors=actor.user)
        .exclude(Exists(signed))
    )
    return (
        yield from one_row_each(
            _listed(waiting),
            lambda order: _row(order, expected=_to_sign(order, powers), button="Examiner le bon de commande"),
        )
    )


def _to_sign(order: Any, powers: Powers) -> str:
    """`awaited` is annotated."""
    amount, ceilings = euros(order.total_eur_ht, tax="HT"), powers.get(Role.APPROVER)
    if order.awaited == Role.APPROVER and ceilings:
        told = " ou ".join(euros(ceiling, tax=basis) for basis, ceiling in sorted(ceilings.items()))
        return f"Approuver {amount} (votre plafond\u00a0: {told})"
    return f"Signer un bon de commande de {amount}"


def _to_commit(actor: Actor) -> Rows:
    return one_row_each(
        _listed(Order.objects.visible_to(actor).filter(state=OrderState.APPROVED)),
        lambda order: _row(
            order,
            expected=f"Saisir le numéro d’engagement, {euros(order.total_eur_ht, tax='HT')}",
            button="Saisir le numéro d’engagement",
            url=move_url(order, "commit"),
        ),
    )


def _mine(actor: Actor) -> Rows:
    """Orders I wrote and whose next act is mine."""
    words = {
        OrderState.DRAFT: ("Terminer le bon de commande", "Continuer la rédaction"),
        OrderState.REJECTED: ("Reprendre ou annuler le bon de commande refusé", "Lire le refus"),
        OrderState.COMMITTED: ("Envoyer au fournisseur", "Envoyer au fournisseur"),
        OrderState.SENT: ("Décider de la contre-proposition", "Voir le bon de commande"),
    }
    proposed = Exists(CounterProposal.objects.proposed().filter(order=OuterRef("pk")))
    mine = Order.objects.visible_to(actor).filter(state__in=list(words), authors=actor.user)
    return one_row_each(
        _listed(mine.filter(~Q(state=OrderState.SENT) | proposed)),
        lambda order: _row(
            order, expected=words[OrderState(order.state)][0], button=words[OrderState(order.state)][1]
        ),
    )


def _to_acknowledge(actor: Actor) -> Rows:
    return one_row_each(
        _listed(Order.objects.visible_to(actor).filter(state=OrderState.SENT)),
        lambda order: _row(
            order,
            expected=f"Répondre au bon de commande de {order.buyer.name}",
            button="Accuser réception",
            due_on=order.reply_due_on,
        ),
    )


def _reviews(actor: Actor, contract: Contract | None) -> Rows:
    """Statuses lost on contracts I follow, still to be decided."""
    open_ones = ContractReview.objects.filter(
        about(contract),
        contract__in=Contract.objects.visible_to(actor).running(),
        contract__owners=actor.user,
        decision="",
    ).select_related("contract__offer")
    return one_row_each(
        open_ones.order_by("opened_on", "pk")[:MOST],
        lambda review: DeskRow(
            object_label=f"{review.contract.number} {review.contract.offer.name}",
            url=reverse("procurement:contract", args=[review.contract.number])
            if contract is None
            else reverse("procurement:contract_review", args=[contract.number, review.uuid]),
            expected=f"Décider de la suite\u00a0: {review.get_kind_display().lower()}",
            due_on=review.notice_on,
            since=timezone.make_aware(dt.datetime.combine(review.opened_on, dt.time())),
            button="Décider de la suite",
        ),
    )


def _notices(actor: Actor, contract: Contract | None) -> Rows:
    """Contracts I follow whose notice date comes within 120 days, or that begin within 30."""
    today = timezone.localdate()
    begins = Q(state=ContractState.ACTIVE, starts_on__gt=today, starts_on__lte=today + START_WARNING)
    followed = (
        Contract.objects.visible_to(actor)
        .running()
        .filter(
            Q(notice_months__isnull=False) | begins,
            about(contract, "pk"),
            owners=actor.user,
            ends_on__gte=today,
        )
    )
    return one_row_each(
        followed.select_related("offer").order_by("ends_on", "pk")[:MOST],
        lambda row: _contract_date(row, today, inside=contract is not None),
    )


def _contract_date(contract: Contract, today: dt.date, *, inside: bool) -> DeskRow | None:
    """The next date to act before, if it is near."""
    if contract.notice_on is not None and today <= contract.notice_on <= today + NOTICE_WARNING:
        expected, due_on = "Dénoncer ou laisser courir le contrat", contract.notice_on
        act, button = "contract_move", "Annoncer la fin"
    elif today < contract.starts_on <= today + START_WARNING:
        expected = "Préparer le début du contrat" if inside else "Préparer le début du contrat, à venir"
        due_on = contract.starts_on
        act, button = "security_checklist", "Voir la liste de sécurité"
    else:
        return None
    return DeskRow(
        object_label=f"{contract.number} {contract.offer.name}",
        url=_of_act(contract, act) if inside else reverse("procurement:contract", args=[contract.number]),
        expected=expected,
        due_on=due_on,
        button=button if inside else "",
        zone=SOON,
    )


def _of_act(contract: Contract, name: str) -> str:
    words = [contract.number, *(["annoncer-la-fin"] if name == "contract_move" else [])]
    return reverse(f"procurement:{name}", args=words)
