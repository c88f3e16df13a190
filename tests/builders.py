"""Objects for tests: plainly fictitious, valid by the same rules as real ones."""

from __future__ import annotations

import datetime as dt
import itertools
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.test import Client
from django.utils import timezone

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import (
    BUYER_ROLES,
    CONFIRMED_ROLES,
    OPERATOR_ROLES,
    SUPPLIER_ROLES,
    IdentifierScheme,
    OrganisationKind,
    OrganisationState,
    Role,
)
from marketplace.accounts.models import ApiToken, Membership, Organisation, RoleGrant, User
from marketplace.numbering import next_serial
from marketplace.ui.testing import open_session

_count = itertools.count(1)
PASSWORD = "mot-de-passe-de-test"


def luhn_complete(stem: str) -> str:
    """``stem`` and the digit that makes it pass Luhn."""
    total = 0
    for position, digit in enumerate(reversed(stem)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return stem + str(-total % 10)


def fictitious_siren(n: int) -> str:
    """A SIREN of the 000 range, which INSEE does not give."""
    return luhn_complete(f"000{n:05d}")


def fictitious_siret(n: int) -> str:
    return luhn_complete(fictitious_siren(n) + "0001")


def make_user(*, email: str = "", full_name: str = "", **extra: Any) -> User:
    n = next(_count)
    return User.objects.create_user(
        email or f"personne{n}@essai.example",
        password=PASSWORD,
        full_name=full_name or f"Personne Exemple {n}",
        **extra,
    )


def make_organisation(
    *,
    kind: str = OrganisationKind.STATE,
    name: str = "",
    state: str = OrganisationState.VERIFIED,
    **extra: Any,
) -> Organisation:
    n = next(_count)
    verified = {"proof_kind": "courrier", "proof_reference": f"ESSAI-{n}", "proof_date": timezone.localdate()}
    scheme = IdentifierScheme.SIREN if kind == OrganisationKind.SUPPLIER else IdentifierScheme.SIRET
    identifier = fictitious_siren(n) if scheme == IdentifierScheme.SIREN else fictitious_siret(n)
    values = {
        "number": next_serial("organisation"),
        "name": name or f"Organisation Exemple {n}",
        "identifier_scheme": scheme,
        "identifier": identifier,
        **(verified if state == OrganisationState.VERIFIED else {}),
        **extra,
    }
    return Organisation.objects.create(kind=kind, state=state, **values)


def kind_for(role: str) -> str:
    if role in BUYER_ROLES:
        return OrganisationKind.STATE
    if role in SUPPLIER_ROLES:
        return OrganisationKind.SUPPLIER
    return OrganisationKind.OPERATOR if role in OPERATOR_ROLES else OrganisationKind.OVERSIGHT


def grant(membership: Membership, role: str, **extra: Any) -> RoleGrant:
    """A grant in force today, confirmed by somebody else where the role asks for it."""
    other = extra.pop("by", None) or make_user()
    values = {"starts_on": timezone.localdate() - dt.timedelta(days=1), **extra}
    if role in CONFIRMED_ROLES:
        values.setdefault("confirmed_by", make_user())
    if role == Role.APPROVER:
        values.setdefault("ceiling_eur", Decimal("100000.00"))
        values.setdefault("delegation_reference", "Arrêté d’essai")
        values.setdefault("delegation_date", timezone.localdate())
    return RoleGrant.objects.create(membership=membership, role=role, granted_by=other, **values)


def make_member(
    *roles: str, organisation: Organisation | None = None, user: User | None = None, **grant_values: Any
) -> Membership:
    """A member holding ``roles``, in ``organisation`` or in a new one of the fitting kind."""
    organisation = organisation or make_organisation(
        kind=kind_for(roles[0]) if roles else OrganisationKind.STATE
    )
    membership = Membership.objects.create(user=user or make_user(), organisation=organisation)
    for role in roles:
        grant(membership, role, **grant_values)
    return membership


def actor_for(*roles: str, organisation: Organisation | None = None, user: User | None = None) -> Actor:
    return Actor.of(make_member(*roles, organisation=organisation, user=user))


def client_for(membership: Membership | None) -> Client:
    """A browser signed in as this member; None: a stranger. The session is written as the sign-in leaves
    it, without the queries of a sign-in: that one has tests of its own."""
    client = Client()
    if membership is not None:
        session = open_session(membership)
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
    return client


def token_for(membership: Membership, *scopes: str) -> str:
    """A bearer token of this member; without scopes, every role it holds."""
    held = list(membership.grants.values_list("role", flat=True))
    _, secret = ApiToken.issue(
        label="essai", scopes=list(scopes) or held, lifetime=dt.timedelta(hours=1), membership=membership
    )
    return secret
