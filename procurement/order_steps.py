"""The life of an order as steps with words: who holds it, what was done when, what branched off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.ui.drawings import Step
from marketplace.ui.typography import NBSP, UNKNOWN, date_text, plural
from procurement.enums import OpinionKind
from procurement.enums_orders import ContractPhase, ContractState, OrderState

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from procurement.models import Contract, Opinion, Order, OrderApproval

ROAD = (
    (OrderState.DRAFT, "Rédigé"),
    (OrderState.AWAITING_OPINIONS, "Avis"),
    (OrderState.AWAITING_APPROVAL, "Approbation"),
    (OrderState.APPROVED, "Approuvé"),
    (OrderState.COMMITTED, "Engagé"),
    (OrderState.SENT, "Envoyé"),
    (OrderState.ACKNOWLEDGED, "Réception accusée"),
)
CONTRACT_ROAD = (
    (ContractState.ACTIVE, "En cours"),
    (ContractState.ENDING, "Fin proche"),
    (ContractState.ENDED, "Terminé"),
)
_RANK = {state: rank for rank, (state, _) in enumerate(ROAD)}


def state_sentence(order: Order, *, approvers: list[User]) -> str:
    """Who holds the order now, and since when."""
    answered = _day(order.answered_at)
    holders = {
        OrderState.DRAFT: "Brouillon. Rien ne part au fournisseur avant l’approbation.",
        OrderState.AWAITING_OPINIONS: f"En attente des avis du RSSI et du DPO {_since(order)}.",
        OrderState.AWAITING_APPROVAL: f"En attente de l’approbation {_of(approvers)} {_since(order)}.",
        OrderState.APPROVED: f"Approuvé. En attente du numéro d’engagement {_since(order)}.",
        OrderState.COMMITTED: f"Engagé. Prêt à être envoyé au fournisseur {_since(order)}.",
        OrderState.SENT: f"Envoyé. Réponse attendue du fournisseur jusqu’au {_day(order.reply_due_on)}.",
        OrderState.ACKNOWLEDGED: f"Le fournisseur a accusé réception le {answered}.",
        OrderState.REFUSED: f"Refusé par le fournisseur le {answered}{NBSP}: {order.refusal_reason}",
        OrderState.REJECTED: f"Refusé avant envoi{NBSP}: {order.rejection_reason}",
        OrderState.CANCELLED: f"Annulé le {_day(order.state_since)}.",
        OrderState.REPLACED: f"Remplacé le {_day(order.state_since)} par la contre-proposition acceptée.",
    }
    return holders[OrderState(order.state)]


def _of(people: list[User]) -> str:
    if not people:
        return "d’une personne habilitée à ce montant (aucune connue)"
    return "de " + " ou de ".join(str(person) for person in people)


def _since(order: Order) -> str:
    days = (timezone.localdate() - timezone.localdate(order.state_since)).days
    return f"depuis {plural(days, one='jour', many='jours')}" if days > 0 else "depuis aujourd’hui"


def _day(value: dt.date | None) -> str:
    return date_text(value) if value is not None else UNKNOWN


def order_steps(
    order: Order,
    *,
    opinions: dict[str, Opinion],
    approvers: list[User],
    signatures: Sequence[OrderApproval] = (),
) -> list[Step]:
    """Every step with its word; a refusal or a cancellation is a branch after the last one done."""
    reached = _reached(order)
    open_road = order.state in _RANK
    steps = []
    for rank, (state, label) in enumerate(ROAD):
        children = _opinion_steps(order, opinions) if state == OrderState.AWAITING_OPINIONS else ()
        if state == OrderState.AWAITING_APPROVAL:
            children = _signature_steps(signatures)
        if rank < reached or (rank == reached and state in {OrderState.ACKNOWLEDGED, *_POINTS}):
            steps.append(Step(label, "done", _done_word(order, state), children=children))
        elif rank == reached and open_road:
            word = (
                f"en cours, chez {_names(approvers)}" if state == OrderState.AWAITING_APPROVAL else "en cours"
            )
            steps.append(Step(label, "current", word, children=children))
        elif open_road:
            current = rank == reached + 1 and ROAD[reached][0] in _POINTS
            steps.append(Step(label, "current" if current else "todo", "à faire" if current else "à venir"))
    return steps + _branch(order)


# States that say « this is done »: the step after them is the one to do.
_POINTS = frozenset({OrderState.APPROVED, OrderState.COMMITTED, OrderState.SENT})


def _reached(order: Order) -> int:
    if order.state in _RANK:
        return _RANK[OrderState(order.state)]
    if order.sent_at is not None:
        return _RANK[OrderState.ACKNOWLEDGED]
    if order.approved_at is not None:
        return _RANK[OrderState.COMMITTED]
    if order.state == OrderState.REJECTED:
        return _RANK[OrderState.AWAITING_APPROVAL]
    return _RANK[OrderState.AWAITING_OPINIONS]


def _names(people: list[User]) -> str:
    return " ou ".join(str(person) for person in people) or "une personne habilitée"


def _done_word(order: Order, state: str) -> str:
    dates = {
        OrderState.DRAFT: order.created_at,
        OrderState.APPROVED: order.approved_at,
        OrderState.SENT: order.sent_at,
        OrderState.ACKNOWLEDGED: order.answered_at,
    }
    day = dates.get(OrderState(state))
    return f"fait le {date_text(day)}" if day is not None else "fait"


def _opinion_steps(order: Order, opinions: dict[str, Opinion]) -> tuple[Step, ...]:
    """Awaited only while they are: the supplier, who does not read the avis, is told nothing of them."""
    steps = []
    for kind in OpinionKind:
        opinion = opinions.get(kind)
        if opinion is None:
            if order.state == OrderState.AWAITING_OPINIONS:
                steps.append(Step(kind.label, "todo", "avis attendu"))
        else:
            day = date_text(opinion.given_at)
            word = f"{opinion.get_verdict_display().lower()} le {day} par {opinion.given_by}"
            steps.append(Step(kind.label, "done", word))
    return tuple(steps)


def _signature_steps(signatures: Sequence[OrderApproval]) -> tuple[Step, ...]:
    """Only where several are asked: one alone is the step itself."""
    if len(signatures) < 2:
        return ()
    steps = []
    for each in signatures:
        if each.signed_at is None:
            steps.append(Step(each.get_role_display(), "todo", "signature attendue"))
            continue
        word = f"signé le {date_text(each.signed_at)} par {each.signed_by}"
        if each.delegation is not None:
            word += f", à la place de {each.delegation.giver}"
        steps.append(Step(each.get_role_display(), "done", word))
    return tuple(steps)


def _branch(order: Order) -> list[Step]:
    day = _day(order.state_since)
    if order.state == OrderState.REJECTED:
        return [Step("Non approuvé", "refused", f"refusé le {day}{NBSP}: {order.rejection_reason}")]
    if order.state == OrderState.REFUSED:
        return [
            Step("Refusé par le fournisseur", "refused", f"refusé le {day}{NBSP}: {order.refusal_reason}")
        ]
    if order.state == OrderState.CANCELLED:
        return [Step("Annulé", "cancelled", f"annulé le {day}")]
    if order.state == OrderState.REPLACED:
        return [Step("Remplacé", "cancelled", f"contre-proposition acceptée le {day}")]
    return []


def contract_steps(contract: Contract, *, on: dt.date) -> list[Step]:
    """To come, in progress, ending, ended; a termination is a branch."""
    state = contract.state_on(on)
    if state == ContractPhase.UPCOMING:
        begins = Step("À venir", "current", f"commence le {date_text(contract.starts_on)}")
        return [begins, *(Step(label, "todo", "à venir") for _, label in CONTRACT_ROAD)]
    if state == ContractState.TERMINATED:
        day = _day(contract.closed_on)
        signed = f"depuis le {date_text(contract.signed_at)}"
        return [
            Step("En cours", "done", signed),
            Step("Résilié", "cancelled", f"résilié le {day}{NBSP}: {contract.end_reason}"),
        ]
    ranks = [step for step, _ in CONTRACT_ROAD]
    reached = ranks.index(ContractState(state))
    words = {-1: "fait", 0: "en cours", 1: "à venir"}
    steps = []
    for rank, (_, label) in enumerate(CONTRACT_ROAD):
        side = (rank > reached) - (rank < reached)
        over = state == ContractState.ENDED and rank == reached
        begun = state == ContractState.ACTIVE and side == 0
        kind = "done" if side < 0 or over else "current" if side == 0 else "todo"
        word = f"le {_day(contract.closed_on or contract.ends_on)}" if over else words[side]
        steps.append(Step(label, kind, f"depuis le {date_text(contract.starts_on)}" if begun else word))
    return steps
