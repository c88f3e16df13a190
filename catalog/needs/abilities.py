"""Who may do what to a missing need. States are the moves' business."""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.abilities import CURATOR, SIGN_IN
from marketplace.accounts.abilities import Verdicts
from marketplace.accounts.enums import OPERATOR_ROLES, Role

if TYPE_CHECKING:
    from catalog.models import MissingNeed
    from marketplace.accounts.actors import Actor

# Those whose work is to say what the administration needs.
VOICES = (Role.REQUESTER, Role.PURCHASING, Role.DNUM)
VOICE = (
    "Seule une administration signale un besoin. Rôle nécessaire : prescripteur, service achats "
    "ou direction du numérique."
)
READER = (
    "Les besoins non couverts se lisent entre administrations. "
    "Un fournisseur les connaît par les consultations, au même moment que les autres."
)


def needs_abilities(actor: Actor) -> Verdicts:
    """What needs no object."""
    reads = actor.has(*OPERATOR_ROLES, Role.AUDITOR) or (actor.is_buyer and bool(actor.roles))
    voice = actor.is_buyer and actor.has(*VOICES)
    return {
        "list": "" if reads else SIGN_IN if actor.is_anonymous else READER,
        "create": "" if voice else SIGN_IN if actor.is_anonymous else VOICE,
    }


def need_abilities(actor: Actor, need: MissingNeed) -> Verdicts:
    curator = "" if actor.has(Role.CURATOR) else CURATOR
    voice = needs_abilities(actor)["create"]
    return {"join": voice, "leave": voice, **dict.fromkeys(need.MOVES, curator)}
