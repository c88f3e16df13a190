"""Finding the people who are named in a consultation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.models import Membership, User
from marketplace.errors import RuleBroken

if TYPE_CHECKING:
    from marketplace.accounts.models import Organisation


def members_of(organisation: Organisation) -> list[User]:
    """By name, those who are there today."""
    there = Membership.objects.active().filter(organisation=organisation).values("user_id")
    return list(User.objects.filter(pk__in=there, is_active=True).order_by("full_name", "pk"))


def member_by_email(organisation: Organisation, email: str, *, field: str) -> User:
    """Raises RuleBroken: nobody says whether the address exists elsewhere."""
    found = next((one for one in members_of(organisation) if one.email.casefold() == email.casefold()), None)
    if found is None:
        raise RuleBroken("holder_elsewhere", "Nommez des personnes de votre administration.", field=field)
    return found
