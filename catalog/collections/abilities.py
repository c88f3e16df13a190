"""Who may do what to a collection. States are the moves' business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.abilities import CURATOR, SIGN_IN
from marketplace.accounts.abilities import Verdicts
from marketplace.accounts.enums import Role

if TYPE_CHECKING:
    from catalog.models import Collection
    from marketplace.accounts.actors import Actor


def collections_abilities(actor: Actor) -> Verdicts:
    """What needs no object."""
    refusal = SIGN_IN if actor.is_anonymous else CURATOR
    return {"create": "" if actor.has(Role.CURATOR) else refusal}


def collection_abilities(actor: Actor, collection: Collection) -> Verdicts:
    return dict.fromkeys(("edit", *collection.MOVES), collections_abilities(actor)["create"])
