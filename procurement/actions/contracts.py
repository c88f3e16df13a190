"""A contract's beginning and ends, and the decision on what a lost status opened."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from catalog.models import EffectiveTrust, OfferVersion
from marketplace.accounts.actors import system_actor
from marketplace.accounts.enums import Role
from marketplace.audit.journal import record
from marketplace.errors import MoveRefused, NotAllowed
from marketplace.notifications.outbox import notify
from marketplace.numbering import next_number
from marketplace.ui.typography import date_text
from procurement.enums_orders import RUNNING_CONTRACTS
from procurement.models import Contract, ContractReview, Order
from procurement.order_people import people_holding
from procurement.publication.actions import draft_if_due

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

# Answers of the offer that say how to leave; copied, because the offer changes after signature.
EXIT_ANSWERS = (
    "exit_notice_months",
    "exit_transition_days",
    "exit_transition_reason",
    "exit_retrieval_days",
    "exit_formats",
    "exit_egress_eur_ht_per_gb",
)


LONGEST_NOTICE = Decimal(60)


def create_from_order(order: Order, *, actor: Actor) -> Contract:
    """Call in the transaction of the acknowledgement. Owners: authors and the person who approved."""
    if order.starts_on is None or order.ends_on is None:
        raise MoveRefused("order_incomplete", "Le bon de commande n’a pas de dates.")
    exit_terms = exit_terms_of(order.offer_version)
    contract = Contract.objects.create(
        number=next_number("CTR"),
        order=order,
        buyer=order.buyer,
        supplier=order.supplier,
        offer=order.offer,
        offer_version=order.offer_version,
        signed_at=timezone.now(),
        starts_on=order.starts_on,
        ends_on=order.ends_on,
        notice_months=_months(exit_terms.get("exit_notice_months")),
        exit_terms=exit_terms,
        signed_trust=trust_today(order),
    )
    contract.owners.set(order.authors.all())
    if order.approved_by is not None:
        contract.owners.add(order.approved_by)
    contract.journal_creation(actor=actor, detail={"order": order.number})
    draft_if_due(contract, actor=actor)
    return contract


def exit_terms_of(version: OfferVersion) -> dict[str, Any]:
    """The answered exit questions only; an absent key is unknown."""
    return {key: version.answers[key] for key in EXIT_ANSWERS if version.answers.get(key) is not None}


def trust_today(order: Order) -> list[dict[str, Any]]:
    """Effective statuses by today's clock, to be shown for ever as those of the signature; one query."""
    today = timezone.localdate()
    rows = EffectiveTrust.objects.filter(offer_id=order.offer_id).order_by("scheme")
    return [
        {
            "scheme": row.scheme,
            "status": str(row.status_on(today)),
            "valid_until": row.valid_until.isoformat() if row.valid_until else None,
        }
        for row in rows
    ]


def _months(value: Any) -> Decimal | None:
    """As the answer holds it (a number or its text); None when it is unknown or makes no sense."""
    try:
        months = Decimal(str(value))
    except InvalidOperation:
        return None
    return months if months.is_finite() and 0 <= months <= LONGEST_NOTICE else None


def announce_end(
    contract: Contract, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> Contract:
    return contract.start_ending(actor=actor, reason=reason, expected_version=expected_version)


def end_contract(
    contract: Contract, *, actor: Actor, reason: str = "", expected_version: int | None = None
) -> Contract:
    """Ended today. Raises MoveRefused while the last day is still to come: that is a termination."""
    today = timezone.localdate()
    if contract.ends_on > today:
        raise MoveRefused(
            "contract_running",
            f"Le contrat court jusqu’au {date_text(contract.ends_on)}. Pour en sortir avant, résiliez-le.",
        )
    return contract.end(actor=actor, on=today, reason=reason, expected_version=expected_version)


def terminate_contract(
    contract: Contract, *, actor: Actor, reason: str, expected_version: int | None = None
) -> Contract:
    """Both sides are told."""
    with transaction.atomic():
        contract.terminate(
            actor=actor, on=timezone.localdate(), reason=reason, expected_version=expected_version
        )
        people = people_holding(contract.supplier.organisation_id, Role.SUPPLIER_MANAGER)
        notify(
            [*people, *contract.owners.all()],
            subject=f"Contrat {contract.number} résilié",
            body=f"Motif\u00a0: {reason}",
            url=reverse("procurement:contract", args=[contract.number]),
        )
    return contract


def close_due_contracts(*, on: dt.date) -> int:
    """Journal the contracts whose last day has passed; safe to run twice. Pages do not wait for it."""
    closed = 0
    for contract in Contract.objects.past_end(on).order_by("pk"):
        try:
            contract.end(
                actor=system_actor("beat"), on=contract.ends_on, reason="Dernier jour du contrat passé."
            )
        except MoveRefused:  # somebody ended it in the meantime
            continue
        closed += 1
    return closed


def refuse_undecidable(review: ContractReview) -> None:
    """Raises MoveRefused once it is decided or the contract is over."""
    if review.decision:
        raise MoveRefused("review_decided", "La suite de cette perte de statut est déjà décidée.")
    if review.contract.state not in RUNNING_CONTRACTS:
        raise MoveRefused("contract_over", "Ce contrat est clos : il n’y a plus rien à décider.")


def decide_review(review: ContractReview, *, actor: Actor, decision: str, reason: str) -> ContractReview:
    """Record what the administration decided, once. Raises MoveRefused when it is already decided."""
    if actor.user is None:
        raise NotAllowed("not_allowed", "Cette décision revient à une personne.")
    with transaction.atomic():
        contract = Contract.objects.select_for_update(of=("self",)).get(pk=review.contract_id)
        locked = ContractReview.objects.get(pk=review.pk)
        locked.contract = contract
        refuse_undecidable(locked)
        locked.decision, locked.decision_reason = decision, reason
        locked.decided_by, locked.decided_at = actor.user, timezone.now()
        locked.save()
        record(contract, "decide_review", actor=actor, reason=reason, detail={"decision": decision})
    return locked
