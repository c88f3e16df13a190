"""Which signatures an order, or a change of its contract, needs: of the chain in force when it is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.tax_basis import Amounts, TaxBasis
from marketplace.ui.typography import euros
from procurement.approval.enums import Sensitivity
from procurement.approval.subjects import Signable, amounts_of, new_signature, order_of, unknown_tax_remedy
from procurement.models import ApprovalChain, ApprovalStep
from procurement.obligations import required_schemes


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What a step's conditions read. An offer whose model nobody told fits every condition on models."""

    amounts: Amounts
    service_models: frozenset[str]
    is_sensitive: bool


def applies(step: ApprovalStep, facts: OrderFacts) -> bool:
    """An amount that is not known in the basis of the step reaches it: unknown is never under."""
    amount = facts.amounts.stated(step.from_basis)
    if amount is not None and amount < step.from_eur:
        return False
    return _concerns(step, facts)


def is_unjudged(step: ApprovalStep, facts: OrderFacts) -> bool:
    """Whether the step applies cannot be told from what is known of the amount."""
    unknown = step.from_eur > 0 and facts.amounts.stated(step.from_basis) is None
    return unknown and _concerns(step, facts)


def _concerns(step: ApprovalStep, facts: OrderFacts) -> bool:
    if step.sensitivity == Sensitivity.SENSITIVE and not facts.is_sensitive:
        return False
    wanted = set(step.service_models)
    return not wanted or not facts.service_models or bool(wanted & facts.service_models)


def facts_of(subject: Signable) -> OrderFacts:
    """One query, for the project's obligations; one more for the amount of a change."""
    order = order_of(subject)
    return OrderFacts(
        amounts=amounts_of(subject),
        service_models=frozenset(order.offer.service_models or ()),
        is_sensitive="secnumcloud" in required_schemes(order.project),
    )


def chain_of(organisation_id: int, *, on: dt.date) -> ApprovalChain | None:
    found = ApprovalChain.objects.filter(organisation_id=organisation_id)
    return found.in_force(on).prefetch_related("steps").first()


def chain_refusal(subject: Signable) -> str:
    """Empty, or why the chain in force cannot tell who signs: asked before signatures are."""
    chain = chain_of(order_of(subject).buyer_id, on=timezone.localdate())
    steps = chain.steps.all() if chain is not None else []
    if all(step.from_basis == TaxBasis.HT for step in steps):
        return ""
    facts = facts_of(subject)
    step = next((each for each in steps if is_unjudged(each, facts)), None)
    if step is None:
        return ""
    least = euros(step.from_eur, tax=step.from_basis)
    why = f"Une étape du circuit d’approbation commence à {least} et le total TTC n’est pas connu."
    return f"{why} {unknown_tax_remedy(subject)}"


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
