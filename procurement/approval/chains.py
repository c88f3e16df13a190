"""Writing a version of the chain. Versions are dated and never changed: orders keep theirs."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from marketplace.audit.journal import record
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.numbering import next_number
from marketplace.tax_basis import TaxBasis
from procurement.approval.enums import BINDING_ROLES, MOST_STEPS, SIGNING_ROLES, Sensitivity
from procurement.models import ApprovalChain, ApprovalStep

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

LARGEST = Decimal("999999999999.99")


@dataclass(frozen=True, slots=True)
class StepTerms:
    role: str
    from_eur: Decimal = Decimal("0.00")
    from_basis: str = TaxBasis.HT
    service_models: tuple[str, ...] = ()
    sensitivity: str = Sensitivity.ANY


def create_chain(
    *, actor: Actor, valid_from: dt.date, steps: Sequence[StepTerms], distinct_signers: bool = True
) -> ApprovalChain:
    """A new version of the actor's administration. Raises RuleBroken naming `valid_from` or `steps`."""
    if actor.organisation is None or actor.user is None or not actor.is_buyer:
        raise NotAllowed("not_allowed", "Un circuit d’approbation est écrit par une personne.")
    if valid_from < timezone.localdate():
        message = "Un circuit ne vaut pas pour le passé. Choisissez aujourd’hui ou une date à venir."
        raise RuleBroken("chain_in_the_past", message, field="valid_from")
    _check_steps(steps)
    with transaction.atomic():
        chain = ApprovalChain.objects.create(
            number=next_number("CIR"),
            organisation=actor.organisation,
            valid_from=valid_from,
            distinct_signers=distinct_signers,
            created_by=actor.user,
        )
        ApprovalStep.objects.bulk_create(
            ApprovalStep(
                chain=chain,
                position=position,
                role=step.role,
                from_eur=step.from_eur,
                from_basis=step.from_basis,
                service_models=list(step.service_models),
                sensitivity=step.sensitivity,
            )
            for position, step in enumerate(steps, start=1)
        )
        roles = [step.role for step in steps]
        told = {"valid_from": valid_from, "roles": roles, "distinct_signers": distinct_signers}
        record(chain, "create", actor=actor, detail=told)
    return chain


def _check_steps(steps: Sequence[StepTerms]) -> None:
    if not 1 <= len(steps) <= MOST_STEPS:
        message = f"Un circuit compte de 1 à {MOST_STEPS} étapes."
        raise RuleBroken("steps_count", message, field="steps")
    for position, step in enumerate(steps, start=1):
        if step.role not in SIGNING_ROLES:
            raise RuleBroken("step_role", f"Étape {position} : choisissez un rôle.", field="steps")
        if not step.from_eur.is_finite() or not 0 <= step.from_eur <= LARGEST:
            message = f"Étape {position} : le montant va de 0 à 999 999 999 999,99 €."
            raise RuleBroken("step_amount", message, field="steps")
    if not any(step.role in BINDING_ROLES and _always(step) for step in steps):
        raise RuleBroken(
            "no_binding_step",
            "Une étape au moins vaut pour tout bon de commande et revient au valideur ou à l’ordonnateur, "
            "sans condition.",
            field="steps",
        )


def _always(step: StepTerms) -> bool:
    return not step.from_eur and not step.service_models and step.sensitivity == Sensitivity.ANY
