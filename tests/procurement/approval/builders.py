from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import Role
from marketplace.accounts.models import Membership, Organisation
from procurement.approval.chains import StepTerms, create_chain
from procurement.approval.delegations import delegate
from procurement.models import ApprovalChain, SignatureDelegation
from tests.builders import make_member


def step(role: str, amount: str = "0.00", **conditions: Any) -> StepTerms:
    return StepTerms(role=role, from_eur=Decimal(amount), **conditions)


def make_chain(
    organisation: Organisation,
    *steps: StepTerms,
    valid_from: dt.date | None = None,
    actor: Actor | None = None,
) -> ApprovalChain:
    actor = actor or Actor.of(make_member(Role.ORGANISATION_ADMIN, organisation=organisation))
    return create_chain(actor=actor, valid_from=valid_from or timezone.localdate(), steps=steps)


def make_delegation(giver: Membership, holder: Membership, **values: Any) -> SignatureDelegation:
    today = timezone.localdate()
    terms = {
        "role": Role.APPROVER,
        "starts_on": today,
        "ends_on": today + dt.timedelta(days=10),
        "reference": "Arrêté d’essai",
        "reason": "Congés",
        **values,
    }
    return delegate(actor=Actor.of(giver), giver=giver.user, holder=holder.user, **terms)
