"""Who is a member, with which roles. Views ask the abilities; rules that no ability lifts are here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import CONFIRMED_ROLES, DELEGATED_ROLES, Role, admin_role, roles_of_kind
from marketplace.accounts.models import ApiToken, Membership, Organisation, RoleGrant, User
from marketplace.audit.journal import record
from marketplace.errors import NotAllowed, RuleBroken
from marketplace.notifications.outbox import notify
from marketplace.tax_basis import TaxBasis


@dataclass(frozen=True, slots=True)
class RoleTerms:
    """What a role is given with. ``expires_on`` None: until revoked."""

    starts_on: dt.date | None = None
    expires_on: dt.date | None = None
    ceiling_eur: Decimal | None = None
    ceiling_basis: str = TaxBasis.HT
    delegation_reference: str = ""
    delegation_date: dt.date | None = None


def admins_of(organisation: Organisation) -> list[User]:
    """The people who hold the administrator's role today, each once."""
    memberships = Membership.objects.holding(admin_role(organisation.kind)).filter(organisation=organisation)
    return list(User.objects.filter(pk__in=memberships.values("user_id")))


def grant_role(
    membership: Membership, role: str, *, actor: Actor, terms: RoleTerms | None = None
) -> RoleGrant:
    """Raises NotAllowed when the person gives it to themselves, RuleBroken otherwise.

    A role to be confirmed gives nothing until another administrator, or support, confirms it.
    """
    if actor.is_person(membership.user_id):
        raise NotAllowed("own_role", "Personne ne se donne un rôle. Demandez-le à un autre administrateur.")
    given = terms or RoleTerms()
    _check_role(role, membership.organisation)
    _check_terms(role, given)
    with transaction.atomic():
        Membership.objects.select_for_update().get(pk=membership.pk)
        _close_ended(membership, role)
        if RoleGrant.objects.filter(membership=membership, role=role, revoked_at__isnull=True).exists():
            raise RuleBroken("role_held", "Cette personne a déjà ce rôle.", field="role")
        made = RoleGrant.objects.create(
            membership=membership,
            role=role,
            granted_by=actor.user,
            starts_on=given.starts_on or timezone.localdate(),
            expires_on=given.expires_on,
            ceiling_eur=given.ceiling_eur,
            ceiling_basis=given.ceiling_basis,
            delegation_reference=given.delegation_reference,
            delegation_date=given.delegation_date,
        )
        record(made, "grant", actor=actor, to_state=role, detail=_grant_detail(made))
        _tell_about_grant(made, actor=actor)
    return made


def confirm_role(grant: RoleGrant, *, actor: Actor) -> RoleGrant:
    """The second pair of eyes. Safe to call twice: a confirmed role stays confirmed by the first."""
    with transaction.atomic():
        locked = (
            RoleGrant.objects.select_for_update(of=("self",)).select_related("membership").get(pk=grant.pk)
        )
        if not locked.waits_for_confirmation:
            raise RuleBroken("nothing_to_confirm", "Ce rôle n’attend pas de confirmation.")
        if actor.is_person(locked.granted_by_id) or actor.is_person(locked.membership.user_id):
            raise NotAllowed("own_confirmation", "Une autre personne doit confirmer ce rôle.")
        locked.confirmed_by, locked.confirmed_at = actor.user, timezone.now()
        locked.save(update_fields=["confirmed_by", "confirmed_at"])
        record(locked, "confirm", actor=actor, to_state=locked.role)
    return locked


def revoke_role(grant: RoleGrant, *, actor: Actor, reason: str = "") -> None:
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=grant.membership.organisation_id)
        if grant.role == admin_role(grant.membership.organisation.kind):
            _keep_one_admin(grant.membership)
        _revoke(RoleGrant.objects.filter(pk=grant.pk), actor=actor, reason=reason)


def end_membership(membership: Membership, *, actor: Actor, reason: str = "") -> None:
    """The person leaves: roles and tokens end at once, what they did stays."""
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=membership.organisation_id)
        _keep_one_admin(membership)
        close_membership(membership, actor=actor, reason=reason)


def close_membership(membership: Membership, *, actor: Actor, reason: str = "") -> None:
    """Without asking who administers the organisation afterwards (erasure of a person)."""
    now = timezone.now()
    _revoke(RoleGrant.objects.filter(membership=membership), actor=actor, reason=reason)
    ApiToken.objects.filter(membership=membership, revoked_at__isnull=True).update(revoked_at=now)
    Membership.objects.filter(pk=membership.pk, ended_at__isnull=True).update(ended_at=now)
    record(membership, "end", actor=actor, reason=reason)


def admit(user: User, organisation: Organisation, *, actor: Actor, how: str) -> Membership:
    """A member without any role; somebody who had left comes back."""
    membership, made = Membership.objects.get_or_create(user=user, organisation=organisation)
    if not made and membership.ended_at is not None:
        membership.ended_at, membership.joined_at = None, timezone.now()
        membership.save(update_fields=["ended_at", "joined_at"])
        made = True
    if made:
        record(membership, "join", actor=actor, detail={"how": how})
    return membership


def check_roles(roles: Iterable[str], organisation: Organisation) -> None:
    for role in roles:
        _check_role(role, organisation)


def _check_role(role: str, organisation: Organisation) -> None:
    if role not in roles_of_kind(organisation.kind):
        raise RuleBroken(
            "role_of_another_kind", "Ce rôle n’existe pas dans ce type d’organisation.", field="role"
        )


def _check_terms(role: str, terms: RoleTerms) -> None:
    start = terms.starts_on or timezone.localdate()
    if terms.expires_on is not None and terms.expires_on < start:
        raise RuleBroken(
            "role_period",
            "La fin du rôle précède son début. Choisissez une date postérieure.",
            field="expires_on",
        )
    if role not in DELEGATED_ROLES:
        return
    missing = {
        "ceiling_eur": ["Indiquez le plafond de la délégation."] if terms.ceiling_eur is None else [],
        "delegation_reference": [] if terms.delegation_reference else ["Indiquez la référence de l’arrêté."],
        "delegation_date": ["Indiquez la date de l’arrêté."] if terms.delegation_date is None else [],
    }
    fields = {name: messages for name, messages in missing.items() if messages}
    if fields:
        message = "Le rôle de valideur se donne avec sa délégation\u00a0: plafond, arrêté, date."
        raise RuleBroken("delegation_missing", message, fields=fields)


def _close_ended(membership: Membership, role: str) -> None:
    """A role that ran out leaves its place to a new one."""
    RoleGrant.objects.filter(
        membership=membership, role=role, revoked_at__isnull=True, expires_on__lt=timezone.localdate()
    ).update(revoked_at=timezone.now())


def _revoke(grants: object, *, actor: Actor, reason: str) -> None:
    for grant in RoleGrant.objects.filter(pk__in=grants, revoked_at__isnull=True).select_for_update(
        of=("self",)
    ):
        grant.revoked_by, grant.revoked_at = actor.user, timezone.now()
        grant.save(update_fields=["revoked_by", "revoked_at"])
        record(grant, "revoke", actor=actor, from_state=grant.role, reason=reason)


def _keep_one_admin(membership: Membership) -> None:
    """Raises RuleBroken when this member is the only administrator left."""
    admins = Membership.objects.holding(admin_role(membership.organisation.kind))
    of_organisation = list(admins.filter(organisation=membership.organisation).values_list("pk", flat=True))
    if of_organisation == [membership.pk]:
        raise RuleBroken(
            "last_administrator",
            "C’est la seule personne qui administre l’organisation. "
            "Donnez d’abord ce rôle à quelqu’un d’autre.",
        )


def _grant_detail(grant: RoleGrant) -> dict[str, object]:
    return {
        "membership": grant.membership_id,
        "role": grant.role,
        "starts_on": grant.starts_on,
        "expires_on": grant.expires_on,
        "ceiling_eur": grant.ceiling_eur,
        "ceiling_basis": None if grant.ceiling_eur is None else grant.ceiling_basis,
    }


def _tell_about_grant(grant: RoleGrant, *, actor: Actor) -> None:
    organisation, label = grant.membership.organisation, Role(grant.role).label.lower()
    waits = grant.role in CONFIRMED_ROLES
    after = " Il vaudra une fois confirmé par une autre personne." if waits else ""
    notify(
        [grant.membership.user],
        subject=f"Un rôle vous est donné\u00a0: {label}",
        body=f"Vous avez le rôle «\u00a0{label}\u00a0» pour {organisation.name}.{after}",
        url="/organisation/",
        organisation=organisation,
    )
    if waits:
        others = [user for user in admins_of(organisation) if not actor.is_person(user)]
        notify(
            others,
            subject=f"Un rôle attend votre confirmation\u00a0: {label}",
            body=f"{actor.label} a donné le rôle «\u00a0{label}\u00a0» à {grant.membership.user}. "
            "Confirmez-le ou retirez-le.",
            url="/organisation/",
            organisation=organisation,
        )
