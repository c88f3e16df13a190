"""Who still sees a withdrawn offer: upper apps register which offers an actor holds an order on."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor

HolderRule = Callable[["Actor"], Q | None]
_RULES: dict[str, HolderRule] = {}


def register_holder(name: str, rule: HolderRule) -> None:
    """`rule(actor)` is a Q on Offer, or None when it says nothing. Registering a name again replaces it."""
    _RULES[name] = rule


def holder_filter(actor: "Actor") -> Q | None:
    """Any of the registered rules; None when none speaks."""
    joined: Q | None = None
    for rule in _RULES.values():
        said = rule(actor)
        if said is not None:
            joined = said if joined is None else joined | said
    return joined
