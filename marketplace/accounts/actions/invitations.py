"""Inviting one address into one organisation, by a link that works once, for seven days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.actions.members import admins_of, admit, check_roles, grant_role
from marketplace.accounts.actors import Actor, system_actor
from marketplace.accounts.enums import DELEGATED_ROLES, InvitationState, Role, admin_role
from marketplace.accounts.models import Invitation, Membership, Organisation, RoleGrant, User
from marketplace.accounts.models.invitation import LIFETIME_DAYS
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.notifications.outbox import send_to_address


def invite(
    organisation: Organisation, *, email: str, roles: Sequence[str], actor: Actor
) -> tuple[Invitation, str]:
    """Insert the invitation, queue its e-mail, and return it with its link's secret.

    Support may invite only the first administrator. Raises RuleBroken, NotAllowed.
    """
    address = email.strip().lower()
    _check_invitation(organisation, address=address, roles=roles, actor=actor)
    secret = Invitation.new_secret()
    with transaction.atomic():
        expire_invitations(organisation=organisation)
        if Invitation.objects.open_now().filter(organisation=organisation, email=address).exists():
            raise RuleBroken(
                "already_invited",
                "Une invitation attend déjà cette adresse. Annulez-la avant d’en envoyer une autre.",
                field="email",
            )
        invitation = Invitation.objects.create(
            organisation=organisation,
            email=address,
            roles=sorted(roles),
            token_sha256=Invitation.digest(secret),
            invited_by=actor.user,
            expires_at=timezone.now() + dt.timedelta(days=LIFETIME_DAYS),
        )
        invitation.journal_creation(actor=actor, detail={"roles": sorted(roles)})
        _send(invitation, secret=secret)
    return invitation, secret


def accept_invitation(invitation: Invitation, *, actor: Actor) -> Membership:
    """The person whose confirmed address was invited becomes a member with the roles offered.

    Raises NotAllowed for anybody else, Gone, MoveRefused.
    """
    user = actor.user
    if user is None or not owns_address(user, invitation.email):
        raise NotAllowed(
            "invitation_for_another",
            "Cette invitation est adressée à une autre adresse. Connectez-vous avec celle qui l’a reçue.",
        )
    with transaction.atomic():
        invitation.accept(actor=actor)
        organisation = invitation.organisation
        membership = admit(user, organisation, actor=actor, how="invitation")
        inviter = Actor(user=invitation.invited_by)
        held = set(
            RoleGrant.objects.in_force(timezone.localdate())
            .filter(membership=membership)
            .values_list("role", flat=True)
        )
        for role in sorted(set(invitation.roles) - held):
            grant_role(membership, role, actor=inviter)
    return membership


def expire_invitations(*, organisation: Organisation | None = None, limit: int = 500) -> int:
    """Journal what the clock has already decided. Safe to run twice."""
    late = Invitation.objects.filter(state=InvitationState.OPEN, expires_at__lte=timezone.now())
    if organisation is not None:
        late = late.filter(organisation=organisation)
    rows = list(late[:limit])
    for invitation in rows:
        invitation.expire(actor=system_actor("beat"))
    return len(rows)


def owns_address(user: User, address: str) -> bool:
    """Whether ``address`` is one this person has confirmed."""
    return (
        bool(address)
        and EmailAddress.objects.filter(user=user, verified=True, email__iexact=address).exists()
    )


def _check_invitation(
    organisation: Organisation, *, address: str, roles: Sequence[str], actor: Actor
) -> None:
    check_roles(roles, organisation)
    if set(roles) & DELEGATED_ROLES:
        raise RuleBroken(
            "role_after_joining",
            "Le rôle de valideur se donne une fois la personne membre, avec sa délégation.",
            field="roles",
        )
    if actor.user is not None and owns_address(actor.user, address):
        raise NotAllowed("own_invitation", "Personne ne s’invite soi-même.")
    if Membership.objects.active().filter(organisation=organisation, user__email__iexact=address).exists():
        raise RuleBroken("already_member", "Cette personne est déjà membre de l’organisation.", field="email")
    if actor.organisation != organisation:
        _check_first_admin(organisation, roles)


def _check_first_admin(organisation: Organisation, roles: Sequence[str]) -> None:
    if admins_of(organisation):
        raise NotAllowed(
            "has_administrator",
            "Cette organisation a déjà une personne qui l’administre\u00a0: c’est elle qui invite.",
        )
    if list(roles) != [admin_role(organisation.kind)]:
        wanted = Role(admin_role(organisation.kind)).label.lower()
        raise RuleBroken(
            "first_administrator_only",
            f"Seul le premier rôle peut être donné\u00a0: {wanted}.",
            field="roles",
        )


def _send(invitation: Invitation, *, secret: str) -> None:
    link = settings.SITE_URL + reverse("accounts:invitation", args=[secret])
    send_to_address(
        invitation.email,
        template="accounts/email/invitation",
        context={"invitation": invitation, "link": link, "days": LIFETIME_DAYS},
    )
