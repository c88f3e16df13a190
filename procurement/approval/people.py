"""Who may sign the step that waits: told, named on the page, and shown on their desk."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from marketplace.accounts.enums import Role
from marketplace.accounts.models import RoleGrant, User
from marketplace.tax_basis import TaxBasis
from procurement.approval.subjects import Signable, amounts_of, order_of, writers_of
from procurement.models import SignatureDelegation

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from marketplace.readings import Reading


def signers_for(subject: Signable) -> list[User]:
    """By name: those who hold the role with a ceiling that fits, and who sign for one; never authors, nor who
    signed another step of a chain that asks for distinct signers."""
    step = subject.approvals.awaited().first()
    role = step.role if step is not None else Role.APPROVER
    today, buyer_id = timezone.localdate(), order_of(subject).buyer_id
    barred = {person.pk for person in writers_of(subject)} | _bound(subject)
    holding = RoleGrant.objects.in_force(today).filter(
        role=role,
        membership__organisation_id=buyer_id,
        membership__ended_at__isnull=True,
        membership__user__is_active=True,
    )
    if role == Role.APPROVER:
        holding = holding.filter(_within(subject))
    able = holding.exclude(membership__user__in=barred).values("membership__user_id")
    delegated = SignatureDelegation.objects.in_force(today).filter(
        organisation_id=buyer_id, role=role, giver__in=able
    )
    people = User.objects.filter(Q(pk__in=able) | Q(pk__in=delegated.values("holder_id")), is_active=True)
    return list(people.exclude(pk__in=barred).order_by("full_name", "pk"))


def _bound(subject: Signable) -> set[int]:
    rows = subject.approvals.bound_to_others().values_list("signed_by_id", "delegation__giver_id")
    return {person for row in rows for person in row if person is not None}


def _within(subject: Signable) -> Q:
    """Ceilings that cover the amount, each in its own basis; unknown in one, none of that one does."""
    amounts = amounts_of(subject)
    within = Q(pk__in=())
    for basis in TaxBasis:
        amount = amounts.stated(basis)
        if amount is not None:
            within |= Q(ceiling_basis=basis, ceiling_eur__gte=amount)
    return within


# Up to which amount, by basis; None: no ceiling.
Powers = dict[str, dict[str, Decimal] | None]


def signing_powers(actor: Actor) -> Reading[Powers]:
    """Each role that this person may sign with today, and up to which amount. One round.
    For lists: signing itself judges again."""
    if actor.user is None or actor.organisation is None:
        return {}
    (delegated,) = yield [_delegated(actor)]
    powers: Powers = {}
    for grant in (*actor.grants, *delegated):
        _add(powers, grant)
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


def _add(powers: Powers, grant: RoleGrant) -> None:
    if grant.role != Role.APPROVER:
        powers[grant.role] = None
    elif grant.ceiling_eur is not None:
        ceilings = powers.setdefault(grant.role, {})
        assert ceilings is not None  # an approver always has one
        ceilings[grant.ceiling_basis] = max(grant.ceiling_eur, ceilings.get(grant.ceiling_basis, Decimal(0)))


def waiting_for(powers: Powers) -> Q:
    """Rows whose step that waits (`awaited`) those powers may sign, by their amount: `asked` without tax,
    `asked_ttc` with, None when it is not known."""
    able = Q(pk__in=())
    for role, ceilings in powers.items():
        if ceilings is None:
            able |= Q(awaited=role)
            continue
        for basis, ceiling in ceilings.items():
            able |= Q(awaited=role, **{f"{_ASKED[basis]}__lte": ceiling})
    return able


_ASKED = {TaxBasis.HT.value: "asked", TaxBasis.TTC.value: "asked_ttc"}
