"""Which signatures an order, or a change of its contract, needs: of the chain in force when it is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone

from marketplace.accounts.enums import Role
from procurement.approval.enums import Sensitivity
from procurement.approval.subjects import Signable, amount_of, new_signature, order_of
from procurement.models import ApprovalChain, ApprovalStep
from procurement.obligations import required_schemes


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


def facts_of(subject: Signable) -> OrderFacts:
    """One query, for the project's obligations; one more for the amount of a change."""
    order = order_of(subject)
    return OrderFacts(
        amount_eur_ht=amount_of(subject),
        service_models=frozenset(order.offer.service_models or ()),
        is_sensitive="secnumcloud" in required_schemes(order.project),
    )


def chain_of(organisation_id: int, *, on: dt.date) -> ApprovalChain | None:
    found = ApprovalChain.objects.filter(organisation_id=organisation_id)
    return found.in_force(on).prefetch_related("steps").first()


def ask_signatures(subject: Signable) -> list[Any]:
    """Write the awaited signatures, in place of those of an earlier round. Call under its lock.

    Without a chain, one approver signs. A version that comes into force later changes nothing here.
    """
    void_signatures(subject)
    chain = chain_of(order_of(subject).buyer_id, on=timezone.localdate())
    roles: Iterable[str] = (Role.APPROVER,)
    if chain is not None:
        facts = facts_of(subject)
        roles = [step.role for step in chain.steps.all() if applies(step, facts)]
    asked: list[Any] = [
        new_signature(subject, chain=chain, position=position, role=role)
        for position, role in enumerate(roles, start=1)
    ]
    return subject.approvals.bulk_create(asked)


def void_signatures(subject: Signable) -> None:
    """Nothing signed before counts any more."""
    subject.approvals.living().update(voided_at=timezone.now())
