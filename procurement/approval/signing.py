"""May this person sign the step that waits, now: read again from the database, never from what was known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.accounts.abilities import role_needed
from marketplace.accounts.enums import OrganisationState, Role
from marketplace.accounts.models import RoleGrant, User
from marketplace.errors import MoveRefused
from marketplace.ui.typography import euros
from procurement.approval.subjects import (
    Signable,
    amounts_of,
    changed_words,
    giver_words,
    new_signature,
    order_of,
    own_words,
    unknown_tax_remedy,
)
from procurement.models import SignatureDelegation

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models.approval import AskedSignature

NO_CEILING = "Cette délégation n’indique pas de plafond\u00a0: elle ne permet pas d’approuver un montant."

_BY_ANOTHER = (
    "une autre personne, qui a le rôle ou une délégation, signe celle-ci. Un administrateur de "
    "l’organisation peut aussi écrire une version du circuit sans signataires distincts."
)
SIGNED_ALREADY = (
    f"Vous avez déjà signé une étape de ce circuit, ou elle l’a été en votre nom\u00a0: {_BY_ANOTHER}"
)
GIVER_SIGNED = (
    "La personne qui vous a donné délégation a déjà signé une étape de ce circuit, ou elle l’a été en son "
    f"nom\u00a0: {_BY_ANOTHER}"
)


@dataclass(frozen=True, slots=True)
class Right:
    """`refusal` empty: may sign, under `delegation` when the role is another person's."""

    refusal: str
    delegation: SignatureDelegation | None = None


def awaited_step(subject: Signable) -> AskedSignature | None:
    """The signature that comes next; one query. None without any: one approver then signs."""
    return subject.approvals.awaited().first()


def awaited_role(subject: Signable) -> str:
    step = awaited_step(subject)
    return step.role if step is not None else Role.APPROVER


def right_to_sign(actor: Actor, subject: Signable, role: str, *, ceiling: bool = True) -> Right:
    """By the role held today, else by a delegation in force today. `ceiling` False: to refuse, not to sign.
    At most six queries."""
    if actor.user is None or not _acts_for(actor, subject, role):
        return Right(role_needed(role))
    own = _grant(actor.user, subject, role)
    if own is not None:
        if subject.is_author(actor.user):
            return Right(own_words(subject))
        if ceiling and _signed_for(subject, actor.user):
            return Right(SIGNED_ALREADY)
        refusal = _ceiling_refusal(own, subject) if ceiling else ""
        if not refusal:
            return Right("")
        delegated = _by_delegation(actor.user, subject, role, ceiling=ceiling)
        return delegated if delegated is not None and not delegated.refusal else Right(refusal)
    delegated = _by_delegation(actor.user, subject, role, ceiling=ceiling)
    return delegated if delegated is not None else Right(role_needed(role))


def _acts_for(actor: Actor, subject: Signable, role: str) -> bool:
    """For the administration that orders, itself with powers, and by a token that names the role."""
    organisation = actor.organisation
    if organisation is None or organisation.pk != order_of(subject).buyer_id:
        return False
    if organisation.state != OrganisationState.VERIFIED:
        return False
    return actor.scopes is None or role in actor.scopes


def _grant(user: User, subject: Signable, role: str) -> RoleGrant | None:
    grants = RoleGrant.objects.in_force(timezone.localdate()).filter(
        role=role,
        membership__user=user,
        membership__organisation_id=order_of(subject).buyer_id,
        membership__ended_at__isnull=True,
    )
    return grants.order_by("pk").first()


def _by_delegation(user: User, subject: Signable, role: str, *, ceiling: bool) -> Right | None:
    """None without any; else the first that lets them sign, or the last refusal."""
    found: Right | None = None
    delegations = SignatureDelegation.objects.in_force(timezone.localdate()).filter(
        organisation_id=order_of(subject).buyer_id, role=role, holder=user
    )
    for delegation in delegations.for_pages().order_by("pk"):
        found = _judged(delegation, user, subject, ceiling=ceiling)
        if not found.refusal:
            return found
    return found


def _judged(delegation: SignatureDelegation, user: User, subject: Signable, *, ceiling: bool) -> Right:
    grant = _grant(delegation.giver, subject, delegation.role)
    if grant is None:
        return Right(role_needed(delegation.role))
    if subject.is_author(user):
        return Right(own_words(subject))
    if subject.is_author(delegation.giver):
        return Right(giver_words(subject))
    if ceiling and _signed_for(subject, user):
        return Right(SIGNED_ALREADY)
    if ceiling and _signed_for(subject, delegation.giver):
        return Right(GIVER_SIGNED)
    refusal = _ceiling_refusal(grant, subject) if ceiling else ""
    return Right(refusal, None if refusal else delegation)


def _signed_for(subject: Signable, user: User) -> bool:
    """That person, or another in their name, signed a step of a chain that asks for distinct signers, and
    another step waits."""
    signed = subject.approvals.bound_to_others().signed_for(user).exists()
    return signed and awaited_step(subject) is not None


def _ceiling_refusal(grant: RoleGrant, subject: Signable) -> str:
    """Only an approver has a ceiling; one without a known ceiling approves nothing, nor does one whose
    ceiling is in a basis in which the amount is not known."""
    if grant.role != Role.APPROVER:
        return ""
    if grant.ceiling_eur is None:
        return NO_CEILING
    amount = amounts_of(subject).stated(grant.ceiling_basis)
    ceiling = euros(grant.ceiling_eur, tax=grant.ceiling_basis)
    if amount is None:
        return (
            f"Votre plafond est de {ceiling} et le total TTC n’est pas connu. {unknown_tax_remedy(subject)}"
        )
    if amount > grant.ceiling_eur:
        return f"Montant supérieur à votre plafond de {ceiling}."
    return ""


def sign(subject: Signable, step: AskedSignature | None, *, actor: Actor, right: Right) -> None:
    """Bind the signature to the content as the database holds it. Call under its lock.

    Raises MoveRefused when an earlier signature was given on another content.
    """
    content = subject.content_hash()
    refuse_other_content(subject, content)
    row = step or new_signature(subject, position=1, role=Role.APPROVER)
    row.signed_by, row.signed_at = actor.user, timezone.now()
    row.content_sha256, row.delegation = content, right.delegation
    row.save()


def refuse_other_content(subject: Signable, content: str) -> None:
    signed = subject.approvals.living().filter(signed_at__isnull=False)
    if signed.exclude(content_sha256=content).exists():
        raise MoveRefused("content_changed", changed_words(subject))
