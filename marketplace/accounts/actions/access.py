"""Tokens and service accounts: a machine acts with at most what its holder may do at that moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import HUMAN_ONLY_ROLES, admin_role, roles_of_kind
from marketplace.accounts.models import ApiToken, Membership, Organisation, ServiceAccount
from marketplace.audit.journal import record
from marketplace.errors import NotAllowed, RuleBroken


def machine_roles(organisation: Organisation) -> frozenset[str]:
    """Roles a service account may hold: none that decides, none that gives roles."""
    return roles_of_kind(organisation.kind) - HUMAN_ONLY_ROLES - {admin_role(organisation.kind)}


def create_token(
    membership: Membership,
    *,
    label: str,
    scopes: Sequence[str],
    lifetime: dt.timedelta,
    actor: Actor,
    with_second_factor: bool,
) -> tuple[ApiToken, str]:
    """The token and its secret, shown once. Scopes are roles the person holds now.

    Where the installation asks for it (prod), a scope that decides needs a session opened with a
    second factor and lasts an hour at most. Raises NotAllowed, RuleBroken.
    """
    if not actor.is_person(membership.user_id):
        raise NotAllowed("token_of_another", "Un jeton se crée pour soi-même.")
    if not scopes or not set(scopes) <= actor.roles:
        raise RuleBroken("scope_not_held", "Choisissez des rôles que vous avez aujourd’hui.", field="scopes")
    _check_lifetime(scopes, lifetime=lifetime, with_second_factor=with_second_factor)
    with transaction.atomic():
        token, secret = ApiToken.issue(
            label=label,
            scopes=list(scopes),
            lifetime=lifetime,
            membership=membership,
            created_with_totp=with_second_factor,
        )
        record(
            token, "create", actor=actor, detail={"scopes": sorted(scopes), "expires_at": token.expires_at}
        )
    return token, secret


def revoke_token(token: ApiToken, *, actor: Actor) -> None:
    """Safe to call twice: the first hour stays."""
    with transaction.atomic():
        changed = ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(
            revoked_at=timezone.now()
        )
        if changed:
            record(token, "revoke", actor=actor)


def create_service_account(
    organisation: Organisation, *, name: str, roles: Sequence[str], actor: Actor
) -> ServiceAccount:
    if not roles or not set(roles) <= machine_roles(organisation):
        raise RuleBroken(
            "machine_role",
            "Un compte de service ne décide pas et ne donne pas de rôle. Choisissez-en d’autres.",
            field="roles",
        )
    try:
        with transaction.atomic():
            account = ServiceAccount.objects.create(
                organisation=organisation, name=name, roles=sorted(roles), created_by=actor.user
            )
            record(account, "create", actor=actor, detail={"roles": sorted(roles)})
    except IntegrityError as error:
        if "service_account_name_once" not in str(error):
            raise
        raise RuleBroken("name_taken", "Un compte de service porte déjà ce nom.", field="name") from error
    return account


def create_machine_token(
    account: ServiceAccount, *, label: str, lifetime: dt.timedelta, actor: Actor
) -> tuple[ApiToken, str]:
    _check_longest(lifetime)
    with transaction.atomic():
        if ServiceAccount.objects.select_for_update().get(pk=account.pk).closed_at is not None:
            raise RuleBroken("account_closed", "Ce compte de service est fermé.")
        token, secret = ApiToken.issue(
            label=label, scopes=list(account.roles), lifetime=lifetime, service_account=account
        )
        record(token, "create", actor=actor, detail={"service_account": account.pk})
    return token, secret


def close_service_account(account: ServiceAccount, *, actor: Actor) -> None:
    """Its tokens stop at once. Safe to call twice."""
    now = timezone.now()
    with transaction.atomic():
        if ServiceAccount.objects.filter(pk=account.pk, closed_at__isnull=True).update(closed_at=now):
            ApiToken.objects.filter(service_account=account, revoked_at__isnull=True).update(revoked_at=now)
            record(account, "close", actor=actor)


def _check_lifetime(scopes: Sequence[str], *, lifetime: dt.timedelta, with_second_factor: bool) -> None:
    _check_longest(lifetime)
    if not settings.DECISION_TOKEN_NEEDS_MFA or not set(scopes) & HUMAN_ONLY_ROLES:
        return
    if not with_second_factor:
        raise NotAllowed(
            "second_factor_needed",
            "Un jeton qui décide se crée dans une session ouverte avec la double authentification.",
        )
    if lifetime > settings.DECISION_TOKEN_MAX_AGE:
        raise RuleBroken(
            "decision_token_age", "Un jeton qui décide dure une heure au plus.", field="lifetime"
        )


def _check_longest(lifetime: dt.timedelta) -> None:
    if not dt.timedelta(0) < lifetime <= settings.TOKEN_MAX_AGE:
        raise RuleBroken("token_age", "Un jeton dure un an au plus.", field="lifetime")
