"""Which signatures an order needs, from the chain in force the day its approval is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.accounts.enums import Role
from procurement.approval.enums import Sensitivity
from procurement.budgets.amounts import committed_amounts
from procurement.models import ApprovalChain, ApprovalStep, OrderApproval
from procurement.obligations import required_schemes

if TYPE_CHECKING:
    from procurement.models import Order


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What a step's conditions read. An offer whose model nobody told fits every condition on models."""

    amount_eur_ht: Decimal
    service_models: frozenset[str]
    is_sensitive: bool


def applies(step: ApprovalStep, facts: OrderFacts) -> bool:
    if facts.amount_eur_ht < step.from_eur_ht:
        return False
    if step.sensitivity == Sensitivity.SENSITIVE and not facts.is_sensitive:
        return False
    wanted = set(step.service_models)
    return not wanted or not facts.service_models or bool(wanted & facts.service_models)


def facts_of(order: Order) -> OrderFacts:
    """One query, for the project's obligations."""
    return OrderFacts(
        amount_eur_ht=committed_amounts(order).ht,
        service_models=frozenset(order.offer.service_models or ()),
        is_sensitive="secnumcloud" in required_schemes(order.project),
    )


def chain_of(organisation_id: int, *, on: dt.date) -> ApprovalChain | None:
    found = ApprovalChain.objects.filter(organisation_id=organisation_id)
    return found.in_force(on).prefetch_related("steps").first()


def ask_signatures(order: Order) -> list[OrderApproval]:
    """Write the awaited signatures, in place of those of an earlier round. Call under the order's lock.

    Without a chain, one approver signs. A version that comes into force later changes nothing here.
    """
    void_signatures(order)
    chain = chain_of(order.buyer_id, on=timezone.localdate())
    roles: Iterable[str] = (Role.APPROVER,)
    if chain is not None:
        facts = facts_of(order)
        roles = [step.role for step in chain.steps.all() if applies(step, facts)]
    return OrderApproval.objects.bulk_create(
        OrderApproval(order=order, chain=chain, position=position, role=role)
        for position, role in enumerate(roles, start=1)
    )


def void_signatures(order: Order) -> None:
    """Nothing signed before counts any more."""
    order.approvals.living().update(voided_at=timezone.now())
