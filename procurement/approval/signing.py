"""May this person sign the step that waits, now: read again from the database, never from what was known."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.accounts.abilities import role_needed
from marketplace.accounts.enums import OrganisationState, Role
from marketplace.accounts.models import RoleGrant, User
from marketplace.errors import MoveRefused
from marketplace.ui.typography import euros
from procurement.budgets.amounts import committed_amounts
from procurement.models import OrderApproval, SignatureDelegation

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Order

OWN_ORDER = "Vous avez rédigé ce bon de commande\u00a0: une autre personne doit l’approuver."
GIVER_WROTE_IT = (
    "La personne qui vous a donné délégation a rédigé ce bon de commande\u00a0: une autre doit l’approuver."
)
OWN_CHANGE = "Vous avez écrit cet avenant\u00a0: une autre personne doit l’approuver."
NO_CEILING = "Cette délégation n’indique pas de plafond\u00a0: elle ne permet pas d’approuver un montant."


@dataclass(frozen=True, slots=True)
class Right:
    """`refusal` empty: may sign, under `delegation` when the role is another person's."""

    refusal: str
    delegation: SignatureDelegation | None = None


def awaited_step(order: Order) -> OrderApproval | None:
    """The signature that comes next; one query. None without any: one approver then signs."""
    return order.approvals.awaited().first()


def awaited_role(order: Order) -> str:
    step = awaited_step(order)
    return step.role if step is not None else Role.APPROVER


def right_to_sign(actor: Actor, order: Order, role: str, *, ceiling: bool = True) -> Right:
    """By the role held today, else by a delegation in force today. At most four queries."""
    if actor.user is None or not _acts_for(actor, order, role):
        return Right(role_needed(role))
    own = _grant(actor.user, order, role)
    if own is not None:
        if order.is_author(actor.user):
            return Right(OWN_ORDER)
        refusal = _ceiling_refusal(own, order) if ceiling else ""
        if not refusal:
            return Right("")
        delegated = _by_delegation(actor.user, order, role, ceiling=ceiling)
        return delegated if delegated is not None and not delegated.refusal else Right(refusal)
    delegated = _by_delegation(actor.user, order, role, ceiling=ceiling)
    return delegated if delegated is not None else Right(role_needed(role))


def _acts_for(actor: Actor, order: Order, role: str) -> bool:
    """For the administration that orders, itself with powers, and by a token that names the role."""
    organisation = actor.organisation
    if organisation is None or organisation.pk != order.buyer_id:
        return False
    if organisation.state != OrganisationState.VERIFIED:
        return False
    return actor.scopes is None or role in actor.scopes


def _grant(user: User, order: Order, role: str) -> RoleGrant | None:
    grants = RoleGrant.objects.in_force(timezone.localdate()).filter(
        role=role,
        membership__user=user,
        membership__organisation_id=order.buyer_id,
        membership__ended_at__isnull=True,
    )
    return grants.order_by("pk").first()


def _by_delegation(user: User, order: Order, role: str, *, ceiling: bool) -> Right | None:
    """None without any; else the first that lets them sign, or the last refusal."""
    found: Right | None = None
    delegations = SignatureDelegation.objects.in_force(timezone.localdate()).filter(
        organisation_id=order.buyer_id, role=role, holder=user
    )
    for delegation in delegations.for_pages().order_by("pk"):
        found = _judged(delegation, user, order, ceiling=ceiling)
        if not found.refusal:
            return found
    return found


def _judged(delegation: SignatureDelegation, user: User, order: Order, *, ceiling: bool) -> Right:
    grant = _grant(delegation.giver, order, delegation.role)
    if grant is None:
        return Right(role_needed(delegation.role))
    if order.is_author(user):
        return Right(OWN_ORDER)
    if order.is_author(delegation.giver):
        return Right(GIVER_WROTE_IT)
    refusal = _ceiling_refusal(grant, order) if ceiling else ""
    return Right(refusal, None if refusal else delegation)


def refusal_to_approve(actor: Actor, order: Order, *, total: Decimal | None, writer_id: int) -> str:
    """Empty, or why this person may not approve a change of the order, written by another.

    By the role of approver held today, or for who holds it, never for the writer. `total` None: any amount.
    """
    if actor.user is None or not _acts_for(actor, order, Role.APPROVER):
        return role_needed(Role.APPROVER)
    own = _grant(actor.user, order, Role.APPROVER)
    delegations = SignatureDelegation.objects.in_force(timezone.localdate()).filter(
        organisation_id=order.buyer_id, role=Role.APPROVER, holder=actor.user
    )
    givers = delegations.exclude(giver_id=writer_id).for_pages()
    grants = [own, *[_grant(delegation.giver, order, Role.APPROVER) for delegation in givers]]
    held = [grant for grant in grants if grant is not None]
    if not held:
        return role_needed(Role.APPROVER)
    if actor.user.pk == writer_id:
        return OWN_CHANGE
    refusals = ["" if total is None else _beyond(grant, total) for grant in held]
    return min(refusals, key=len)


def _ceiling_refusal(grant: RoleGrant, order: Order) -> str:
    return _beyond(grant, committed_amounts(order).ht)


def _beyond(grant: RoleGrant, amount: Decimal) -> str:
    """Only an approver has a ceiling; one without a known ceiling approves nothing."""
    if grant.role != Role.APPROVER:
        return ""
    if grant.ceiling_eur_ht is None:
        return NO_CEILING
    if amount > grant.ceiling_eur_ht:
        return f"Montant supérieur à votre plafond de {euros(grant.ceiling_eur_ht, tax='HT')}."
    return ""


def sign(order: Order, step: OrderApproval | None, *, actor: Actor, right: Right) -> None:
    """Bind the signature to the content as the database holds it. Call under the order's lock.

    Raises MoveRefused when an earlier signature was given on another content.
    """
    content = order.content_hash()
    refuse_other_content(order, content)
    row = step or OrderApproval(order=order, position=1, role=Role.APPROVER)
    row.signed_by, row.signed_at = actor.user, timezone.now()
    row.content_sha256, row.delegation = content, right.delegation
    row.save()


def refuse_other_content(order: Order, content: str) -> None:
    signed = order.approvals.living().filter(signed_at__isnull=False)
    if signed.exclude(content_sha256=content).exists():
        raise MoveRefused(
            "content_changed",
            "Le bon de commande a changé depuis une signature, qui ne vaut plus. Reprenez-le en brouillon.",
        )
