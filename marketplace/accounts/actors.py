"""Who is acting, for which organisation, with which roles at this very moment."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone

from marketplace.accounts.enums import BUYER_KINDS, HUMAN_ONLY_ROLES, OrganisationKind, OrganisationState

if TYPE_CHECKING:
    from marketplace.accounts.models import Membership, Organisation, RoleGrant, ServiceAccount, User


@dataclass(frozen=True, eq=False)
class Actor:
    """One person, service account or part of the system. ``scopes`` None means no restriction.

    ``roles`` costs one query the first time, unless the membership's grants were prefetched. It is
    empty while the organisation is not verified. Sign-in by token passes the token's scopes: a role
    is held only when the membership holds it now *and* the scopes name it.
    """

    user: User | None = None
    membership: Membership | None = None
    service_account: ServiceAccount | None = None
    system: str = ""
    scopes: frozenset[str] | None = None
    ip: str = ""

    @classmethod
    def of(cls, membership: Membership, *, scopes: frozenset[str] | None = None, ip: str = "") -> Actor:
        return cls(user=membership.user, membership=membership, scopes=scopes, ip=ip)

    @property
    def is_anonymous(self) -> bool:
        return self.user is None and self.service_account is None and not self.system

    @property
    def organisation(self) -> Organisation | None:
        if self.membership is not None:
            return self.membership.organisation
        return self.service_account.organisation if self.service_account is not None else None

    @cached_property
    def grants(self) -> tuple[RoleGrant, ...]:
        """The membership's grants in force today (Paris), empty if the organisation has no powers."""
        if self.membership is None or not self._organisation_has_powers():
            return ()
        today = timezone.localdate()
        return tuple(g for g in self.membership.grants.all() if g.in_force(today))

    @cached_property
    def roles(self) -> frozenset[str]:
        if self.service_account is not None:
            if not self._organisation_has_powers():
                return frozenset()
            held = frozenset(self.service_account.roles) - HUMAN_ONLY_ROLES
        else:
            held = frozenset(grant.role for grant in self.grants)
        return held if self.scopes is None else held & self.scopes

    def _organisation_has_powers(self) -> bool:
        organisation = self.organisation
        return organisation is not None and organisation.state == OrganisationState.VERIFIED

    def has(self, *roles: str) -> bool:
        """True when at least one of ``roles`` is held now."""
        return not self.roles.isdisjoint(roles)

    def grant(self, role: str) -> RoleGrant | None:
        """The grant in force that gives ``role`` (with its ceiling), if the scopes allow it."""
        if role not in self.roles:
            return None
        return next((g for g in self.grants if g.role == role), None)

    def is_person(self, user: User | int | None) -> bool:
        """Compares people, not memberships."""
        if self.user is None or user is None:
            return False
        return self.user.pk == (user if isinstance(user, int) else user.pk)

    @property
    def is_buyer(self) -> bool:
        return self.organisation is not None and self.organisation.kind in BUYER_KINDS

    @property
    def is_supplier(self) -> bool:
        return self.organisation is not None and self.organisation.kind == OrganisationKind.SUPPLIER

    @property
    def is_operator(self) -> bool:
        return self.organisation is not None and self.organisation.kind == OrganisationKind.OPERATOR

    @property
    def label(self) -> str:
        if self.user is not None:
            return self.user.full_name or self.user.email
        if self.service_account is not None:
            return self.service_account.name
        return f"système ({self.system})" if self.system else "visiteur"


ANONYMOUS = Actor()


def system_actor(name: str) -> Actor:
    """A part of the system acting by itself: ``beat``, ``checks``, ``events``."""
    return Actor(system=name)


def expires_after(days: int, *, start: dt.datetime | None = None) -> dt.datetime:
    return (start or timezone.now()) + dt.timedelta(days=days)
