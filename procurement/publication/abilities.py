"""Who prepares a publication (prescripteur, service achats) and who reviews and publishes: the latter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.accounts.abilities import Verdicts
from marketplace.accounts.enums import Role
from procurement.abilities import OTHER_ORGANISATION, role_needed

if TYPE_CHECKING:
    from marketplace.accounts.actors import Actor
    from procurement.models import Publication

PREPARE = ("edit", "mark_elsewhere", "drop", "reopen")
PUBLISH = ("review", "send_back", "publish", "modify")


def publications_abilities(actor: Actor) -> Verdicts:
    """What needs no object yet."""
    return {"create": _prepares(actor) if actor.is_buyer else OTHER_ORGANISATION}


def publication_abilities(actor: Actor, publication: Publication) -> Verdicts:
    if actor.organisation is None or actor.organisation.pk != publication.buyer_id:
        return dict.fromkeys((*PREPARE, *PUBLISH), OTHER_ORGANISATION)
    publishes = "" if _is_purchasing(actor) else role_needed(Role.PURCHASING)
    return {**dict.fromkeys(PREPARE, _prepares(actor)), **dict.fromkeys(PUBLISH, publishes)}


def _prepares(actor: Actor) -> str:
    return "" if actor.has(Role.REQUESTER, Role.PURCHASING) else role_needed(Role.PURCHASING)


def _is_purchasing(actor: Actor) -> bool:
    """A person: a machine reads nothing again."""
    return actor.user is not None and actor.has(Role.PURCHASING)
