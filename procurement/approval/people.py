"""Who may sign the step that waits: told, named on the page, and shown on their desk."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import RoleGrant, User
from procurement.budgets.amounts import committed_amounts
from procurement.models import SignatureDelegation

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Order


def signers_for(order: Order) -> list[User]:
    """By name: those who hold the role with a ceiling that fits, and who sign for one; authors never."""
    step = order.approvals.awaited().first()
    role = step.role if step is not None else Role.APPROVER
    today, authors = timezone.localdate(), order.authors.all()
    holding = RoleGrant.objects.in_force(today).filter(
        role=role,
        membership__organisation_id=order.buyer_id,
        membership__ended_at__isnull=True,
        membership__user__is_active=True,
    )
    if role == Role.APPROVER:
        holding = holding.filter(ceiling_eur_ht__gte=committed_amounts(order).ht)
    able = holding.exclude(membership__user__in=authors).values("membership__user_id")
    delegated = SignatureDelegation.objects.in_force(today).filter(
        organisation_id=order.buyer_id, role=role, giver__in=able
    )
    people = User.objects.filter(Q(pk__in=able) | Q(pk__in=delegated.values("holder_id")), is_active=True)
    return list(people.exclude(pk__in=authors.values("pk")).order_by("full_name", "pk"))


def signing_powers(actor: Actor) -> dict[str, Decimal | None]:
    """Each role that this person may sign with today, and up to which amount (None: no ceiling). One query,
    and one more under a delegation. For lists: signing itself judges again."""
    if actor.user is None or actor.organisation is None:
        return {}
    powers: dict[str, Decimal | None] = {}
    for grant in actor.grants:
        _add(powers, grant.role, grant.ceiling_eur_ht)
    today = timezone.localdate()
    delegations = SignatureDelegation.objects.in_force(today).filter(
        organisation=actor.organisation, holder=actor.user
    )
    for role, giver in delegations.values_list("role", "giver_id"):
        grants = RoleGrant.objects.in_force(today).filter(
            role=role, membership__user_id=giver, membership__organisation=actor.organisation
        )
        for grant in grants:
            _add(powers, grant.role, grant.ceiling_eur_ht)
    return powers if actor.scopes is None else {r: c for r, c in powers.items() if r in actor.scopes}


def _add(powers: dict[str, Decimal | None], role: str, ceiling: Decimal | None) -> None:
    if role != Role.APPROVER:
        powers[role] = None
    elif ceiling is not None:
        powers[role] = max(ceiling, powers.get(role) or Decimal(0))
