"""Erasing a person: what names them goes, what they did stays with a key that leads nowhere."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from marketplace.accounts.actions.members import close_membership
from marketplace.accounts.actors import Actor
from marketplace.accounts.models import ApiToken, Invitation, Membership, RoleGrant, User
from marketplace.audit.erasure import erase_sides
from marketplace.audit.journal import record
from marketplace.notifications.models import Notification, OutgoingEmail


def erase_person(user: User, *, actor: Actor) -> None:
    """One transaction, safe to run twice. The journal's chain stays valid (see audit.erasure)."""
    with transaction.atomic():
        locked = User.objects.select_for_update().get(pk=user.pk)
        if locked.erased_at is not None:
            return
        addresses = _addresses_of(locked)
        for membership in Membership.objects.filter(user=locked, ended_at__isnull=True):
            close_membership(membership, actor=actor)
        record(locked, "erase", actor=actor)
        _erase_access(locked, addresses=addresses)
        _erase_messages(locked, addresses=addresses)
        _erase_journal(locked)
        _anonymise(locked)


def _addresses_of(user: User) -> set[str]:
    listed = EmailAddress.objects.filter(user=user).values_list("email", flat=True)
    return {user.email.lower(), *(address.lower() for address in listed)}


def _erase_access(user: User, *, addresses: set[str]) -> None:
    Authenticator.objects.filter(user=user).delete()
    EmailAddress.objects.filter(user=user).delete()
    for model in (AccessAttempt, AccessFailureLog, AccessLog):
        model.objects.filter(username__in=addresses).delete()


def _erase_messages(user: User, *, addresses: set[str]) -> None:
    OutgoingEmail.objects.filter(to__in=addresses).delete()
    Notification.objects.filter(user=user).delete()
    Invitation.objects.filter(Q(accepted_by=user) | Q(email__in=addresses)).exclude(state="open").update(
        email=""
    )
    for invitation in Invitation.objects.filter(state="open", email__in=addresses):
        invitation.revoke(actor=Actor(user=user))
        Invitation.objects.filter(pk=invitation.pk).update(email="")


def _erase_journal(user: User) -> None:
    """What the person did, and what was done about them."""
    memberships = list(Membership.objects.filter(user=user).values_list("pk", flat=True))
    erase_sides(
        user_id=user.pk,
        objects={
            "accounts.user": [user.pk],
            "accounts.membership": memberships,
            "accounts.rolegrant": list(
                RoleGrant.objects.filter(membership__in=memberships).values_list("pk", flat=True)
            ),
            "accounts.apitoken": list(
                ApiToken.objects.filter(membership__in=memberships).values_list("pk", flat=True)
            ),
            "accounts.invitation": list(
                Invitation.objects.filter(accepted_by=user).values_list("pk", flat=True)
            ),
        },
    )


def _anonymise(user: User) -> None:
    user.full_name = "Personne effacée"
    user.email = f"efface-{user.uuid}@efface.invalid"
    user.is_active = False
    user.erased_at = timezone.now()
    user.set_unusable_password()
    # The changed password hash ends every open session.
    user.save()
