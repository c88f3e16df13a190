"""Acting as one of the demonstration's people."""

from __future__ import annotations

from marketplace.accounts.actors import Actor
from marketplace.accounts.models import Membership


def act(address: str) -> Actor:
    """The person of that address, for their only organisation, with the roles they hold now."""
    membership = Membership.objects.select_related("user", "organisation").get(user__email=address)
    return Actor.of(membership)
