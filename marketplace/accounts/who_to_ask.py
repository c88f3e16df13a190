"""Whom a person asks for a role they lack: those who administer their organisation, else the operator."""

from __future__ import annotations

from collections.abc import Iterable

from marketplace.accounts.actors import Actor
from marketplace.accounts.enums import OrganisationState, admin_role, roles_of_kind
from marketplace.accounts.models import Membership

NAMED_AT_MOST = 5


def who_gives(actor: Actor, roles: Iterable[str]) -> list[str]:
    """Names of the colleagues who can give one of ``roles``, the reader left out; empty when nobody
    there can (the role belongs to another kind of organisation): support is to be asked. One query."""
    organisation = actor.organisation
    if organisation is None or organisation.state != OrganisationState.VERIFIED:
        return []
    if roles_of_kind(organisation.kind).isdisjoint(roles):
        return []
    admins = Membership.objects.holding(admin_role(organisation.kind)).filter(organisation=organisation)
    others = admins.exclude(user=actor.user).select_related("user").order_by("user__full_name", "pk")
    return [str(admin.user) for admin in others[:NAMED_AT_MOST]]
