"""Who may sign the step that waits: told, named on the page, and shown on their desk."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import RoleGrant, User
from procurement.approval.subjects import Signable, amount_of, order_of, writers_of
from procurement.models import SignatureDelegation

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.readings import Reading


def signers_for(subject: Signable) -> list[User]:
    """By name: those who hold the role with a ceiling that fits, and who sign for one; authors never."""
    step = subject.approvals.awaited().first()
    role = step.role if step is not None else Role.APPROVER
    today, buyer_id = timezone.localdate(), order_of(subject).buyer_id
    authors = [person.pk for person in writers_of(subject)]
    holding = RoleGrant.objects.in_force(today).filter(
        role=role,
        membership__organisation_id=buyer_id,
        membership__ended_at__isnull=True,
        membership__user__is_active=True,
    )
    if role == Role.APPROVER:
        holding = holding.filter(ceiling_eur_ht__gte=amount_of(subject))
    able = holding.exclude(membership__user__in=authors).values("membership__user_id")
    delegated = SignatureDelegation.objects.in_force(today).filter(
        organisation_id=buyer_id, role=role, giver__in=able
    )
    people = User.objects.filter(Q(pk__in=able) | Q(pk__in=delegated.values("holder_id")), is_active=True)
    return list(people.exclude(pk__in=authors).order_by("full_name", "pk"))


def signing_powers(actor: Actor) -> Reading[dict[str, Decimal | None]]:
    """Each role that this person may sign with today, and up to which amount (None: no ceiling). One round.
    For lists: signing itself judges again."""
    if actor.user is None or actor.organisation is None:
        return {}
    (delegated,) = yield [_delegated(actor)]
    powers: dict[str, Decimal | None] = {}
    for grant in (*actor.grants, *delegated):
        _add(powers, grant.role, grant.ceiling_eur_ht)
    return powers if actor.scopes is None else {r: c for r, c in powers.items() if r in actor.scopes}


def _delegated(actor: Actor) -> QuerySet[RoleGrant]:
    """The grants in force of those whom this person signs for, in the roles they gave them."""
    today = timezone.localdate()
    given = SignatureDelegation.objects.in_force(today).filter(
        organisation=actor.organisation,
        holder=actor.user,
        role=OuterRef("role"),
        giver=OuterRef("membership__user"),
    )
    theirs = RoleGrant.objects.in_force(today).filter(membership__organisation=actor.organisation)
    return theirs.filter(Exists(given))


def _add(powers: dict[str, Decimal | None], role: str, ceiling: Decimal | None) -> None:
    if role != Role.APPROVER:
        powers[role] = None
    elif ceiling is not None:
        powers[role] = max(ceiling, powers.get(role) or Decimal(0))
