"""The life of an order: one function per move, called by pages and by the API alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.abilities import require
from marketplace.accounts.enums import Role
from marketplace.errors import MoveRefused, NotAllowed, RuleBroken
from marketplace.events.bus import emit
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from marketplace.ui.typography import date_text, euros
from marketplace.working_days import add_working_days
from procurement.abilities_orders import approval_refusal, order_abilities
from procurement.actions.contracts import create_from_order
from procurement.actions.order_checks import (
    missing_before_opinions,
    refuse_changed_content,
    refuse_changed_supplier,
    refuse_expired_price,
    refuse_lost_offer,
)
from procurement.approval.people import signers_for
from procurement.approval.signing import awaited_step, right_to_sign, sign
from procurement.approval.steps import ask_signatures, void_signatures
from procurement.budgets.enums import ReleaseReason
from procurement.budgets.ledger import engage, release
from procurement.enums_orders import OrderState
from procurement.models import Contract, Order, OrderMessage
from procurement.negotiation.agreed import lapse
from procurement.order_opinions import opinions_complete
from procurement.order_people import people_holding, supplier_managers
from procurement.pdf.purchase_order import store_purchase_order, store_ubl

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.accounts.models import User

# How long the supplier has to answer, in working days; shown on the order and in the message.
REPLY_WORKING_DAYS = 10
COMMITMENT_NUMBER = re.compile(r"[0-9A-Za-z][0-9A-Za-z/_-]{2,29}")


def order_url(order: Order) -> str:
    return reverse("procurement:order", args=[order.number])


def request_opinions(order: Order, *, actor: Actor, expected_version: int | None = None) -> Order:
    """Raises RuleBroken naming every field still missing."""

    def apply(row: Order) -> None:
        missing = missing_before_opinions(row)
        if missing:
            first = next(iter(missing.values()))[0]
            raise RuleBroken("order_incomplete", first, fields=missing)
        row.opinions_requested_at = timezone.now()

    with transaction.atomic():
        order.perform("request_opinions", actor=actor, apply=apply, expected_version=expected_version)
        officers = people_holding(order.buyer_id, Role.SECURITY_OFFICER, Role.DATA_OFFICER)
        _tell(
            order,
            officers,
            subject=f"Avis demandé sur {order.number}",
            body="Donnez votre avis sur ce bon de commande.",
        )
    return order


def request_approval(order: Order, *, actor: Actor, expected_version: int | None = None) -> Order:
    """Both avis are needed; raises MoveRefused while one is missing."""

    def apply(row: Order) -> None:
        if not opinions_complete(row):
            raise MoveRefused(
                "opinions_missing", "Il manque l’avis du RSSI ou celui du DPO. Attendez les deux avis."
            )
        ask_signatures(row)

    with transaction.atomic():
        order.perform("request_approval", actor=actor, apply=apply, expected_version=expected_version)
        _tell(
            order,
            signers_for(order),
            subject=f"Bon de commande {order.number} à approuver",
            body=f"{euros(order.total_eur_ht, tax='HT')}, offre «\u00a0{order.offer.name}\u00a0».",
        )
    return order


def advance_after_opinion(order: Order, *, actor: Actor) -> Order:
    """Called when an avis was recorded: with the second one, the order goes on to approval."""
    if order.state == OrderState.AWAITING_OPINIONS and opinions_complete(order):
        request_approval(order, actor=actor)
    return order


def approve(order: Order, *, actor: Actor, expected_version: int | None = None) -> Order:
    """Sign the step that waits; the last signature approves, binds the content and takes the ceilings.

    Role, delegation, authorship and ceilings are judged under the order's lock, on what the database says.
    """
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if row.approvals.awaited().count() > 1:
            return _sign_step(order, actor=actor, expected_version=expected_version)
        return _approve(order, actor=actor, expected_version=expected_version)


def _sign_step(order: Order, *, actor: Actor, expected_version: int | None) -> Order:
    def apply(row: Order) -> None:
        row.check_move("approve")
        _sign(row, actor=actor)

    order.touch("sign_step", actor=actor, apply=apply, expected_version=expected_version)
    _tell(
        order,
        signers_for(order),
        subject=f"Bon de commande {order.number} à signer",
        body=f"{euros(order.total_eur_ht, tax='HT')}, offre «\u00a0{order.offer.name}\u00a0».",
    )
    return order


def _sign(row: Order, *, actor: Actor) -> None:
    step = awaited_step(row)
    right = right_to_sign(actor, row, step.role if step is not None else Role.APPROVER)
    if right.refusal:
        raise NotAllowed("not_allowed", right.refusal)
    sign(row, step, actor=actor, right=right)


def _approve(order: Order, *, actor: Actor, expected_version: int | None) -> Order:
    def apply(row: Order) -> None:
        _sign(row, actor=actor)
        refuse_expired_price(row, on=timezone.localdate())
        engage(row, actor=actor)
        row.approved_by, row.approved_at = actor.user, timezone.now()
        row.approved_hash = row.content_hash()

    order.perform(
        "approve",
        actor=actor,
        apply=apply,
        expected_version=expected_version,
        detail={"total_eur_ht": order.total_eur_ht},
    )
    _tell(
        order,
        people_holding(order.buyer_id, Role.FINANCE),
        subject=f"Numéro d’engagement attendu pour {order.number}",
        body=f"Bon de commande approuvé, {euros(order.total_eur_ht, tax='HT')}.",
    )
    _tell(
        order,
        _authors(order),
        subject=f"{order.number} est approuvé",
        body="Il attend son numéro d’engagement.",
    )
    return order


def reject(order: Order, *, actor: Actor, reason: str, expected_version: int | None = None) -> Order:
    def apply(row: Order) -> None:
        refusal = approval_refusal(actor, row, ceiling=False)
        if refusal:
            raise NotAllowed("not_allowed", refusal)
        row.rejection_reason = reason

    with transaction.atomic():
        order.perform("reject", actor=actor, reason=reason, apply=apply, expected_version=expected_version)
        _tell(order, _authors(order), subject=f"{order.number} est refusé", body=f"Motif\u00a0: {reason}")
    return order


def commit(
    order: Order, *, actor: Actor, commitment_number: str, expected_version: int | None = None
) -> Order:
    number = commitment_number.strip()
    if not COMMITMENT_NUMBER.fullmatch(number):
        raise RuleBroken(
            "commitment_number_malformed",
            "Un numéro d’engagement compte de 3 à 30 chiffres, lettres, tirets ou barres, sans espace.",
            field="commitment_number",
        )

    def apply(row: Order) -> None:
        refuse_changed_content(row)
        row.commitment_number = number

    with transaction.atomic():
        order.perform("commit", actor=actor, apply=apply, expected_version=expected_version)
        _tell(
            order,
            _authors(order),
            subject=f"{order.number} est engagé",
            body="Vous pouvez l’envoyer au fournisseur.",
        )
    return order


def send(order: Order, *, actor: Actor, expected_version: int | None = None) -> Order:
    """Number, PDF and message to the supplier, after a last check of offer and statuses under lock."""

    def apply(row: Order) -> None:
        refuse_changed_content(row)
        refuse_changed_supplier(row)
        refuse_lost_offer(row, on=timezone.localdate())
        refuse_expired_price(row, on=timezone.localdate())
        row.sent_number = next_number(f"BC-{row.buyer.number}")
        row.sent_at = timezone.now()
        row.reply_due_on = add_working_days(timezone.localdate(), REPLY_WORKING_DAYS)
        row.document = store_purchase_order(row, actor=actor)
        row.ubl = store_ubl(row, actor=actor)

    with transaction.atomic():
        order.perform("send", actor=actor, apply=apply, expected_version=expected_version)
        emit("order.sent", {"order": order.pk, "offer": order.offer_id, "buyer": order.buyer_id})
        due = date_text(order.reply_due_on) if order.reply_due_on else ""
        _tell(
            order,
            supplier_managers(order),
            subject=f"Bon de commande {order.sent_number} reçu",
            body=f"{order.buyer} vous adresse un bon de commande. Répondez au plus tard le {due}.",
        )
    return order


def acknowledge(order: Order, *, actor: Actor, expected_version: int | None = None) -> Order:
    """The contract is created in the same transaction; statuses are judged again under lock."""

    def apply(row: Order) -> None:
        refuse_lost_offer(row, on=timezone.localdate())
        row.answered_by, row.answered_at = actor.user, timezone.now()

    with transaction.atomic():
        order.perform("acknowledge", actor=actor, apply=apply, expected_version=expected_version)
        lapse(order, actor=actor)
        contract: Contract = create_from_order(order, actor=actor)
        emit("order.acknowledged", {"order": order.pk, "contract": contract.pk})
        _tell(
            order,
            _both_hands(order),
            subject=f"Réception de {order.sent_number} accusée",
            body=f"Le contrat {contract.number} est ouvert.",
        )
    return order


def refuse_negotiation(order: Order) -> None:
    """Raises MoveRefused under a vehicle: competition came before, its holder acknowledges."""
    if order.vehicle is not None:
        raise MoveRefused(
            "no_refusal_under_vehicle",
            f"Ce bon de commande exécute « {order.vehicle.reference} » : son titulaire en accuse réception, "
            "sans le refuser ni le négocier. Écrivez à l’administration par les messages.",
        )


def refuse(order: Order, *, actor: Actor, reason: str, expected_version: int | None = None) -> Order:
    def apply(row: Order) -> None:
        refuse_negotiation(row)
        row.answered_by, row.answered_at, row.refusal_reason = actor.user, timezone.now(), reason
        release(row, reason=ReleaseReason.REFUSED)

    with transaction.atomic():
        order.perform("refuse", actor=actor, reason=reason, apply=apply, expected_version=expected_version)
        lapse(order, actor=actor)
        _tell(
            order,
            _both_hands(order),
            subject=f"{order.sent_number} est refusé par le fournisseur",
            body=f"Motif\u00a0: {reason}",
        )
    return order


def cancel(order: Order, *, actor: Actor, reason: str, expected_version: int | None = None) -> Order:
    def apply(row: Order) -> None:
        release(row, reason=ReleaseReason.CANCELLED)

    with transaction.atomic():
        was_sent = order.sent_at is not None
        order.perform("cancel", actor=actor, reason=reason, apply=apply, expected_version=expected_version)
        lapse(order, actor=actor)
        people = supplier_managers(order) if was_sent else []
        _tell(order, people, subject=f"{order.sent_number} est annulé", body=f"Motif\u00a0: {reason}")
    return order


def reopen(order: Order, *, actor: Actor, reason: str = "", expected_version: int | None = None) -> Order:
    """Back to the draft: approval, commitment number and the requests for avis no longer count."""

    def apply(row: Order) -> None:
        row.approved_by, row.approved_at, row.approved_hash = None, None, ""
        row.commitment_number, row.opinions_requested_at = "", None
        row.rejection_reason = ""
        release(row, reason=ReleaseReason.REOPENED)
        void_signatures(row)

    return order.perform("reopen", actor=actor, reason=reason, apply=apply, expected_version=expected_version)


def write_message(order: Order, *, actor: Actor, body: str) -> OrderMessage:
    """One line of the exchange; opened by the sending. Raises NotAllowed, MoveRefused."""
    require(order_abilities(actor, order), "write_message")
    refuse_unsent(order)
    if actor.user is None or actor.organisation is None:
        raise NotAllowed("not_allowed", "Un message est écrit par une personne.")
    with transaction.atomic():
        message = OrderMessage.objects.create(
            order=order, author=actor.user, organisation=actor.organisation, body=body
        )
        others = supplier_managers(order) if actor.organisation.pk == order.buyer_id else _both_hands(order)
        _tell(order, others, subject=f"Message sur {order.sent_number}", body=body)
    return message


def refuse_unsent(order: Order) -> None:
    if order.sent_at is None:
        raise MoveRefused("order_not_sent", "Les messages s’ouvrent à l’envoi du bon de commande.")


def _authors(order: Order) -> list[User]:
    return list(order.authors.all())


def _both_hands(order: Order) -> list[User]:
    """Authors and the person who approved."""
    return [*_authors(order), *([order.approved_by] if order.approved_by else [])]


def _tell(order: Order, people: list[User], *, subject: str, body: str) -> None:
    notify(people, subject=subject, body=body, url=order_url(order))
